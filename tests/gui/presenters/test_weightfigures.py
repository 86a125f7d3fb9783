"""Which run is read to tell of a network's weights, and when."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.model.figures import WeightFigures
from engine.recipe import Recipe
from gui.presenters.recipe import RecipePresenter
from gui.presenters.training import TrainingPresenter
from gui.presenters.weightfigures import WeightsPreview
from tests.gui.conftest import DATA
from tests.gui.fakes import FakePreviews, FakeWorker, ended, started


class Reader:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, _recipe: Recipe, run: Path | None) -> WeightFigures:
        self.asked.append(run.name if run is not None else "none")
        return WeightFigures(self.asked[-1])


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def training(worker: FakeWorker, recipe: RecipePresenter) -> TrainingPresenter:
    return TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))


@pytest.fixture
def preview(
    previews: FakePreviews, recipe: RecipePresenter, training: TrainingPresenter, reader: Reader,
    qapp,
) -> WeightsPreview:  # fmt: skip
    made = WeightsPreview(previews, recipe, training, reader)
    yield made
    made.close()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "a-run" / "checkpoints").mkdir(parents=True)
    return tmp_path / "a-run"


def kept(run: Path, name: str = "last.ckpt", moment: int = 1) -> None:
    path = run / "checkpoints" / name
    path.touch()
    os.utime(path, (moment, moment))


def loaded(preview: WeightsPreview, previews: FakePreviews, wait) -> str:
    preview.want(True)
    wait(lambda: bool(previews.requests))
    previews.run()
    assert preview.value is not None
    return preview.value.source


def test_without_a_run_it_is_told_what_a_training_begins_with(
    preview: WeightsPreview, previews: FakePreviews, wait
) -> None:
    assert loaded(preview, previews, wait) == "none"


def test_a_run_is_read_again_when_it_has_a_newer_checkpoint(
    preview: WeightsPreview, previews: FakePreviews, training: TrainingPresenter,
    worker: FakeWorker, run: Path, reader: Reader, qtbot, wait,
) -> None:  # fmt: skip
    training.start()
    worker.tell(started(run))
    kept(run)
    assert loaded(preview, previews, wait) == "a-run"
    preview.want(False)
    preview.want(True)
    qtbot.wait(400)
    assert previews.requests == []
    kept(run, moment=2)
    worker.tell(ended(run=run))
    wait(lambda: bool(previews.requests))
    previews.run()
    assert reader.asked == ["a-run", "a-run"]


def test_another_network_than_that_of_the_run_has_no_weights_yet(
    preview: WeightsPreview, previews: FakePreviews, recipe: RecipePresenter,
    training: TrainingPresenter, worker: FakeWorker, run: Path, wait,
) -> None:  # fmt: skip
    training.start()
    worker.tell(started(run))
    kept(run)
    recipe.set("optimizer.lr", 0.5)
    assert loaded(preview, previews, wait) == "a-run"
    recipe.set("architecture.hidden", [8])
    assert loaded(preview, previews, wait) == "none"
    recipe.open(Recipe.parse(DATA))
    assert loaded(preview, previews, wait) == "a-run"
