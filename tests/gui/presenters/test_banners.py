from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.problems import Problem
from engine.training import events as e
from gui.presenters.banners import banner_for
from gui.presenters.messages import Messages
from gui.presenters.recipe import RecipePresenter
from gui.presenters.training import TrainingPresenter
from tests.gui.fakes import FakeWorker, ended, started


@pytest.fixture
def training(worker: FakeWorker, recipe: RecipePresenter, messages: Messages) -> TrainingPresenter:
    made = TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))
    made.start()
    worker.tell(started())
    return made


def test_a_running_training_needs_no_banner(training: TrainingPresenter) -> None:
    assert banner_for(training) is None


def test_paused_says_where_and_that_nothing_is_lost(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    progress = worker.channel.progress
    progress.epoch, progress.batch, progress.batches = 7, 112, 240
    worker.tell(e.Paused(7, 112, 1552))
    banner = banner_for(training)
    assert banner is not None
    assert banner.title == "Paused"
    assert "epoch 7 after batch 112 of 240" in banner.sentence
    assert "Nothing is lost" in banner.sentence
    assert banner.actions == ("pause", "step")


def test_finished_tells_the_result_and_what_is_kept(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    worker.tell(ended())
    banner = banner_for(training)
    assert banner is not None
    assert banner.level == "good"
    assert "98.6 %" in banner.sentence
    assert "best.ckpt" in banner.hint
    assert {"export", "start"} <= set(banner.actions)


def test_a_forecast_is_measured_by_the_simplest_one(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    beside = {"test_mae_vs_naive": 0.55, "test_mae_vs_seasonal_naive": 2.21}
    told = ended()
    result = replace(told.result, metrics={**told.result.metrics, **beside})
    worker.tell(replace(told, result=result))
    banner = banner_for(training)
    assert banner is not None
    assert "2.21 × the error of repeating the last season" in banner.sentence
    assert "the last value" not in banner.sentence


def test_failed_tells_the_sentence_the_hint_and_what_is_kept(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    problem = Problem("training", "The loss became nan at step 12", "try a lower optimizer.lr")
    worker.tell(ended("failed", problems=(problem,), traceback="Traceback: ..."))
    banner = banner_for(training)
    assert banner is not None
    assert banner.sentence == "The loss became nan at step 12"
    assert "Try a lower learning rate of the optimizer." in banner.hint
    assert "Kept: last.ckpt" in banner.hint
    assert banner.details == "Traceback: ..."


def test_a_failure_before_there_is_a_run_keeps_nothing(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    worker.tell(ended("failed", run=None, problems=(Problem("dataset", "Unreadable", "again"),)))
    banner = banner_for(training)
    assert banner is not None
    assert "Kept" not in banner.hint
    assert banner.actions == ("start",)


def test_a_pause_in_a_validation_counts_its_batches(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    progress = worker.channel.progress
    progress.phase, progress.validating = "paused", True
    progress.epoch, progress.batch, progress.batches = 11, 1, 2
    worker.tell(e.Paused(11, 1, 1552))
    banner = banner_for(training)
    assert banner is not None
    assert "in epoch 11, in its validation, batch 1 of 2" in banner.sentence
    assert training.progress().batch == "validating 1/2"
