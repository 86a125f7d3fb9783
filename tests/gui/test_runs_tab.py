"""The run library in the window: real run folders, opened and compared as a person does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QListWidget, QToolButton, QTreeView

from engine import paths
from engine.recipe import Recipe
from engine.runs.library import Library
from gui.panels.centre import LIVE, RUNS
from gui.presenters.run_columns import PLACES
from gui.presenters.run_texts import key_of
from gui.window import MainWindow
from tests.gui.conftest import DATA
from tests.gui.fakes import FakePreviews
from tests.gui.run_folders import make_run


@pytest.fixture
def folders() -> list[Path]:
    made = []
    for name, hour in (("first", 10), ("second", 11)):
        run = make_run(paths.runs_dir(), Recipe.parse({**DATA, "name": name}))
        run.environment(pid=None, started=f"2026-01-01T{hour}:00:00+00:00", recipe_name=name)
        made.append(run.folder.path)
    return made


@pytest.fixture
def window(folders, open_window, previews: FakePreviews) -> MainWindow:
    made = open_window()
    made.actions_["show_runs"].trigger()
    previews.run()
    previews.run()
    return made


def table(window) -> QTreeView:
    return window.findChild(QTreeView, "runs.table")


def place(window, row, column="name"):
    return table(window).model().index(row, PLACES[column])


def click(qtbot, window, row, column="name"):
    view = table(window)
    at = view.visualRect(place(window, row, column)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def compared_curves(window):
    return {key for key in window._centre.live.stack.curves() if " of " in key}


def test_the_runs_are_the_fourth_tab(window):
    assert window._centre.workspace.current == RUNS
    assert [place(window, row).data() for row in range(2)] == ["second", "first"]
    assert "Ctrl+4" in window.actions_["show_runs"].toolTip()


def test_a_ticked_run_is_on_the_plots_and_one_that_is_open_only_once(
    window, folders, previews, qtbot
):
    click(qtbot, window, 0, "tick")
    click(qtbot, window, 1, "tick")
    previews.run()
    window.actions_["show_live"].trigger()
    assert {key.partition(" of ")[2] for key in compared_curves(window)} == set(map(str, folders))
    window.actions_["show_runs"].trigger()
    click(qtbot, window, 1)
    qtbot.keyClick(table(window), Qt.Key.Key_Return)
    assert window._centre.workspace.in_sight(LIVE)
    assert {key.partition(" of ")[2] for key in compared_curves(window)} == {str(folders[1])}
    assert len(window._centre.live.stack.curves()["train_loss"]) == 100


def test_a_cross_in_the_legend_unticks(window, folders, previews, qtbot):
    click(qtbot, window, 0, "tick")
    previews.run()
    window.actions_["show_live"].trigger()
    cross = window.findChild(QAbstractButton, "run.remove.second")
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert compared_curves(window) == set()
    assert window._desk.compared.chosen == ()
    assert window._centre.welcome.isVisible()


def test_the_plots_have_a_list_to_choose_from(window, folders, previews, qtbot):
    window.actions_["show_runs"].trigger()
    click(qtbot, window, 1)
    qtbot.keyClick(table(window), Qt.Key.Key_Return)
    button = window.findChild(QToolButton, "live.compare")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    picker = window.findChild(QDialog, "picker")
    listed = picker.findChild(QListWidget, "picker.list")
    at = listed.visualItemRect(listed.item(0)).center()
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=at)
    previews.run()
    assert compared_curves(window)
    picker.close()


def test_colours_and_choices_outlive_the_window(window, folders, open_window, previews, qtbot):
    click(qtbot, window, 1, "tick")
    click(qtbot, window, 0, "tick")
    first = {
        key_of(run): window._desk.compared.color(key_of(run))
        for run in Library(paths.runs_dir()).refresh()
    }
    table(window).header().resizeSection(PLACES["name"], 222)
    window.close()
    again = open_window()
    again.actions_["show_runs"].trigger()
    previews.run()
    previews.run()
    assert table(again).header().sectionSize(PLACES["name"]) == 222
    click(qtbot, again, 0, "tick")
    key = str(folders[1])
    assert again._desk.compared.color(key) == first[key] == 1
