from __future__ import annotations

from pathlib import Path

import pytest

from engine.problems import Problem
from engine.training import commands as c
from engine.training import events as e
from gui.presenters.banners import outcome
from gui.presenters.messages import Message, Messages
from gui.presenters.possible import State
from gui.presenters.recipe import RecipePresenter
from gui.presenters.reports import Reporter
from gui.presenters.training import LOADING, TrainingPresenter
from tests.gui.fakes import FakeWorker, ended, started

ACTIONS = ("start", "pause", "step", "stop", "checkpoint", "export")


@pytest.fixture
def training(worker: FakeWorker, recipe: RecipePresenter, messages: Messages) -> TrainingPresenter:
    return TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))


def possible(training: TrainingPresenter) -> set[str]:
    return {name for name in ACTIONS if training.can(name).enabled}


def test_at_first_there_is_only_start(training: TrainingPresenter) -> None:
    assert training.state is State.IDLE
    assert possible(training) == {"start"}


def test_what_cannot_be_done_says_why(training: TrainingPresenter) -> None:
    for name in ACTIONS[1:]:
        assert training.can(name).why


def test_problems_forbid_the_start_and_are_named(
    training: TrainingPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    recipe.set("training.epochs", 0)
    assert not training.can("start").enabled
    assert "epochs of the training" in training.can("start").why
    training.start()
    assert worker.recipes == []


def test_start_hands_over_the_recipe_of_this_moment(
    training: TrainingPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    training.start()
    recipe.set("optimizer.lr", 0.5)
    assert [trained.optimizer.lr for trained in worker.recipes] == [0.003]
    assert training.state is State.PREPARING
    assert not training.can("start").enabled


def test_a_start_before_torch_is_there_waits_for_it(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    assert training.progress().what == LOADING
    worker.ready.emit()
    assert training.progress().what != LOADING
    assert len(worker.recipes) == 1


def test_the_life_of_a_training(training: TrainingPresenter, worker: FakeWorker) -> None:
    training.start()
    worker.tell(e.Preparing("Loading digits", 0.5))
    assert training.progress().what == "Loading digits"
    assert training.progress().fraction == 0.5
    worker.tell(started())
    assert training.state is State.RUNNING
    assert possible(training) == {"pause", "stop", "checkpoint", "export"}
    training.toggle_pause()
    assert training.pausing
    assert not training.can("pause").enabled
    worker.tell(e.Paused(1, 3, 3))
    assert training.state is State.PAUSED
    assert possible(training) == {"pause", "step", "stop", "checkpoint", "export"}
    training.step()
    training.toggle_pause()
    worker.tell(e.Resumed())
    assert training.state is State.RUNNING
    assert training.can("pause").enabled
    training.checkpoint()
    training.stop()
    assert training.state is State.STOPPING
    assert possible(training) == set()
    assert worker.commands() == [c.Pause(), c.Step(), c.Resume(), c.SaveCheckpoint(), c.Stop(True)]
    worker.tell(ended("stopped"))
    assert training.state is State.STOPPED
    assert possible(training) == {"start", "export"}


def test_a_step_that_ends_in_a_hold_stays_paused(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    worker.tell(started())
    worker.tell(e.Paused(1, 3, 3))
    training.step()
    worker.tell(e.Paused(1, 4, 4))
    assert training.state is State.PAUSED


def test_cancelling_the_preparation_leads_back_to_the_beginning(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    training.stop()
    worker.tell(ended("stopped", run=None))
    assert training.state is State.IDLE
    assert possible(training) == {"start"}


def test_a_failure_keeps_its_problem(training: TrainingPresenter, worker: FakeWorker) -> None:
    training.start()
    worker.tell(started())
    worker.tell(ended("failed", problems=(Problem("training", "The loss became nan", "lower it"),)))
    assert training.state is State.FAILED
    assert training.ended is not None
    assert training.ended.problem is not None
    assert possible(training) == {"start", "export"}


def test_reports_become_messages(
    training: TrainingPresenter, worker: FakeWorker, messages: Messages, said: list[Message]
) -> None:
    reporter = Reporter(training, messages)
    training.start()
    worker.tell(started())
    worker.answer(c.SaveCheckpoint(), "Saved step-00000012.ckpt")
    worker.answer(c.Pause(), "Paused")
    worker.answer(c.SaveCheckpoint(), "No space left", ok=False, hint="free some")
    worker.tell(e.Notice(Problem("checkpoint", "Not written", "free space")))
    assert [(message.level, message.text) for message in said] == [
        ("good", "Saved step-00000012.ckpt"),
        ("error", "No space left (free some)"),
        ("warning", "Not written (free space)"),
    ]
    reporter.deleteLater()


def test_the_best_validation_is_remembered_until_the_next_start(
    training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    worker.tell(started())
    worker.tell(e.Evaluated(6, 120, {"val_accuracy": 0.989}, best=True))
    worker.tell(e.Evaluated(7, 140, {"val_accuracy": 0.98}, best=False))
    worker.tell(ended())
    told = outcome(training)
    assert "validation accuracy 98.6 %" in told
    assert "best 98.9 % at epoch 6" in told
    assert "0:42" in told
    training.start()
    assert training.best is None


def test_progress_in_words(training: TrainingPresenter, worker: FakeWorker) -> None:
    training.start()
    worker.tell(started())
    progress = worker.channel.progress
    progress.phase, progress.epoch, progress.epochs = "training", 7, 15
    progress.batch, progress.batches, progress.step, progress.total_steps = 112, 240, 1552, 3600
    progress.seconds, progress.samples_per_second = 42.0, 18400.0
    view = training.progress()
    assert view.what == "Epoch 7/15"
    assert view.percent == "43 %"
    assert view.batch == "batch 112/240"
    assert view.speed == "18,400 samples/s"
    assert view.time == "0:42 elapsed, 0:55 left"
    progress.epochs = None
    assert training.progress().what == "Step 1,552/3,600"
    progress.phase, progress.validating = "validating", True
    assert training.progress().batch == "validating 112/240"
    progress.batches = 1
    assert training.progress().batch == "validating 1/1"


def test_began_carries_the_channel_and_the_main_metric(
    training: TrainingPresenter, worker: FakeWorker, recipe: RecipePresenter
) -> None:
    heard: list[tuple[object, str]] = []
    training.began.connect(lambda channel, metric: heard.append((channel, metric)))
    training.start()
    assert heard == [(worker.channel, "accuracy")]


@pytest.mark.parametrize(
    ("phase", "state"), [("paused", State.PAUSED), ("training", State.RUNNING)]
)
def test_a_stop_that_could_not_save_is_no_stop(
    phase: e.Phase, state: State, training: TrainingPresenter, worker: FakeWorker
) -> None:
    training.start()
    worker.happened.emit(started())
    training.stop()
    assert training.state is State.STOPPING
    assert training.channel is not None
    training.channel.progress.phase = phase
    refused = c.Report(c.Stop(), False, "No space left", "free some")
    worker.happened.emit(e.Answered(refused))
    assert training.state is state
