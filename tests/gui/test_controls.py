"""Small shared widgets, and how they are thrown away."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.controls import discard


def test_what_is_discarded_goes_at_once_and_is_deleted_a_moment_later(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    child, inner = QLabel("gone", parent), QWidget()
    QVBoxLayout(inner).addWidget(child)
    inner.setParent(parent)
    parent.show()
    discard(inner)
    assert not inner.isVisible()
    assert inner.parent() is None
    assert shiboken6.isValid(child)  # its own signal may be on the way
    qtbot.waitUntil(lambda: not shiboken6.isValid(child))
    assert not shiboken6.isValid(inner)
