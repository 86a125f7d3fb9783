"""The recipe panel as a whole: nothing is cut off, and Tab goes from top to bottom."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from engine.problems import Problem
from engine.recipe import SECTIONS
from engine.schema import COMPONENTS, component_name
from gui.controls import Switch
from gui.panels.recipe import RecipePanel
from gui.presenters.recipe import RecipePresenter

LINE = 14
LONG = "Cannot be read: /home/somebody/a_rather_long_folder_name/another_one/and_a_file_name.ckpt"


def cut_off(panel: RecipePanel, wait) -> list[str]:
    """What reaches over the right edge of what can be seen, or overlaps its neighbour's right."""
    area = panel.findChild(QScrollArea)
    wait(lambda: area.widget().width() == area.viewport().width())
    edge = area.viewport().width()
    found = []
    for kind in (QAbstractSpinBox, QComboBox, QLabel, QPushButton, Switch):
        for shown in area.widget().findChildren(kind):
            right = shown.mapTo(area.widget(), QPoint(shown.width(), 0)).x()
            if shown.isVisible() and right > edge:
                found.append(f"{shown.objectName()} ({right} > {edge})")
    return found


def unfold(panel: RecipePanel) -> None:
    for fold in panel.findChildren(QPushButton):
        if fold.objectName().endswith(".more"):
            fold.setChecked(True)


@pytest.fixture
def _busy_collector() -> Iterator[None]:
    """The garbage collector runs all the time: with `deleteLater` alone, forms that were replaced
    took the process with them in two of three runs."""
    usual = gc.get_threshold()
    gc.set_threshold(40, 5, 5)
    yield
    gc.set_threshold(*usual)


@pytest.mark.usefixtures("_busy_collector")
@pytest.mark.parametrize("section", SECTIONS[:4])
def test_no_choice_of_a_component_cuts_the_form_off(
    panel: RecipePanel, recipe: RecipePresenter, qtbot, wait, section: str
) -> None:
    for cls in COMPONENTS.classes(section):
        recipe.choose(section, component_name(cls))
        unfold(panel)
        qtbot.wait(1)
        assert cut_off(panel, wait) == [], cls


def test_no_schedule_and_no_change_cuts_the_form_off(
    panel: RecipePanel, recipe: RecipePresenter, qtbot, wait
) -> None:
    for section, name in (("architecture", "cnn"), ("optimizer", "sgd"), ("dataset", "mnist")):
        recipe.choose(section, name)
    recipe.set("training.epochs", 33)
    for cls in COMPONENTS.classes("schedule"):
        recipe.choose("optimizer.schedule", component_name(cls))
        unfold(panel)
        qtbot.wait(1)
        assert cut_off(panel, wait) == [], cls


def test_a_long_problem_is_wrapped_not_cut_off(
    panel: RecipePanel, recipe: RecipePresenter, qtbot, wait
) -> None:
    for section, name in (("architecture", "cnn"), ("optimizer", "sgd")):
        recipe.choose(section, name)
    recipe._problems = [
        Problem(path, LONG, LONG)
        for path in ("dataset", "architecture.name", "optimizer.lr", "optimizer.schedule.name",
                     "training.epochs", "loss", "regularization")
    ]  # fmt: skip
    panel.refresh()
    unfold(panel)
    qtbot.wait(1)
    shown = [
        w for w in panel.findChildren(QLabel) if w.isVisible() and "Cannot be read" in w.text()
    ]
    assert len(shown) >= 5
    assert cut_off(panel, wait) == []
    qtbot.wait(50)
    assert [problem.text() for problem in shown if missing(problem) > LINE / 2] == []


def missing(words: QLabel) -> int:
    """How much of a label's height is not there."""
    return words.heightForWidth(words.width()) - words.height()


def test_the_way_back_moves_nothing(panel: RecipePanel, recipe: RecipePresenter, qtbot) -> None:
    def places() -> list[tuple[int, int]]:
        qtbot.wait(1)
        pickers = [panel.findChild(QComboBox, name) for name in ("architecture", "optimizer")]
        return [(p.mapTo(panel, QPoint()).x(), p.width()) for p in pickers]

    before = places()
    recipe.choose("architecture", "cnn")
    recipe.choose("optimizer", "sgd")
    assert panel.findChild(QWidget, "architecture.reset").isVisible()
    assert places() == before


def test_tab_goes_from_top_to_bottom_through_rebuilt_fields_too(
    panel: RecipePanel, recipe: RecipePresenter, qtbot
) -> None:
    recipe.choose("dataset", "mnist")
    recipe.choose("architecture", "cnn")
    recipe.choose("optimizer", "sgd")
    focused: QWidget = panel.findChild(QWidget, "name")
    focused.setFocus()
    places = []
    while True:
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        focused = panel.focusWidget()
        if focused.objectName() == "name":  # once round
            break
        places.append(focused.mapTo(panel.findChild(QScrollArea).widget(), QPoint()).y())
    rows = [(a, b) for a, b in pairwise(places) if b < a - 12]  # beside each other: same row
    assert len(places) > 20
    assert rows == []


def test_no_choice_is_cut_off(panel: RecipePanel) -> None:
    """Every title fits its picker at the panel's usual width."""
    for picker in panel.findChildren(QComboBox):
        option = QStyleOptionComboBox()
        picker.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = picker.style().subControlRect(control, option, part, picker)
        for index in range(picker.count()):
            text = picker.itemText(index)
            assert picker.fontMetrics().horizontalAdvance(text) * 1.05 <= room.width(), text
