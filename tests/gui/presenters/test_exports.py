from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.exporters import ExportReport, formats
from engine.problems import Problem, ProblemError
from engine.training.commands import Export
from gui.presenters import exports
from gui.presenters.exports import ExportPresenter
from gui.presenters.messages import Message, Messages
from gui.presenters.recipe import RecipePresenter
from gui.presenters.training import TrainingPresenter
from tests.gui.fakes import FakePreviews, FakeWorker, ended, started


class Writer:
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.problem: Problem | None = None

    def __call__(self, run: Any, format: str, out: Path, data_dir: Path, checkpoint: Any) -> Any:
        self.calls.append((run.path, format, out, data_dir, checkpoint))
        if self.problem:
            raise ProblemError(self.problem)
        return ExportReport(out, format, 38_000, 256, 1.2e-7)


@pytest.fixture
def training(worker: FakeWorker, recipe: RecipePresenter, messages: Messages) -> TrainingPresenter:
    return TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def presenter(
    training: TrainingPresenter, previews: FakePreviews, messages: Messages, writer: Writer
) -> ExportPresenter:
    return ExportPresenter(training, previews, messages, Path("/data"), writer)


ONNX = next(found for found in exports.formats() if found.name == "onnx")


def test_every_format_is_offered() -> None:
    assert [found.name for found in exports.formats()] == list(formats())
    assert all(found.title and found.help and found.suffix for found in exports.formats())


def test_a_running_training_writes_it_itself(
    presenter: ExportPresenter, training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    worker.tell(started())
    presenter.export(ONNX, Path("/out/m.onnx"))
    assert worker.commands() == [Export("onnx", Path("/out/m.onnx"))]
    assert not presenter.busy


def test_a_run_that_has_ended_is_written_from_its_folder(
    presenter: ExportPresenter, training: TrainingPresenter, worker: FakeWorker, writer: Writer,
    previews: FakePreviews, said: list[Message],
) -> None:  # fmt: skip
    training.start()
    worker.tell(started())
    worker.tell(ended())
    assert presenter.suggested_path(ONNX) == Path("/runs/r1/exports/r1.onnx")
    presenter.export(ONNX, Path("/out/m.onnx"))
    assert presenter.busy
    previews.run()
    assert not presenter.busy
    last = Path("/runs/r1/checkpoints/last.ckpt")
    assert writer.calls == [(Path("/runs/r1"), "onnx", Path("/out/m.onnx"), Path("/data"), last)]
    assert said[-1].level == "good"
    assert "1.2e-7" in said[-1].text


def test_the_best_weights_can_be_chosen(
    presenter: ExportPresenter, training: TrainingPresenter, worker: FakeWorker, writer: Writer,
    previews: FakePreviews,
) -> None:  # fmt: skip
    training.start()
    worker.tell(ended())
    presenter.best = True
    presenter.export(ONNX, Path("/out/m.onnx"))
    previews.run()
    assert writer.calls[0][-1] == Path("/runs/r1/checkpoints/best.ckpt")


def test_a_mismatch_is_said_as_an_error(
    presenter: ExportPresenter, training: TrainingPresenter, worker: FakeWorker, writer: Writer,
    previews: FakePreviews, said: list[Message],
) -> None:  # fmt: skip
    training.start()
    worker.tell(ended())
    writer.problem = Problem("export", "The file computes something else", "report it")
    presenter.export(ONNX, Path("/out/m.onnx"))
    previews.run()
    assert not presenter.busy
    assert said[-1].level == "error"
    assert "something else" in said[-1].text


def test_without_a_model_nothing_is_written(
    presenter: ExportPresenter, writer: Writer, previews: FakePreviews
) -> None:
    presenter.export(ONNX, Path("/out/m.onnx"))
    assert previews.requests == []
