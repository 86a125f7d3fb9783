"""Interventions: when they take effect, what is logged, which are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.runs.folder import RunFolder
from engine.runs.interventions import Change
from engine.training import commands as c
from engine.training.begin import Replay, Resume
from engine.training.channel import Channel
from engine.training.evaluate import evaluate
from engine.training.events import Evaluated, Event, Preparing
from tests.engine.training.helpers import same_curves, small, train
from tests.engine.training.stepped import Stepped, asks, steered

EPOCH = 7
"""Batches of an epoch of the small recipe."""


# --- When, and what is logged --------------------------------------------------------------------


def test_it_takes_effect_with_the_next_batch_and_is_logged_before(tmp_path: Path) -> None:
    run = steered(small(), tmp_path, 5, {"regularization.dropout": 0.5, "optimizer.lr": 0.001})
    (made,) = run.made
    assert run.logged() == [made]
    assert (made.step, made.batch) == (5, 5)
    assert made.epoch == pytest.approx(5 / EPOCH)
    assert made.changes == (
        Change("regularization.dropout", 0.2, 0.5),
        Change("optimizer.lr", 0.003, 0.001),
    )
    assert run.report().sentence == made.label == "dropout 0.2 → 0.5, lr 0.003 → 0.001"
    assert run.folder.recipe() == small()  # the recipe stays: the log says what was changed
    assert run.folder.summary()["interventions"] == 1


def test_the_same_values_are_no_intervention(tmp_path: Path) -> None:
    run = steered(small(), tmp_path, 5, {"optimizer.lr": 0.003})
    assert run.report().ok
    assert "Nothing changes" in run.report().sentence
    assert run.logged() == run.made == []


@pytest.mark.parametrize(("at", "over"), [(0, 0), (1, 4), (3, 4), (4, 4), (5, 7), (6, 7), (8, 11)])
def test_within_an_accumulation_window_it_waits_for_its_end(
    tmp_path: Path, at: int, over: int
) -> None:
    """Windows of 4 batches, and one of 3 that the epoch of 7 cuts off."""
    run = steered(small(training={"accumulate": 4}), tmp_path, at, {"optimizer.lr": 0.001})
    (made,) = run.made
    assert made.batch == over
    assert run.logged() == [made]
    assert run.report().ok
    assert ("when this step is over" in run.report().sentence) == (at != over)


def test_what_waits_is_not_lost_with_a_stop(tmp_path: Path) -> None:
    recipe = small(training={"accumulate": 4})

    def ask_and_stop(run: Stepped) -> None:
        run.intervene({"optimizer.lr": 0.001})
        run.channel.post(c.Stop())

    stopped = Stepped({5: ask_and_stop}).run(recipe, tmp_path)
    assert stopped.made == []
    resumed = Stepped({}).run(recipe, tmp_path, Resume(stopped.folder))
    assert [made.batch for made in resumed.made] == [7]
    whole = steered(recipe, tmp_path, 5, {"optimizer.lr": 0.001})
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


def test_asked_for_during_a_validation_it_follows_it(tmp_path: Path) -> None:
    answers = []

    def ask(event: Event, channel: Channel) -> None:
        if isinstance(event, Evaluated) and event.step == EPOCH:
            answers.append(channel.post(c.Intervene.of({"optimizer.lr": 0.001})))

    run = train(small(), tmp_path, ask)
    assert answers[0].result(1).ok
    rates = run.channel.log.series("lr").since()["value"]
    assert rates[EPOCH] == pytest.approx(rates[EPOCH - 1] / 3, rel=0.1)


def test_while_preparing_and_when_it_is_over_it_is_refused(tmp_path: Path) -> None:
    answers = []

    def ask(event: Event, channel: Channel) -> None:
        if isinstance(event, Preparing) and not answers:
            answers.append(channel.post(c.Intervene.of({"optimizer.lr": 0.001})))

    run = train(small(training={"epochs": 1}), tmp_path, ask)
    answers.append(run.channel.post(c.Intervene.of({"optimizer.lr": 0.001})))
    assert [answer.result(1).ok for answer in answers] == [False, False]
    assert "has not begun" in answers[0].result().sentence
    assert "has ended" in answers[1].result().sentence


def test_a_run_that_went_back_makes_old_and_new_interventions_in_order(tmp_path: Path) -> None:
    """Resumed from an older checkpoint, with one intervention to come, another is made earlier."""
    recipe = small(training={"checkpoint_every_steps": 5})
    first = steered(recipe, tmp_path, 12, {"optimizer.lr": 0.001})
    older = first.folder.checkpoints / "auto-00000005.ckpt"

    def stop(run: Stepped) -> None:
        run.channel.post(c.Stop())

    back = Stepped({8: asks({"regularization.dropout": 0.4}), 10: stop})
    back.run(recipe, tmp_path, Resume(first.folder, older))
    again = Stepped({}).run(recipe, tmp_path, Resume(first.folder))
    assert [made.batch for made in again.logged()] == [8, 12]
    assert again.result.status == "finished"
    replayed = train(recipe, tmp_path, begin=Replay(first.folder))
    assert replayed.result.weights_sha256 == again.result.weights_sha256


# --- Refused -------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "not live": ({"training.batch_size": 8}, "cannot be changed while training", ""),
    "misspelt": ({"optimizer.lrr": 0.1}, "cannot be changed", "'optimizer.lr'"),
    "of another optimizer": ({"optimizer.momentum": 0.1}, "cannot be changed", ""),
    "out of bounds": ({"regularization.dropout": 1.5}, "less than 1", ""),
    "not a number": ({"optimizer.lr": float("nan")}, "", ""),
    "text": ({"optimizer.lr": "fast"}, "", ""),
    "one bad of two": ({"optimizer.lr": 0.1, "regularization.l1": -1}, "", ""),
    "unknown layer": ({"training.freeze": ["netwrk.1"]}, "no layer 'netwrk.1'", ""),
    "near a layer": ({"training.freeze": ["01"]}, "no layer '01'", "'1'"),
    "every layer": ({"training.freeze": ["1", "2", "5"]}, "nothing left to learn", "one layer"),
    "steps where epochs decide": ({"training.steps": 100}, "cannot be changed", ""),
    "epochs that are over": ({"training.epochs": 1}, "1 epoch done", "Stop"),
    "patience of nothing": ({"regularization.early_stopping.patience": 3}, "", ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_reason_and_nothing_changes(
    tmp_path: Path, case: str, undisturbed: str
) -> None:
    changes, sentence, hint = REFUSED[case]
    run = steered(small(), tmp_path, EPOCH, changes)
    assert not run.report().ok
    assert sentence in run.report().sentence
    assert hint in run.report().hint
    assert run.logged() == run.made == []
    assert run.result.weights_sha256 == undisturbed


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    return train(small(), tmp_path_factory.mktemp("undisturbed")).result.weights_sha256


def test_momentum_that_nesterov_needs_cannot_be_taken_away(tmp_path: Path) -> None:
    recipe = small(optimizer={"name": "sgd", "nesterov": True, "momentum": 0.9})
    run = steered(recipe, tmp_path, 5, {"optimizer.momentum": 0.0})
    assert not run.report().ok
    assert run.logged() == run.made == []
    assert run.result.status == "finished"


# --- How long ------------------------------------------------------------------------------------


@pytest.mark.parametrize("epochs", [2, 5])
def test_epochs_shorter_and_longer(tmp_path: Path, epochs: int) -> None:
    run = steered(small(), tmp_path, EPOCH + 1, {"training.epochs": epochs})
    assert (run.result.status, run.result.epochs) == ("finished", epochs)
    progress = run.channel.progress
    assert (progress.epochs, progress.total_steps) == (epochs, epochs * EPOCH)
    assert run.rates()[epochs * EPOCH] < 1e-4  # the cosine ends with the training
    assert len(run.channel.log.series("val_loss")) == epochs
    values = evaluate(RunFolder(run.result.run), "val", tmp_path)
    assert values["val_loss"] == run.result.metrics["val_loss"]


@pytest.mark.parametrize("steps", [11, 30])
def test_steps_shorter_and_longer(tmp_path: Path, steps: int) -> None:
    run = steered(small(training={"steps": 20}), tmp_path, 10, {"training.steps": steps})
    assert (run.result.status, run.result.steps) == ("finished", steps)
    values = evaluate(RunFolder(run.result.run), "val", tmp_path)
    assert values["val_loss"] == run.result.metrics["val_loss"]


def test_steps_that_are_over_are_refused(tmp_path: Path) -> None:
    run = steered(small(training={"steps": 20}), tmp_path, 10, {"training.steps": 10})
    assert run.report().sentence == "10 steps done already"
    assert run.result.steps == 20


def test_epochs_that_would_end_with_the_window_in_progress_are_refused(tmp_path: Path) -> None:
    """Batch 13 of 14: the last window of the second epoch has begun, its end is the epoch's."""
    recipe = small(training={"accumulate": 4})
    run = steered(recipe, tmp_path, 2 * EPOCH - 1, {"training.epochs": 2})
    assert not run.report().ok
    assert run.result.epochs == 3


