"""The same recipe gives the same bits: again, paused, stepped, stopped anywhere and resumed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.runs.folder import RunFolder
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.control import Control
from engine.training.events import Event, Paused
from engine.training.exact import random_states, restore_random_states, seed_everything
from tests.engine.training.helpers import same_curves, small, train

EVERY_CHANGE = [
    "flip", "flip_vertical", {"name": "shift", "pixels": 1}, "rotate", {"name": "zoom", "p": 0.5},
    "brightness", "contrast", "blur", "noise", "erase", "randaugment", "trivialaugment",
]  # fmt: skip
RECIPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "accumulate": {"training": {"accumulate": 4}},
    "mid-epoch validation": {"training": {"validate_every_steps": 3}},
    "steps": {"training": {"steps": 17, "validate_every_steps": 5}},
    "ema and early stopping": {
        "regularization": {"dropout": 0.3, "ema": 0.9, "early_stopping": {"patience": 1}}
    },
    "plateau": {
        "optimizer": {"name": "sgd", "lr": 0.05, "schedule": {"name": "plateau", "patience": 0}}
    },
    "lbfgs": {
        "optimizer": {"name": "lbfgs", "lr": 0.5},
        "regularization": {"dropout": 0.1, "weight_decay": 0.001, "l1": 1e-5, "max_norm": 2.0},
    },
    "cnn": {"architecture": {"name": "cnn", "channels": [4, 8], "norm": "batch"}},
    "augmentation": {"regularization": {"augmentation": EVERY_CHANGE}},
    "mixed and balanced": {
        "regularization": {"mixup": 0.4, "cutmix": 1.0, "augmentation": ["affine"]},
        "training": {"balance": "oversample", "accumulate": 2},
    },
    "lbfgs, mixed and weighted": {
        "optimizer": {"name": "lbfgs", "lr": 0.3, "max_iter": 3},
        "regularization": {"mixup": 0.4},
        "training": {"balance": "weighted"},
    },
}


class StopAt(Control):
    """Posts a Stop at the n-th moment at which commands are looked at."""

    moments = 0
    stop_at = -1

    def _attend(self, phase: Any) -> None:
        type(self).moments += 1
        if type(self).moments == type(self).stop_at:
            self._channel.post(c.Stop(save=True))
        super()._attend(phase)


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> type[StopAt]:
    monkeypatch.setattr("engine.training.session.Control", StopAt)
    monkeypatch.setattr(StopAt, "moments", 0)
    monkeypatch.setattr(StopAt, "stop_at", -1)
    return StopAt


def test_same_recipe_same_bits(tmp_path: Path) -> None:
    first, second = train(small(), tmp_path), train(small(), tmp_path)
    assert first.result is not None
    assert first.result.status == "finished"
    assert first.result.weights_sha256 == second.result.weights_sha256
    assert first.result.metrics == second.result.metrics
    assert same_curves(first, second)


def test_another_seed_other_bits(tmp_path: Path) -> None:
    first = train(small(), tmp_path)
    second = train(small(training={"seed": 1}), tmp_path)
    assert first.result.weights_sha256 != second.result.weights_sha256


@pytest.mark.parametrize("name", RECIPES)
def test_stopped_anywhere_and_resumed(name: str, tmp_path: Path, stop_at: type[StopAt]) -> None:
    """Stopped between any two batches, in a validation too, then resumed from the checkpoint."""
    recipe = small(**RECIPES[name])
    whole = train(recipe, tmp_path)
    assert whole.ended.problem is None
    total, chosen = stop_at.moments, random.Random(name)
    for moment in sorted({1, *chosen.sample(range(2, total + 1), 4)}):
        stop_at.moments, stop_at.stop_at = 0, moment
        stopped = train(recipe, tmp_path)
        if stopped.result.status == "finished":  # stopped while the result was measured
            continue
        stop_at.stop_at = -1
        resumed = train(recipe, tmp_path, folder=RunFolder(stopped.result.run))
        assert resumed.result.status == "finished", resumed.ended
        assert resumed.result.weights_sha256 == whole.result.weights_sha256, moment
        assert resumed.result.metrics == whole.result.metrics, moment
        assert same_curves(resumed, whole), moment


def test_a_training_that_was_to_stop_early_stops_when_resumed(
    tmp_path: Path, stop_at: type[StopAt]
) -> None:
    """Stopped between the validation that ended its patience and the end of the fit."""
    recipe = small(
        optimizer={"name": "sgd", "lr": 1e-9},
        regularization={"early_stopping": {"patience": 1}},
        training={"epochs": 9},
    )
    whole = train(recipe, tmp_path)
    assert whole.result.epochs == 2
    for moment in range(12, stop_at.moments + 1):
        stop_at.moments, stop_at.stop_at = 0, moment
        stopped = train(recipe, tmp_path)
        stop_at.stop_at = -1
        resumed = train(recipe, tmp_path, folder=RunFolder(stopped.result.run))
        assert resumed.result.weights_sha256 == whole.result.weights_sha256, moment
        assert same_curves(resumed, whole), moment


def test_stopped_again_and_again(tmp_path: Path, stop_at: type[StopAt]) -> None:
    recipe = small(training={"accumulate": 3, "validate_every_steps": 4})
    whole = train(recipe, tmp_path)
    run, folder, chosen = None, None, random.Random(7)
    for _ in range(60):
        stop_at.moments, stop_at.stop_at = 0, chosen.randint(2, 9)
        run = train(recipe, tmp_path, folder=folder)
        folder = RunFolder(run.result.run)
        if run.result.status == "finished":
            break
    assert run.result.weights_sha256 == whole.result.weights_sha256
    assert same_curves(run, whole)


def test_paused_stepped_saved_exported_validated(tmp_path: Path) -> None:
    """What is done to a paused training leaves no trace in it."""
    recipe = small(training={"validate_every_steps": 4})
    whole = train(recipe, tmp_path)
    pauses = []

    def disturb(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            pauses.append(event)
            channel.post(c.SaveCheckpoint())
            channel.post(c.Validate())
            channel.post(c.Step(1) if len(pauses) % 3 else c.Resume())
            channel.post(c.Pause())

    channel = Channel()
    channel.post(c.Pause())
    disturbed = train(recipe, tmp_path, disturb, channel=channel)
    assert len(pauses) > 20
    assert disturbed.result.weights_sha256 == whole.result.weights_sha256
    assert same_curves(disturbed, whole)


@pytest.mark.parametrize("augmentation", [None, EVERY_CHANGE], ids=["plain", "augmented"])
def test_workers_do_not_change_the_bits(augmentation: Any, tmp_path: Path) -> None:
    runs = [
        train(
            small(
                training={"epochs": 2, "workers": workers},
                regularization={"augmentation": augmentation},
            ),
            tmp_path,
        )
        for workers in (0, 2)
    ]
    assert [run.result.status for run in runs] == ["finished", "finished"]
    assert runs[0].result.weights_sha256 == runs[1].result.weights_sha256
    assert same_curves(*runs)


def test_every_random_state_is_restored() -> None:
    import numpy as np

    def draw() -> list[float]:
        return [float(torch.rand(1)), random.random(), float(np.random.rand()), random.gauss(0, 1)]

    seed_everything(3)
    draw()
    states = random_states()
    first = draw()
    restore_random_states(states)
    assert draw() == first
