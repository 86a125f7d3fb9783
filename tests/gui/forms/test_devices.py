"""Device and precision in the form: what this machine has is offered, what it lacks is greyed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel

from gui.forms.devicebox import DeviceBox
from gui.forms.entries import ChoiceBox
from gui.panels.recipe import RecipePanel
from gui.presenters.recipe import RecipePresenter
from tests.gui.fakes import FakePreviews


@pytest.fixture
def known(recipe: RecipePresenter, previews: FakePreviews, panel: RecipePanel) -> RecipePanel:
    recipe.machine.ask(previews)
    previews.run()
    return panel


def device_box(panel: RecipePanel) -> DeviceBox:
    box = panel.findChild(DeviceBox, "training.device")
    assert box is not None
    return box


def test_a_device_is_chosen_from_the_list(known: RecipePanel, recipe: RecipePresenter) -> None:
    menu = device_box(known).menu()
    named = {str(action.data()): action for action in menu.actions()}
    assert {"auto", "cpu"} <= set(named)
    assert " GB" in named["cpu"].text()
    assert named["auto"].isChecked()
    named["cpu"].trigger()
    assert recipe.get("training.device") == "cpu"
    assert device_box(known).text() == "cpu"
    menu.deleteLater()


def test_any_device_can_be_typed(known: RecipePanel, recipe: RecipePresenter, qtbot) -> None:
    box = device_box(known)
    box.selectAll()
    qtbot.keyClicks(box, "cuda:3")
    assert recipe.get("training.device") == "cuda:3"
    assert not recipe.problems


def test_precisions_that_the_device_lacks_are_greyed_out_with_the_reason(
    known: RecipePanel, recipe: RecipePresenter
) -> None:
    recipe.set("training.device", "cpu")
    box = known.findChild(ChoiceBox, "training.precision")
    assert box is not None
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    enabled = {box.itemData(row): model.item(row).isEnabled() for row in range(box.count())}
    assert enabled["32"]
    assert not enabled["tf32"]
    row = box.findData("tf32")
    assert box.itemData(row, Qt.ItemDataRole.ToolTipRole) == "tf32 needs an NVIDIA GPU"
    recipe.set("training.device", "cuda:3")
    assert model.item(row).isEnabled()