NO_PROGRESS = {
    "optimizer": {"name": "sgd", "lr": 1e-9},
    "regularization": {"early_stopping": {"patience": 6, "metric": "loss"}},
    "training": {"epochs": 12},
}


def test_less_patience_ends_at_once_and_the_end_is_saved(tmp_path: Path) -> None:
    changes = {"regularization.early_stopping.patience": 2}
    run = steered(small(**NO_PROGRESS), tmp_path, 4 * EPOCH + 2, changes)
    assert run.result.status == "finished"
    assert run.result.steps == 4 * EPOCH + 2
    folder = RunFolder(run.result.run)
    assert evaluate(folder, "val", tmp_path)["val_loss"] == run.result.metrics["val_loss"]
    replayed = train(small(**NO_PROGRESS), tmp_path, begin=Replay(folder))
    assert replayed.result.weights_sha256 == run.result.weights_sha256
    assert replayed.result.metrics == run.result.metrics


def test_more_patience_lets_it_go_on(tmp_path: Path) -> None:
    before = train(small(**NO_PROGRESS), tmp_path)
    assert before.result.epochs == 7
    changes = {"regularization.early_stopping.patience": 9}
    run = steered(small(**NO_PROGRESS), tmp_path, 2 * EPOCH, changes)
    assert run.result.epochs == 10


def test_replayed_with_every_kind_of_intervention(tmp_path: Path) -> None:
    recipe = small(
        optimizer={"name": "sgd", "lr": 0.01, "momentum": 0.0},
        regularization={"dropout": 0.0, "early_stopping": 5},
        training={"accumulate": 2},
    )
    acts = {
        1: asks({"optimizer.lr": 0.02}),
        4: asks({"optimizer.momentum": 0.9, "regularization.dropout": 0.3}),
        6: asks({"training.freeze": ["1"], "regularization.clip_norm": 0.5}),
        9: asks({"regularization.early_stopping.patience": 2, "training.epochs": 4}),
        13: asks({"training.freeze": [], "regularization.clip_norm": None}),
    }
    run = Stepped(acts).run(recipe, tmp_path)
    assert all(report.result(1).ok for report in run.reports)
    replayed = train(recipe, tmp_path, begin=Replay(run.folder))
    assert replayed.result.weights_sha256 == run.result.weights_sha256
    whole = train(recipe, tmp_path, begin=Replay(RunFolder(replayed.result.run)))
    assert same_curves(replayed, whole)
