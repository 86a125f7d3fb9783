"""Small shared widgets, and how they are thrown away."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget, QWidgetItem
from pytestqt.qtbot import QtBot

from gui.controls import ElidedLabel, Switch, discard, tab_stops
from gui.theme import Theme


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


def test_an_elided_label_shows_what_there_is_room_for(qtbot: QtBot) -> None:
    label = ElidedLabel("a line that is rather long")
    qtbot.addWidget(label)
    label.resize(400, 20)
    label.show()
    assert label.text() == label.whole()
    assert label.toolTip() == ""
    label.resize(60, 20)
    assert label.text().endswith("\N{HORIZONTAL ELLIPSIS}")
    assert label.toolTip() == label.whole()
    for width in (80, 400):
        label.resize(width, 20)
    assert label.text() == label.whole()
    assert label.toolTip() == ""
    label.set_whole("another line that is longer than all the room that there is for it" * 2)
    assert label.text() != label.whole()


def test_a_switch_shows_its_state_in_the_colours_of_the_theme(qtbot: QtBot, theme: Theme) -> None:
    switch = Switch(theme)
    qtbot.addWidget(switch)
    switch.show()
    off = switch.grab().toImage()
    switch.setChecked(True)
    on = switch.grab().toImage()
    switch.setEnabled(False)
    disabled = switch.grab().toImage()
    theme.set_mode("dark" if theme.colors.name == "light" else "light")
    other = switch.grab().toImage()
    assert len({bytes(picture.constBits()) for picture in (off, on, disabled, other)}) == 4
    theme.set_mode("light" if theme.colors.name == "dark" else "dark")
    switch.setEnabled(True)
    assert switch.grab().toImage() == on
