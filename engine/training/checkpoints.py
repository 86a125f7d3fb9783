"""Writes checkpoints: when they are due, without ever harming the one before."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from engine.problems import Problem, ProblemError
from engine.runs.atomic import write_atomically
from engine.runs.folder import RunFolder
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.endings import NonFiniteLoss
from engine.training.events import CheckpointSaved, Notice
from engine.training.lightning import TorchCheckpointIO, pl
from engine.training.validation import Validation

logger = logging.getLogger(__name__)

LAST_EVERY = 15.0
"""Seconds between two writings of `last.ckpt`; longer when writing itself takes long."""

SHARE = 0.05
"""The part of the time that writing `last.ckpt` may take."""


class AtomicCheckpointIO(TorchCheckpointIO):
    """Lightning's own writing is not atomic when the temporary folder lies on another file
    system, and swallows a lack of permission; this one keeps the old file or writes the new."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None):  # type: ignore[no-untyped-def]
        """Serialise in memory first: a full disk is then an OSError and nothing else."""
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        write_atomically(Path(path), buffer.getvalue())


class Checkpoints(pl.Callback):
    """`last` now and then and at the end, `best` when a validation is the best so far."""

    def __init__(
        self, folder: RunFolder, channel: Channel, clock: Clock, validation: Validation,
        before_saving: Callable[[], int],
    ) -> None:  # fmt: skip
        self._folder = folder
        self._channel = channel
        self._clock = clock
        self._validation = validation
        self._before_saving = before_saving
        self._last_saved = time.monotonic()
        self._interval = LAST_EVERY
        self._failing: set[Path] = set()
        self._length = 0
        self._resumed_from: Path | None = None
        self._moved = False

    def resumed_from(self, path: Path) -> None:
        """Until the first batch, a checkpoint of this moment is a copy of that file: Lightning's
        counters are between two states then."""
        self._resumed_from = path

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The validation that a resumed run began with may have been the best."""
        if self._validation.improved:
            self.save(trainer, self._folder.best_checkpoint, "best")

    def on_train_batch_start(self, *_args: object) -> None:
        """From here on Lightning's counters speak of this run."""
        self._moved = True

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_args: object
    ) -> None:
        """Save what this batch made due."""
        if self._validation.improved:
            self.save(trainer, self._folder.best_checkpoint, "best")
        ending = trainer.should_stop or self._validation.was_last
        if ending or time.monotonic() - self._last_saved > self._interval:
            self.save(trainer, self._folder.last_checkpoint, "last")

    def save(self, trainer: pl.Trainer, path: Path, reason: str) -> Problem | None:
        """Write a checkpoint of this moment; a problem that hindered it is also told once.

        Raises NonFiniteLoss when the weights are spoilt: such a state is not kept.
        """
        started = time.monotonic()
        self._length = self._before_saving()
        _check_finite(trainer)
        try:
            self._write(trainer, path)
        except OSError as error:
            problem = _cannot_save(path, error)
            if path not in self._failing:
                self._channel.tell(Notice(problem))
            self._failing.add(path)
            return problem
        self._failing.discard(path)
        if path == self._folder.last_checkpoint:
            self._last_saved = time.monotonic()
            self._interval = max(LAST_EVERY, (self._last_saved - started) / SHARE)
        self._channel.tell(CheckpointSaved(path, trainer.global_step, reason))
        return None

    def _write(self, trainer: pl.Trainer, path: Path) -> None:
        if self._moved or self._resumed_from is None:
            trainer.save_checkpoint(path, weights_only=False)
        elif path != self._resumed_from:
            write_atomically(path, self._resumed_from.read_bytes())

    def state_dict(self) -> dict[str, Any]:
        """The length of the metrics file at this moment, and how far the clock is."""
        progress = self._channel.progress
        return {
            "metrics_length": self._length,
            "seconds": self._clock.seconds,
            "validating": self._clock.validating,
            "samples": progress.samples,
            "epoch": progress.epoch,
            "done": progress.done,
            "step": progress.step,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Put clock and progress where they were."""
        progress = self._channel.progress
        self._clock.resume_at(state_dict["seconds"], state_dict["validating"])
        progress.samples = int(state_dict["samples"])
        progress.seconds = self._clock.seconds
        progress.samples_per_second = progress.samples / max(self._clock.training, 1e-9)
        progress.done, progress.step = int(state_dict["done"]), int(state_dict["step"])
        progress.epoch = int(state_dict["epoch"])
        progress.batch = progress.done - (progress.epoch - 1) * progress.batches


def _check_finite(trainer: pl.Trainer) -> None:
    """Raise NonFiniteLoss when a weight is no number: the losses so far may still have been."""
    weights = [parameter.detach() for parameter in trainer.lightning_module.parameters()]
    norms = torch.stack([norm.float() for norm in torch._foreach_norm(weights)])
    if not bool(norms.isfinite().all()):
        raise NonFiniteLoss(trainer.global_step, float("nan"), "weights")


def _cannot_save(path: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    sentence = f"The checkpoint {path.name} could not be written: {reason}"
    hint = "the training goes on and the checkpoint before is intact; free space or mend the folder"
    return Problem("checkpoint", sentence, hint)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint's content on the CPU, never executing code. Raises ProblemError."""
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ProblemError(
            Problem("checkpoint", f"There is no checkpoint {path}", "train the run first")
        ) from None
    except Exception:
        # torch's own text advises an unsafe way out: it is kept from the user
        logger.debug("Cannot load %s", path, exc_info=True)
        sentence = f"{path.name} is damaged, or not a checkpoint of this program"
        raise ProblemError(Problem("checkpoint", sentence, "use another checkpoint")) from None
    return content
