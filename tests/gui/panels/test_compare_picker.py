"""The list over the plots: runs are found by typing and put on and off without leaving."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPushButton, QToolButton, QWidget

from gui.panels.compare_picker import HEIGHT, MOST, WIDTH, ComparePicker
from gui.presenters.compared import ComparedPresenter
from gui.presenters.library import LibraryPresenter
from tests.gui.run_infos import FakeLibrary, info, many


@pytest.fixture
def compared(qapp, previews, messages):
    return ComparedPresenter(previews, messages)


@pytest.fixture
def make(qtbot, theme, previews, messages, compared):
    window = QWidget()
    qtbot.addWidget(window)

    def made(runs):
        library = LibraryPresenter(previews, FakeLibrary(runs), messages)
        picker = ComparePicker(window, theme, library, compared)
        picker.show()
        previews.run()
        return picker

    yield made
    window.close()


@pytest.fixture
def picker(make):
    names = ("wide", "narrow", "deep")
    return make([info(n, title=n, started=f"2026-03-0{i}") for i, n in enumerate(names, start=1)])


def field(picker):
    return picker.findChild(QLineEdit, "picker.field")


def titles(picker):
    listed = picker.findChild(QListWidget, "picker.list")
    return [listed.item(row).text().split()[0] for row in range(listed.count())]


def chosen(compared):
    return [run.name for run in compared.chosen]


def test_enter_puts_the_marked_run_on_and_off_and_it_stays_open(picker, compared, qtbot):
    assert titles(picker) == ["deep", "narrow", "wide"]
    qtbot.keyClick(field(picker), Qt.Key.Key_Down)
    qtbot.keyClick(field(picker), Qt.Key.Key_Return)
    assert chosen(compared) == ["narrow"]
    assert picker.isVisible()
    qtbot.keyClick(field(picker), Qt.Key.Key_Return)
    assert chosen(compared) == []


def test_typing_finds(picker, compared, qtbot):
    qtbot.keyClicks(field(picker), "wi")
    assert titles(picker) == ["wide"]
    qtbot.keyClick(field(picker), Qt.Key.Key_Return)
    assert chosen(compared) == ["wide"]
    qtbot.keyClicks(field(picker), "xx")
    assert picker.findChild(QLabel, "picker.message").text() == "No run matches"


def test_a_click_chooses(picker, compared, qtbot):
    listed = picker.findChild(QListWidget, "picker.list")
    at = listed.visualItemRect(listed.item(2)).center()
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen(compared) == ["wide"]
    spoken = listed.item(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith(", compared")


def test_the_table_of_all_runs_is_one_click_away(picker, qtbot):
    with qtbot.waitSignal(picker.all_asked):
        qtbot.mouseClick(picker.findChild(QPushButton, "picker.all"), Qt.MouseButton.LeftButton)
    assert not picker.isVisible()


def test_of_very_many_the_latest_are_listed(make):
    picker = make(many(1000))
    assert len(titles(picker)) == MOST
    assert "1,000" in picker.findChild(QLabel, "picker.message").text()


def test_without_any_run_it_says_so(make):
    assert "no other run" in make([]).findChild(QLabel, "picker.message").text()


def test_it_opens_above_its_button(picker, qtbot):
    button = QToolButton()
    qtbot.addWidget(button)
    button.setGeometry(600, 600, 80, 28)
    button.show()
    picker.open_above(button)
    away = picker.pos() - button.mapToGlobal(QPoint(80 - WIDTH, -4 - HEIGHT))
    assert away.manhattanLength() <= 8  # but for the frame of a window
