"""The list of augmentations as a person edits it: added, unfolded, moved, taken out, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from gui.forms.addbox import AddBox
from gui.forms.numberbox import NumberBox
from gui.panels.recipe import RecipePanel
from gui.presenters import declared
from gui.presenters.recipe import RecipePresenter

PATH = "regularization.augmentation"
Find = Callable[[str], Any]


@pytest.fixture
def find(panel: RecipePanel) -> Find:
    def found(name: str) -> QWidget:
        shown = list(panel.findChildren(QWidget, f"{PATH}{name}"))
        assert len(shown) == 1, (name, shown)
        return shown[0]

    return found


@pytest.fixture
def three(panel: RecipePanel, recipe: RecipePresenter) -> None:
    names = ("flip", "rotate", "noise")
    recipe.set(PATH, [declared.component_data("augmentation", name) for name in names])
    recipe.mark_saved()


def names(recipe: RecipePresenter) -> list[str]:
    return [step["name"] for step in recipe.get(PATH)]


def choose(panel: RecipePanel, name: str) -> None:
    """Open the menu and take an entry."""
    box = panel.findChild(AddBox, PATH)
    box.menu().aboutToShow.emit()
    (action,) = [a for a in box.menu().actions() if a.objectName() == f"{PATH}.add.{name}"]
    action.trigger()


def press(qtbot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def focus() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget else ""


def test_the_usual_ones_are_one_press_away(qtbot, panel, find: Find, recipe) -> None:
    usual = find(".usual")
    assert usual.text() == "Usual ones: rotate 10°, zoom 0.1"
    press(qtbot, usual)
    assert names(recipe) == ["rotate", "zoom"]
    assert usual.isHidden()
    assert recipe.problems == []
    recipe.undo()
    assert names(recipe) == []
    recipe.choose("dataset", "cifar10")
    assert usual.text() == "Usual ones: flip, rotate 10°, zoom 0.1"
    recipe.choose("dataset", "iris")
    assert usual.isHidden()  # nothing to turn in a table


def test_what_is_added_comes_last_with_its_defaults_and_unfolds_at_the_keys(
    qtbot, panel, find: Find, recipe
) -> None:
    choose(panel, "flip")
    choose(panel, "rotate")
    assert names(recipe) == ["flip", "rotate"]
    assert recipe.get(f"{PATH}.1.degrees") == 10.0
    assert find(".1.fold").text() == "Rotate"
    assert focus() == f"{PATH}.1.fold"
    assert not find(".1.degrees").isVisible()
    qtbot.wait(1)  # a new row is in sight a moment later
    qtbot.keyClick(find(".1.fold"), Qt.Key.Key_Space)
    assert find(".1.degrees").isVisible()
    assert find(".1.fold").accessibleName() == "2. Rotate, open"
    recipe.undo()
    assert names(recipe) == ["flip"]
    recipe.undo()
    assert names(recipe) == []
    recipe.redo()
    assert names(recipe) == ["flip"]


def test_the_menu_greys_what_does_not_suit_and_says_why(panel, recipe) -> None:
    recipe.choose("dataset", "iris")
    box = panel.findChild(AddBox, PATH)
    box.menu().aboutToShow.emit()
    offered = {a.text(): a for a in box.menu().actions() if a.text()}
    assert [text for text, a in offered.items() if a.isEnabled()] == ["Noise"]
    assert "changes images" in offered["Flip"].toolTip()


def test_an_option_is_edited_in_its_row(qtbot, panel, find: Find, recipe, three) -> None:
    press(qtbot, find(".1.fold"))
    entry = find(".1.degrees")
    assert isinstance(entry, NumberBox)
    assert "Allowed: from 0, up to 180" in entry.toolTip()
    entry.setFocus()
    entry.lineEdit().selectAll()
    qtbot.keyClicks(entry, "25")
    assert recipe.get(f"{PATH}.1.degrees") == 25
    assert find(".1.details").whole() == "25°"
    assert names(recipe) == ["flip", "rotate", "noise"]
    recipe.undo()
    assert recipe.get(f"{PATH}.1.degrees") == 10.0


def test_a_problem_stands_at_its_field_and_unfolds_its_row(
    panel, find: Find, recipe, three
) -> None:
    recipe.set(f"{PATH}.1.degrees", 999.0)
    problem = find(".1.degrees.problem")
    assert problem.isVisible()
    assert "at most 180" in problem.text()
    assert find(".problem").isHidden()  # not said twice
    assert panel.findChild(QLabel, "regularization.problem").isHidden()
    assert (
        panel.findChild(QLabel, "note.problems.what").text().endswith("degrees of augmentation 2")
    )
    press_show = panel.findChild(QPushButton, "note.show")
    press_show.click()
    assert focus() == f"{PATH}.1.degrees"


def test_a_change_that_does_not_suit_says_so_in_its_row(panel, find: Find, recipe, three) -> None:
    recipe.choose("dataset", "iris")
    assert "changes images" in find(".0.problem").text()
    assert find(".2.problem").isHidden()
    assert panel.findChild(QLabel, "regularization.problem").isHidden()


def test_buttons_move_a_row_which_keeps_fold_and_focus(
    qtbot, panel, find: Find, recipe, three
) -> None:
    press(qtbot, find(".1.fold"))
    assert not find(".0.up").isEnabled()
    assert not find(".2.down").isEnabled()
    press(qtbot, find(".1.down"))
    assert names(recipe) == ["flip", "noise", "rotate"]
    assert find(".2.degrees").isVisible()
    assert find(".1.fold").text() == "Noise"
    assert not find(".1.fold").isChecked()
    assert recipe.history.undo_what == "move of rotate"
    recipe.undo()
    assert names(recipe) == ["flip", "rotate", "noise"]


def test_keys_move_a_row_from_within_a_field_too(qtbot, panel, find: Find, recipe, three) -> None:
    press(qtbot, find(".1.fold"))
    find(".1.degrees").setFocus()
    qtbot.keyClick(find(".1.degrees"), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(recipe) == ["rotate", "flip", "noise"]
    assert recipe.get(f"{PATH}.0.degrees") == 10.0
    assert focus() == f"{PATH}.0.degrees"
    qtbot.keyClick(find(".0.degrees"), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(recipe) == ["rotate", "flip", "noise"]
    find(".0.fold").setFocus()
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(recipe) == ["flip", "noise", "rotate"]
    assert focus() == f"{PATH}.2.fold"


def test_delete_and_the_button_take_a_row_out(qtbot, panel, find: Find, recipe, three) -> None:
    find(".0.fold").setFocus()
    qtbot.keyClick(find(".0.fold"), Qt.Key.Key_Delete)
    assert names(recipe) == ["rotate", "noise"]
    assert focus() == f"{PATH}.0.fold"
    press(qtbot, find(".1.remove"))
    press(qtbot, find(".0.remove"))
    assert names(recipe) == []
    assert focus() == PATH
    for _ in range(3):
        recipe.undo()
    assert names(recipe) == ["flip", "rotate", "noise"]
    assert not recipe.modified


def test_the_list_goes_back_to_what_was_opened(qtbot, panel, find: Find, recipe, three) -> None:
    choose(panel, "blur")
    assert find(".reset").isVisible()
    assert find(".reset").toolTip() == "Back to flip, rotate 10°, noise 0.1"
    press(qtbot, find(".reset"))
    assert names(recipe) == ["flip", "rotate", "noise"]
    assert isinstance(find(".2.fold"), QToolButton)


def test_while_it_trains_the_list_waits_for_the_next_run(
    panel, find: Find, recipe: RecipePresenter, three
) -> None:
    recipe.compare_with(recipe.recipe)
    recipe.set(f"{PATH}.1.degrees", 20.0)
    assert find(".when").text() == "next run"
    assert recipe.edit.changes == {}
    recipe.undo()
    assert find(".when").isHidden()
