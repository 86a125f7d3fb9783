"""Saves checkpoints when they are due, without ever harming the one before."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from engine.problems import Problem
from engine.runs.checkpointfile import Stamp, list_checkpoints
from engine.runs.folder import RunFolder
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.course import Course
from engine.training.endings import NonFiniteLoss
from engine.training.events import CheckpointSaved
from engine.training.keeper import Keeper
from engine.training.lightning import pl
from engine.training.validation import Validation
from engine.training.writing import CheckpointWriter, HandingCheckpointIO, Job

LAST_EVERY = 15.0
"""Seconds between two savings of `last.ckpt`; longer when saving itself takes long."""

SHARE = 0.05
"""The part of the training's time that saving `last.ckpt` may take."""

AUTO = "auto-"
"""What the names of the checkpoints saved every so often begin with: these are thinned out."""


class Checkpoints(pl.Callback):
    """`last` now and then and at the end, `best` when a validation is the best so far, and others
    every so many steps or minutes."""

    def __init__(
        self, course: Course, folder: RunFolder, channel: Channel, clock: Clock,
        validation: Validation, keeper: Keeper,
    ) -> None:  # fmt: skip
        self._course = course
        self._folder = folder
        self._channel = channel
        self._clock = clock
        self._validation = validation
        self.flush: Callable[[], int] = lambda: 0
        self.sync: Callable[[], None] = lambda: None
        self.io = HandingCheckpointIO(self._hand_on)
        self._writer = CheckpointWriter(keeper, lambda: self.sync(), self._on_written)
        self._last_saved = time.monotonic()
        self._auto_saved = clock.seconds
        self._interval = LAST_EVERY
        self._length = 0
        self._reason = ""
        self._job: Job | None = None
        self._begun_with: dict[str, Any] | None = None

    def begin_with(self, content: dict[str, Any]) -> None:
        """Until the first batch, a checkpoint of this moment is that one again: Lightning's
        counters are between two states then."""
        self._begun_with = content

    def start(self) -> None:
        """Begin to write."""
        self._writer.start()

    def drain(self) -> None:
        """Wait until what was saved is on disk, or could not be written."""
        self._writer.drain()

    def end(self) -> None:
        """Write what waits, and no more."""
        self._writer.end()

    def is_kept(self, path: Path) -> bool:
        """Whether the file holds what was saved there last."""
        return path.is_file() and path not in self._writer.unwritten

    # --- When ----------------------------------------------------------------------------------

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The validation that a resumed run began with may have been the best."""
        self._auto_saved = self._clock.seconds
        if self._validation.improved:
            self.save(trainer, self._folder.best_checkpoint, "best")

    def on_train_batch_start(self, *_args: object) -> None:
        """From here on Lightning's counters speak of this run."""
        self._begun_with = None

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, _outputs: object, _batch: object,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Save what this batch made due."""
        if self._validation.improved:
            self.save(trainer, self._folder.best_checkpoint, "best")
        if self._auto_is_due(trainer, batch_idx):
            self._auto_saved = self._clock.seconds
            name = f"{AUTO}{trainer.global_step:08d}.ckpt"
            self.save(trainer, self._folder.checkpoints / name, "auto")
        ending = trainer.should_stop or self._validation.was_last
        if ending or time.monotonic() - self._last_saved > self._interval:
            self._save_last(trainer)

    def _auto_is_due(self, trainer: pl.Trainer, batch_idx: int) -> bool:
        training = self._course.recipe.training
        every, minutes = training.checkpoint_every_steps, training.checkpoint_every_minutes
        if every is not None:
            last_of_epoch = batch_idx + 1 == self._course.plan.batches
            whole = (batch_idx + 1) % training.accumulate == 0 or last_of_epoch
            if whole and trainer.global_step % every == 0:
                return True
        return minutes is not None and self._clock.seconds - self._auto_saved > 60 * minutes

    def _save_last(self, trainer: pl.Trainer) -> None:
        started = time.monotonic()
        self.save(trainer, self._folder.last_checkpoint, "last")
        self._last_saved = time.monotonic()
        self._interval = max(LAST_EVERY, (self._last_saved - started) / SHARE)

    def fit_is_over(self, trainer: pl.Trainer) -> None:
        """There may have been no batch left to train: what it began with is its end, too."""
        if self._begun_with is not None:
            self._save_last(trainer)

    # --- Saving --------------------------------------------------------------------------------

    def save(self, trainer: pl.Trainer, path: Path, reason: str) -> None:
        """Take a checkpoint of this moment; it is on disk when `CheckpointSaved` says so.

        Raises NonFiniteLoss when the weights are spoilt: such a state is not kept.
        """
        self._take(trainer, path, reason)

    def save_now(self, trainer: pl.Trainer, path: Path, reason: str) -> Problem | None:
        """The same, but wait until it is on disk; a problem when it could not be written."""
        job = self._take(trainer, path, reason)
        try:
            job.done.result()
        except OSError as error:
            why = error.strerror or str(error)
            sentence = f"The checkpoint {path.name} could not be written: {why}"
            hint = "the checkpoint before is intact; free space or mend the folder"
            return Problem("checkpoint", sentence, hint)
        return None

    def _take(self, trainer: pl.Trainer, path: Path, reason: str) -> Job:
        self._length = self.flush()
        _check_finite(trainer)
        self._reason = reason
        if self._begun_with is None:
            trainer.save_checkpoint(path, weights_only=False)  # comes back in `_hand_on`
        else:
            self.io.save_checkpoint(self._begun_with, path)
        assert self._job is not None
        job, self._job = self._job, None
        return job

    def _hand_on(self, path: Path, content: bytes) -> None:
        progress = self._channel.progress
        epoch = progress.done / self._course.plan.batches
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        stamp = Stamp(progress.step, progress.done, epoch, self._reason, now, version("trainboard"))
        self._job = Job(path, content, stamp)
        self._writer.submit(self._job)

    def _on_written(self, job: Job) -> None:
        """On the writer's thread."""
        self._channel.tell(CheckpointSaved(job.path, job.stamp.step, job.stamp.reason))
        if job.stamp.reason == "auto":
            training = self._course.recipe.training
            thin_out(self._folder, training.keep_checkpoints, training.checkpoint_space)

    # --- In the checkpoint ---------------------------------------------------------------------

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


def thin_out(folder: RunFolder, keep: int, space: float | None) -> None:
    """Delete the oldest of the checkpoints saved every so often: beyond `keep` files, or beyond
    `space` megabytes together; the newest stays whatever its size."""
    saved = [c for c in list_checkpoints(folder) if c.path.name.startswith(AUTO)]
    total = 0
    for number, checkpoint in enumerate(reversed(saved)):
        total += checkpoint.bytes
        too_much = space is not None and total > space * 1e6 and number > 0
        if number >= keep or too_much:
            checkpoint.path.unlink(missing_ok=True)


def _check_finite(trainer: pl.Trainer) -> None:
    """Raise NonFiniteLoss when a weight is no number: the losses so far may still have been."""
    weights = [parameter.detach() for parameter in trainer.lightning_module.parameters()]
    norms = torch.stack([norm.float() for norm in torch._foreach_norm(weights)])
    if not bool(norms.isfinite().all()):
        raise NonFiniteLoss(trainer.global_step, float("nan"), "weights")
