"""Samples of a language model: as they come, of runs of the past, and of another process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.recipe import Recipe
from engine.runs.samples import WrittenSample, append_samples
from engine.training import events as e
from gui.presenters.following import Following
from gui.presenters.recipe import RecipePresenter
from gui.presenters.samples import SamplesPresenter
from gui.presenters.training import TrainingPresenter
from tests.gui.fakes import FakeWorker, started
from tests.gui.run_folders import make_run


@pytest.fixture
def writing(tmp_path: Path) -> Recipe:
    (tmp_path / "text.txt").write_text("".join(f"{n} and {n + 1}\n" for n in range(300)))
    corpus = {"name": "text_corpus", "path": str(tmp_path / "text.txt"), "length": 16}
    return Recipe.parse({"version": 1, "dataset": corpus, "architecture": "rnn"})


@pytest.fixture
def training(worker: FakeWorker, writing: Recipe) -> TrainingPresenter:
    return TrainingPresenter(worker, RecipePresenter(writing), Path("/runs"), Path("/data"))


@pytest.fixture
def samples(training: TrainingPresenter) -> SamplesPresenter:
    return SamplesPresenter(training)


def written(step: int) -> WrittenSample:
    return WrittenSample(step, step, step / 20, f"1 and {step}", 6)


def generated(step: int) -> e.Generated:
    return e.Generated(step / 20, step, f"1 and {step}", 6)


def test_the_newest_is_shown_until_one_steps_back(
    training: TrainingPresenter, samples: SamplesPresenter, worker: FakeWorker
) -> None:
    assert not samples.expected
    training.start()
    assert (samples.expected, samples.shown) == (True, None)
    worker.tell(started())
    for step in (20, 40):
        worker.tell(generated(step))
    assert (samples.when, samples.place) == ("epoch 2, step 40", (2, 2))
    samples.step(-1)
    worker.tell(generated(60))
    assert (samples.when, samples.place) == ("epoch 1, step 20", (1, 3))
    samples.step(1)
    samples.step(1)
    worker.tell(generated(80))
    assert samples.place == (4, 4)


def test_a_training_without_samples_expects_none(
    worker: FakeWorker, recipe: RecipePresenter
) -> None:
    training = TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))
    samples = SamplesPresenter(training)
    training.start()
    assert not samples.expected


def test_a_run_of_the_past_shows_what_it_wrote(
    training: TrainingPresenter, samples: SamplesPresenter, writing: Recipe, tmp_path: Path
) -> None:
    folder = make_run(tmp_path / "runs", writing).folder
    append_samples(folder.samples_file, [written(20), written(40)])
    training.show_run(folder, writing)
    assert samples.shown == written(40)
    training.show_run(make_run(tmp_path / "runs", writing).folder, writing)
    assert samples.shown is None


def test_a_run_that_goes_on_keeps_its_samples_and_writes_later_ones_again(
    training: TrainingPresenter, samples: SamplesPresenter, worker: FakeWorker, writing: Recipe,
    tmp_path: Path,
) -> None:  # fmt: skip
    folder = make_run(tmp_path / "runs", writing, "stopped").folder
    append_samples(folder.samples_file, [written(20), written(40), written(60)])
    training.resume(folder)
    worker.tell(started(folder.path))
    assert samples.place == (3, 3)
    worker.tell(generated(40))
    assert (samples.place, samples.when) == ((2, 2), "epoch 2, step 40")


def test_another_process_is_followed(
    training: TrainingPresenter, samples: SamplesPresenter, writing: Recipe, tmp_path: Path
) -> None:
    folder = make_run(tmp_path / "runs", writing, "running").folder
    training.follow(Following(folder), writing)
    assert samples.shown is None
    append_samples(folder.samples_file, [written(20)])
    samples.poll()
    assert samples.shown == written(20)


def test_a_sample_of_an_earlier_version_has_no_prompt_told(
    training: TrainingPresenter, samples: SamplesPresenter, writing: Recipe, tmp_path: Path
) -> None:
    folder = make_run(tmp_path / "runs", writing).folder
    old = {"step": 20, "batch": 20, "epoch": 1.0, "text": "1 and 2"}
    folder.samples_file.write_text(f"{json.dumps(old)}\n")
    training.show_run(folder, writing)
    assert samples.shown == WrittenSample(20, 20, 1.0, "1 and 2")
