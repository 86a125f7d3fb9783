from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QPushButton

from gui.panels.log import LogPanel
from gui.presenters.logs import LogPresenter
from gui.presenters.messages import Messages
from gui.theme import Theme


@pytest.fixture
def panel(theme: Theme, messages: Messages, qtbot) -> Iterator[LogPanel]:
    log = LogPresenter(messages)
    made = LogPanel(theme, log)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    qtbot.waitExposed(made)
    messages.say("as usual")
    messages.say("careful", "warning")
    messages.say("wrong", "error")
    yield made
    log.close()


def lines(panel: LogPanel) -> list[str]:
    text = panel.findChild(QPlainTextEdit, "log.text").toPlainText()
    return [line[10:] for line in text.splitlines()]


def test_lines_come_with_their_time_and_level(panel: LogPanel) -> None:
    assert lines(panel) == ["as usual", "WARNING: careful", "ERROR: wrong"]


def test_lines_can_be_filtered(qtbot, panel: LogPanel, messages: Messages) -> None:
    choice = panel.findChild(QComboBox, "log.filter")
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_End)
    messages.say("also as usual")
    messages.say("wrong again", "error")
    assert lines(panel) == ["ERROR: wrong", "ERROR: wrong again"]


def test_what_is_shown_can_be_copied(qtbot, panel: LogPanel, qapp: QApplication) -> None:
    qtbot.mouseClick(panel.findChild(QPushButton, "log.copy"), Qt.MouseButton.LeftButton)
    copied = qapp.clipboard().text().splitlines()
    assert len(copied) == 3
    assert copied[2].endswith("ERROR: wrong")


def test_the_end_is_followed_unless_one_reads_above(panel: LogPanel, messages: Messages) -> None:
    bar = panel.findChild(QPlainTextEdit, "log.text").verticalScrollBar()
    for number in range(100):
        messages.say(f"line {number}")
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    messages.say("one more")
    assert bar.value() == 0


def test_the_end_is_followed_while_another_tab_is_shown_and_when_room_shrinks(
    panel: LogPanel, messages: Messages, qapp: QApplication
) -> None:
    bar = panel.findChild(QPlainTextEdit, "log.text").verticalScrollBar()
    panel.hide()
    for number in range(100):
        messages.say(f"line {number}")
    panel.show()
    qapp.processEvents()
    assert bar.value() == bar.maximum()
    panel.resize(500, 160)
    qapp.processEvents()
    messages.say("one more")
    assert bar.value() == bar.maximum()


def test_long_lines_are_wrapped(panel: LogPanel, messages: Messages, qapp: QApplication) -> None:
    messages.say("word " * 200)
    qapp.processEvents()
    assert panel.findChild(QPlainTextEdit, "log.text").horizontalScrollBar().maximum() == 0
