"""The Model tab in all its states, on views made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView, QWidget

from engine.problems import Problem, ProblemError
from engine.views import Layer, ModelView
from gui.panels.model import ModelPanel
from gui.presenters.freezing import FreezePresenter
from gui.presenters.previews import Preview
from gui.presenters.recipe import RecipePresenter
from gui.presenters.steering import SteeringPresenter
from gui.presenters.training import TrainingPresenter
from tests.gui.fakes import FakePreviews, FakeWorker

MODEL = ModelView(
    layers=(Layer("0", "Flatten", (64,), 0, 0), Layer("1", "Linear", (10,), 650, 40)),
    parameters=650,
    weight_bytes=2600,
    training_bytes=12_000,
    flops=1280,
)


class Source:
    """What the preview loads: a view, or a problem."""

    value: object = MODEL

    def __call__(self, _recipe: object, _progress: object) -> object:
        if isinstance(self.value, Problem):
            raise ProblemError(self.value)
        return self.value


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def preview(previews: FakePreviews, recipe: RecipePresenter, source: Source, qapp) -> Preview:
    made: Preview = Preview(previews, recipe, ("dataset",), source)
    yield made
    made.close()


def loaded(preview: Preview, previews: FakePreviews, source: Source, value: object) -> None:
    source.value = value
    preview.ask_with(source)
    previews.run()


def words(panel: QWidget, name: str) -> str:
    return panel.findChild(QLabel, name).text()


@pytest.fixture
def freezing(recipe: RecipePresenter, worker: FakeWorker) -> FreezePresenter:
    training = TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))
    return FreezePresenter(recipe, SteeringPresenter(training, recipe))


def test_the_model_is_a_table_of_layers(
    qtbot, preview: Preview, previews: FakePreviews, source: Source, freezing: FreezePresenter
) -> None:
    panel = ModelPanel(preview, freezing)
    qtbot.addWidget(panel)
    loaded(preview, previews, source, MODEL)
    assert words(panel, "model.title") == "650 parameters in 2 layers"
    model = panel.findChild(QTableView, "model.layers").model()
    rows = [[model.index(r, c).data() for c in range(5)] for r in range(2)]
    assert rows == [["0", "Flatten", "64", "—", "—"], ["1", "Linear", "10", "650", "40 B"]]


def test_a_layer_can_be_frozen_by_its_check_box(
    qtbot, preview: Preview, previews: FakePreviews, source: Source, freezing: FreezePresenter,
    recipe: RecipePresenter,
) -> None:  # fmt: skip
    panel = ModelPanel(preview, freezing)
    qtbot.addWidget(panel)
    panel.resize(800, 400)
    panel.show()
    loaded(preview, previews, source, MODEL)
    table = panel.findChild(QTableView, "model.layers")
    box = table.model().index(1, 5)
    assert table.model().index(0, 5).data(Qt.ItemDataRole.CheckStateRole) is None
    place = table.visualRect(box)
    place.setWidth(32)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert recipe.get("training.freeze") == ["1"]
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    recipe.undo()
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_a_model_that_cannot_be_built_says_why(
    qtbot, preview: Preview, previews: FakePreviews, source: Source, freezing: FreezePresenter
) -> None:
    panel = ModelPanel(preview, freezing)
    qtbot.addWidget(panel)
    loaded(preview, previews, source, Problem("architecture", "Too many pools for 8×8", "fewer"))
    assert words(panel, "model.notice.sentence") == "Too many pools for 8×8"
