"""The dialog that finds a value: pressed beside the field, shown, taken over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from engine.finders.batchsize import Largest
from engine.finders.learningrate import Curve, curve_of, growing
from gui.panels.find import FindDialog, Finds
from gui.panels.recipe import RecipePanel
from gui.plots.rates import RatePlot
from gui.presenters.finding import BATCH, RATE
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme
from tests.gui.fakes import FakePreviews

FALLING = curve_of(growing(100), [2.0] * 40 + [2.0 - 0.05 * n for n in range(30)] + [9.0] * 30)
NOWHERE = Curve((0.1, 0.2), (1.0, 2.0), (1.0, 2.0), None)
FOUND: dict[str, Any] = {RATE: FALLING, BATCH: Largest(2048, "memory", 9999, 10**8, 2 * 10**9)}


@pytest.fixture
def opened(
    theme: Theme, recipe: RecipePresenter, previews: FakePreviews, qtbot
) -> Iterator[RecipePanel]:
    recipe.finding.work_on(previews, lambda path, *_: FOUND[path])
    made = RecipePanel(theme, recipe)
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    Finds(made, theme, recipe)
    yield made
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def press(parent: QWidget, kind: type[Any], name: str, qtbot) -> None:
    button = parent.findChild(kind, name)
    assert button is not None, name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog(panel: QWidget) -> FindDialog:
    found = panel.findChild(FindDialog)
    assert found is not None
    return found


def use(panel: QWidget) -> QPushButton:
    found = dialog(panel).findChild(QPushButton, "find.use")
    assert found is not None
    return found


def test_a_rate_is_found_and_taken_over(
    opened: RecipePanel, recipe: RecipePresenter, previews: FakePreviews, qtbot
) -> None:
    press(opened, QToolButton, f"{RATE}.find", qtbot)
    assert not use(opened).isEnabled()
    previews.run()
    plot = dialog(opened).findChild(RatePlot)
    assert plot is not None
    assert plot.isVisible()
    assert use(opened).text() == f"Use {FALLING.suggestion:g}"
    qtbot.mouseClick(use(opened), Qt.MouseButton.LeftButton)
    assert recipe.get(RATE) == FALLING.suggestion
    recipe.undo()
    assert recipe.get(RATE) == 0.003


def test_another_rate_can_be_clicked(
    opened: RecipePanel, recipe: RecipePresenter, previews: FakePreviews, qtbot
) -> None:
    press(opened, QToolButton, f"{RATE}.find", qtbot)
    previews.run()
    plot = dialog(opened).findChild(RatePlot)
    assert plot is not None
    with qtbot.waitSignal(plot.taken) as clicked:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.rect().center())
    qtbot.mouseClick(use(opened), Qt.MouseButton.LeftButton)
    assert recipe.get(RATE) == clicked.args[0] != FALLING.suggestion


def test_a_batch_is_found_and_taken_over(
    opened: RecipePanel, recipe: RecipePresenter, previews: FakePreviews, qtbot
) -> None:
    more = opened.findChild(QToolButton, f"{BATCH}.find")
    assert more is not None
    more.click()
    previews.run()
    words = dialog(opened).findChild(QLabel, "find.words")
    assert words is not None
    assert words.text() == "2,048 samples, limited by memory; about 100 MB of 2.0 GB free."
    assert use(opened).text() == "Use 2,048"
    assert dialog(opened).focusWidget() is use(opened)
    qtbot.mouseClick(use(opened), Qt.MouseButton.LeftButton)
    assert recipe.get(BATCH) == 2048


def test_closing_gives_up(
    opened: RecipePanel, recipe: RecipePresenter, previews: FakePreviews, qtbot
) -> None:
    press(opened, QToolButton, f"{RATE}.find", qtbot)
    assert recipe.finding.searching
    press(dialog(opened), QPushButton, "find.close", qtbot)
    assert not recipe.finding.searching
    previews.run()
    assert recipe.get(RATE) == 0.003


def test_a_loss_that_falls_nowhere_suggests_nothing(
    opened: RecipePanel, previews: FakePreviews, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FOUND, RATE, NOWHERE)
    press(opened, QToolButton, f"{RATE}.find", qtbot)
    previews.run()
    words = dialog(opened).findChild(QLabel, "find.words")
    assert words is not None
    assert words.text().startswith("The loss falls at no rate")
    assert not use(opened).isEnabled()
    dialog(opened).close()


def test_nothing_is_found_while_the_recipe_has_problems(
    opened: RecipePanel, recipe: RecipePresenter
) -> None:
    button = opened.findChild(QToolButton, f"{RATE}.find")
    assert button is not None
    assert button.isEnabled()
    recipe.set(RATE, -1.0)
    assert not button.isEnabled()


def test_nothing_is_looked_for_beside_a_training(
    opened: RecipePanel, recipe: RecipePresenter
) -> None:
    find = opened.findChild(QToolButton, f"{RATE}.find")
    assert find is not None
    recipe.compare_with(recipe.recipe)
    assert not find.isEnabled()
    assert "A training is under way" in find.toolTip()
    recipe.compare_with(None)
    assert find.isEnabled()
    assert find.toolTip() == "Find learning rate…"
