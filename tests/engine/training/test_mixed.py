"""Mixed precision: the forward pass is in half of the bits, the gradient and the step are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import devices
from engine.training import commands as c
from engine.training import fit
from engine.training.begin import Resume
from engine.training.lightning import pl  # isort: split

from lightning.pytorch.plugins.precision import MixedPrecision

from engine.training.module import TrainingModule
from tests.engine.training.helpers import small, train
from tests.engine.training.stepped import Stepped

BRIEF: dict[str, Any] = {"epochs": 2, "accumulate": 2}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[bool]]:
    """Whether the parts of a step were made in mixed precision."""
    found: dict[str, set[bool]] = {}

    def watched(owner: Any, name: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def call(*args: Any, **named: Any) -> Any:
            found.setdefault(name, set()).add(torch.is_autocast_enabled("cpu"))
            return real(*args, **named)

        monkeypatch.setattr(owner, name, call)

    watched(torch.Tensor, "backward")
    watched(torch.optim._adafactor, "_single_tensor_adafactor")
    watched(TrainingModule, "bound_gradients")
    watched(TrainingModule, "batch_loss")
    return found


@pytest.fixture(autouse=True)
def _able(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_cpu_has_bf16", lambda: True)


def test_only_the_forward_pass_is_mixed(seen: dict[str, set[bool]], tmp_path: Path) -> None:
    recipe = small(
        optimizer={"name": "adafactor"}, training={**BRIEF, "precision": "bf16-mixed"},
    )  # fmt: skip
    assert train(recipe, tmp_path).result.status == "finished"
    assert seen == {
        "batch_loss": {True}, "backward": {False}, "bound_gradients": {False},
        "_single_tensor_adafactor": {False},
    }  # fmt: skip


@pytest.mark.parametrize("optimizer", ["adamw", "sam", "lbfgs"])
def test_stopped_in_a_window_and_resumed(optimizer: str, tmp_path: Path) -> None:
    several = {} if optimizer == "adamw" else {"accumulate": 1}
    recipe = small(
        optimizer={"name": optimizer},
        training={**BRIEF, **several, "precision": "bf16-mixed"},
    )
    whole = train(recipe, tmp_path)
    assert whole.result.status == "finished", whole.ended
    stopped = Stepped({5: lambda run: run.channel.post(c.Stop())}).run(recipe, tmp_path)
    resumed = Stepped({}).run(recipe, tmp_path, Resume(stopped.folder))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


# --- Scaled losses -------------------------------------------------------------------------------


@pytest.fixture
def scaled(monkeypatch: pytest.MonkeyPatch) -> list[torch.amp.GradScaler]:
    """A training on the CPU makes its steps as one in 16-mixed does on a GPU."""
    scalers: list[torch.amp.GradScaler] = []
    real = fit.build_trainer

    def build(*args: Any) -> pl.Trainer:
        trainer = real(*args)
        scalers.append(torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=4))
        trainer.strategy.precision_plugin = MixedPrecision("16-mixed", "cpu", scalers[-1])
        return trainer

    monkeypatch.setattr(fit, "build_trainer", build)
    return scalers


LOOP = {"name": "adamw", "implementation": "loop"}


def test_gradients_are_bounded_after_the_scale_is_taken_off(
    scaled: list[torch.amp.GradScaler], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    norms: list[float] = []
    real = TrainingModule.bound_gradients

    def watch(self: TrainingModule) -> None:
        before = [p.grad.norm() for p in self.network.parameters() if p.grad is not None]
        norms.append(float(torch.stack(before).norm()))
        real(self)

    monkeypatch.setattr(TrainingModule, "bound_gradients", watch)
    recipe = small(
        optimizer=LOOP, regularization={"clip_norm": 0.5},
        training={**BRIEF, "precision": "bf16-mixed"},
    )  # fmt: skip
    assert train(recipe, tmp_path).result.status == "finished"
    assert 0.01 < max(norms) < 20  # with the scale on, some thousand
    assert scaled[0].get_scale() > 1024


def test_a_scaled_training_resumes_to_the_same_bits(
    scaled: list[torch.amp.GradScaler], tmp_path: Path
) -> None:
    recipe = small(optimizer=LOOP, training={**BRIEF, "precision": "bf16-mixed"})
    whole = train(recipe, tmp_path)
    stopped = Stepped({5: lambda run: run.channel.post(c.Stop())}).run(recipe, tmp_path)
    resumed = Stepped({}).run(recipe, tmp_path, Resume(stopped.folder))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert scaled[0].get_scale() == scaled[2].get_scale()


def test_a_step_that_overflows_is_left_out_and_halves_the_scale(
    scaled: list[torch.amp.GradScaler], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = TrainingModule.manual_backward, []

    def backward(self: TrainingModule, loss: torch.Tensor) -> None:
        calls.append(1)
        real(self, loss * (torch.inf if len(calls) == 3 else 1.0))

    monkeypatch.setattr(TrainingModule, "manual_backward", backward)
    recipe = small(optimizer=LOOP, training={"epochs": 1, "precision": "bf16-mixed"})
    run = train(recipe, tmp_path)
    assert run.result.status == "finished", run.ended
    assert run.result.steps == len(calls) == 7  # counted all the same
    assert scaled[0].get_scale() == 1024  # halved, and doubled after the last four
