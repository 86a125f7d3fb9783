"""The Data and Model tabs in all their states, on views made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QWidget

from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.views import DataView, Layer, ModelView, Sample
from gui.panels.data import DataPanel
from gui.panels.model import ModelPanel
from gui.presenters.freezing import FreezePresenter
from gui.presenters.previews import Preview
from gui.presenters.recipe import RecipePresenter
from gui.presenters.steering import SteeringPresenter
from gui.presenters.training import TrainingPresenter
from gui.theme import Theme
from tests.gui.fakes import FakePreviews, FakeWorker

IMAGES = DataView(
    facts=Facts("image", (1, 2, 2), "classes", ("cat", "dog"), 100, licence="CC0"),
    samples=(
        Sample("cat", image=np.array([[255, 0], [0, 255]], np.uint8)),
        Sample("dog", image=np.zeros((2, 2, 3), np.uint8)),
    ),
    sizes={"train": 70, "val": 15, "test": 15},
    counts={"train": (35, 35), "val": (8, 7), "test": (7, 8)},
    mean=(4.884,),
    std=(6.017,),
)
TABLE = DataView(
    facts=Facts("table", (2,), "regression", ("progress",), 442, features=("age", "bmi")),
    samples=(Sample("151", row=(0.038, 61.7)), Sample("75", row=(-0.002, 51.5))),
    sizes={"train": 320, "val": 56, "test": 66},
    counts={"train": (), "val": (), "test": ()},
    mean=(0.0, 0.0),
    std=(1.0, 1.0),
)
MODEL = ModelView(
    layers=(Layer("0", "Flatten", (64,), 0, 0), Layer("1", "Linear", (10,), 650, 40)),
    parameters=650,
    weight_bytes=2600,
    training_bytes=12_000,
    flops=1280,
)


class Source:
    """What the preview loads: a view, or a problem."""

    value: object = IMAGES

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


@pytest.fixture
def data(theme: Theme, preview: Preview, qtbot) -> DataPanel:
    panel = DataPanel(theme, preview)
    qtbot.addWidget(panel)
    panel.resize(600, 700)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def words(panel: QWidget, name: str) -> str:
    return panel.findChild(QLabel, name).text()


def test_says_that_it_loads(data: DataPanel) -> None:
    assert data.findChild(QWidget, "data.notice").isVisible()
    assert "Loading" in words(data, "data.notice.sentence")


def test_shows_images_enlarged_without_smoothing(
    data: DataPanel, preview: Preview, previews: FakePreviews, source: Source
) -> None:
    loaded(preview, previews, source, IMAGES)
    assert words(data, "data.title") == "100 images 2×2, 2 classes"
    grid = data.findChild(QWidget, "data.images")
    assert grid.isVisible()
    assert "cat, dog" in grid.accessibleName()
    picture = grid.grab().toImage()
    colors = {picture.pixelColor(x, y).name() for x in range(72) for y in range(72)}
    assert colors == {"#ffffff", "#000000"}
    assert picture.pixelColor(2, 2) == QColor("white")
    assert picture.pixelColor(70, 2) == QColor("black")


def test_tells_sizes_normalisation_and_counts(
    data: DataPanel, preview: Preview, previews: FakePreviews, source: Source
) -> None:
    loaded(preview, previews, source, IMAGES)
    told = " ".join(label.text() for label in data.findChildren(QLabel))
    assert "train 70, validation 15, test 15" in told
    assert "4.88 ± 6.02" in told
    assert "CC0" in told
    counts = data.findChild(QWidget, "data.counts")
    assert counts.isVisible()
    assert "cat 50, dog 50" in counts.accessibleName()
    picture = counts.grab().toImage()
    seen = {picture.pixelColor(x, 36).name() for x in range(picture.width())}
    assert {"#0072b2", "#d55e00", "#009e73"} <= seen


def test_shows_a_table_as_rows(
    data: DataPanel, preview: Preview, previews: FakePreviews, source: Source
) -> None:
    loaded(preview, previews, source, TABLE)
    table = data.findChild(QTableView, "data.rows")
    assert table.isVisible()
    model = table.model()
    header = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(3)]
    assert header == ["progress", "age", "bmi"]
    assert [model.index(0, i).data() for i in range(3)] == ["151", "0.038", "61.7"]
    assert data.findChild(QWidget, "data.counts").isHidden()


def test_data_that_is_not_here_can_be_fetched(
    qtbot, data: DataPanel, preview: Preview, previews: FakePreviews, source: Source
) -> None:
    loaded(preview, previews, source, Problem("dataset.download", "Not here: 12 MB", "later"))
    assert words(data, "data.notice.sentence") == "Not here: 12 MB"
    button = data.findChild(QPushButton, "data.notice.button")
    assert button.text() == "Download"
    with qtbot.waitSignal(data.download_asked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_another_failure_says_what_is_wrong(
    data: DataPanel, preview: Preview, previews: FakePreviews, source: Source
) -> None:
    loaded(preview, previews, source, Problem("dataset", "The file is damaged", "fetch it again"))
    assert words(data, "data.notice.sentence") == "The file is damaged"
    assert data.findChild(QPushButton, "data.notice.button").isHidden()


def test_after_a_failure_data_comes_back(
    data: DataPanel, preview: Preview, previews: FakePreviews, source: Source
) -> None:
    loaded(preview, previews, source, Problem("dataset", "The file is damaged"))
    loaded(preview, previews, source, IMAGES)
    assert data.findChild(QWidget, "data.notice").isHidden()


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
