"""Small shared widgets, and how they are thrown away."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget, QWidgetItem
from pytestqt.qtbot import QtBot

from gui.controls import discard, tab_stops


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


def test_the_tab_order_keeps_no_item_of_a_layout(qtbot: QtBot) -> None:
    """Their Python objects would outlive them, and be taken for what Qt makes there next."""
    host = QWidget()
    qtbot.addWidget(host)
    column, row = QVBoxLayout(host), QHBoxLayout()
    edits = [QLineEdit(host) for _ in range(4)]
    column.addWidget(edits[0])
    column.addLayout(row)
    row.addWidget(edits[2])
    row.addWidget(QLabel("no stop", host))
    row.addWidget(edits[1])
    column.addWidget(edits[3])

    def items() -> int:
        return sum(isinstance(each, QWidgetItem) for each in shiboken6.getAllValidWrappers())

    before = items()
    assert tab_stops(host) == [edits[0], edits[2], edits[1], edits[3]]
    assert items() == before
