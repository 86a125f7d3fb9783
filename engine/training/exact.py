"""What Lightning's checkpoint leaves out and exact resumption needs: random states, the loader's
position, gradients waiting in an accumulation window."""

from __future__ import annotations

import random
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch

from engine.training.lightning import pl
from engine.training.loader import TrainLoader


def seed_everything(seed: int) -> None:
    """Seed every source of randomness that a training draws from."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


States = tuple[torch.Tensor, Any, Any]
"""Of torch (on the CPU), `random` and NumPy."""

TO_BE: ContextVar[States | None] = ContextVar("to_be", default=None)
"""What an evaluation in progress will put back when it is over: a checkpoint that is made in the
midst of it has these."""


def global_states() -> States:
    """As they are now, in the libraries' own form."""
    return torch.get_rng_state(), random.getstate(), np.random.get_state()


def random_states() -> dict[str, Any]:
    """Every global random state, as tensors and plain numbers (loadable with weights_only)."""
    of_torch, (version, internal, gauss), legacy = TO_BE.get() or global_states()
    _, keys, position, has_gauss, cached = legacy
    states: dict[str, Any] = {
        "torch": of_torch,
        "python": (version, torch.tensor(internal, dtype=torch.int64), gauss),
        "numpy": (torch.from_numpy(np.asarray(keys).astype(np.int64)), int(position),
                  int(has_gauss), float(cached)),
    }  # fmt: skip
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        states["cuda"] = torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        states["mps"] = torch.mps.get_rng_state()
    return states


def restore_random_states(states: dict[str, Any]) -> None:
    """Put every global random state back."""
    torch.set_rng_state(states["torch"])
    version, internal, gauss = states["python"]
    random.setstate((version, tuple(internal.tolist()), gauss))
    keys, position, has_gauss, cached = states["numpy"]
    np.random.set_state(("MT19937", keys.numpy().astype(np.uint32), position, has_gauss, cached))
    for index, state in enumerate(states.get("cuda", [])[: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(state, index)
    if "mps" in states and torch.backends.mps.is_available():
        torch.mps.set_rng_state(states["mps"])


class ExactState(pl.Callback):
    """Carries that state in the checkpoint and puts it back just before the first batch."""

    def __init__(self, loader: TrainLoader, accumulate: int) -> None:
        self._loader = loader
        self._accumulate = accumulate
        self._module: pl.LightningModule | None = None
        self._restored: dict[str, Any] | None = None

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Remember whose gradients to keep."""
        self._module = pl_module

    def state_dict(self) -> dict[str, Any]:
        """Random states, loader position and gradients by parameter name."""
        return {
            "random": random_states(),
            "loader": self._loader.state_dict(),
            "gradients": self._waiting_gradients(),
        }

    def _waiting_gradients(self) -> dict[str, torch.Tensor]:
        """Gradients inside an accumulation window; after a step they are spent."""
        done = self._loader.position
        waiting = done % self._accumulate != 0 and done < len(self._loader)
        if self._module is None or not waiting:
            return {}
        named = self._module.named_parameters()
        return {name: p.grad.clone() for name, p in named if p.grad is not None}

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Let Lightning's counters speak of a batch that is over."""
        settle_progress(checkpoint["loops"]["fit_loop"])

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Keep the state until the training starts: setting up draws random numbers."""
        self._restored = state_dict

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Put everything back: after Lightning's `iter()` and `zero_grad()`, before a batch."""
        if self._restored is None:
            return
        state, self._restored = self._restored, None
        self._loader.load_state_dict(state["loader"])
        gradients = state["gradients"]
        for name, parameter in pl_module.named_parameters():
            if name in gradients:
                parameter.grad = gradients[name].to(parameter.device)
        restore_random_states(state["random"])


def settle_progress(loop: dict[str, Any]) -> None:
    """Count the batch in progress, and its epoch if it was the last one, as completed.

    We save inside `on_train_batch_end`, when Lightning has not yet counted the batch. It mends
    that on resuming, but after the last batch of an epoch its next epoch is then not counted as
    begun, and a checkpoint made in it resumes in the wrong place. Nothing of ours happens
    between the hook and the next batch, so the settled state is the true one.
    """
    batches = loop["epoch_loop.batch_progress"]
    if batches["total"]["ready"] == 0:
        return  # nothing has run yet
    batches["total"]["completed"] = batches["total"]["processed"]
    batches["current"]["completed"] = batches["current"]["processed"]
    if batches["is_last_batch"]:
        batches["is_last_batch"] = False
        batches["current"] = dict.fromkeys(batches["current"], 0)
        epochs = loop["epoch_progress"]
        for scope in ("total", "current"):
            for count in ("processed", "completed"):
                epochs[scope][count] = epochs[scope]["started"]
