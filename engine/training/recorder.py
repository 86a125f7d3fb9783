"""Writes every step's numbers into the metric log, and notices when they are none any more."""

from __future__ import annotations

import contextlib
import math
import time

import torch

from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.endings import NonFiniteLoss
from engine.training.lightning import pl
from engine.training.module import TrainingModule

ROWS = 64
"""Steps that are buffered on the device before they are brought over in one transfer."""

SECONDS = 0.05
"""... and the longest that a step waits for that: the curves are never further behind."""


class Recorder(pl.Callback):
    """`train_loss`, the batch's score and `lr` for every batch, without waiting for the device."""

    def __init__(self, channel: Channel, clock: Clock, score_name: str, batches: int) -> None:
        self._progress = channel.progress
        self._clock = clock
        self._batches = batches
        self._loss = channel.log.open("train_loss")
        self._score = channel.log.open(f"train_{score_name}")
        self._rate = channel.log.open("lr")
        self._places: list[tuple[int, float, float, float]] = []
        self._buffer: torch.Tensor | None = None
        self._last_flush = 0.0
        self._lr = 0.0

    def on_train_batch_start(self, trainer: pl.Trainer, *_args: object) -> None:
        """The rate that this batch's step is made with."""
        self._lr = trainer.optimizers[0].param_groups[0]["lr"]

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, _outputs: object, batch: object,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Buffer this batch's numbers and move the progress on."""
        assert isinstance(pl_module, TrainingModule)
        numbers = pl_module.numbers
        if self._buffer is None:
            self._buffer = torch.zeros(ROWS, 2, device=numbers.loss.device)
        row = self._buffer[len(self._places)]
        row[0] = numbers.loss
        row[1] = numbers.score
        step, epoch = trainer.global_step, trainer.current_epoch + (batch_idx + 1) / self._batches
        seconds = self._clock.seconds
        self._places.append((step, epoch, seconds, self._lr))
        self._move_on(trainer, batch_idx, step, len(batch[1]))  # type: ignore[index]
        full = len(self._places) == ROWS or time.perf_counter() - self._last_flush > SECONDS
        if full or self._spoilt(numbers.loss):
            self.flush()

    @staticmethod
    def _spoilt(loss: torch.Tensor) -> bool:
        """On the CPU a look at the loss costs nothing; elsewhere it would wait for the device,
        and the next flush finds out."""
        return loss.device.type == "cpu" and not math.isfinite(loss.item())

    def _move_on(self, trainer: pl.Trainer, batch_idx: int, step: int, samples: int) -> None:
        progress = self._progress
        progress.epoch, progress.batch = trainer.current_epoch + 1, batch_idx + 1
        progress.done = trainer.current_epoch * self._batches + batch_idx + 1
        progress.step = step
        progress.samples += samples
        progress.seconds = self._clock.seconds
        progress.samples_per_second = progress.samples / max(self._clock.training, 1e-9)

    def end(self) -> None:
        """Bring over what a training that was stopped has not yet; if it has gone astray in these
        steps, up to there."""
        with contextlib.suppress(NonFiniteLoss):
            self.flush()

    def flush(self) -> None:
        """Bring the buffered numbers over. Raises NonFiniteLoss at the first step that has none."""
        self._last_flush = time.perf_counter()
        places, self._places = self._places, []
        if not places or self._buffer is None:
            return
        for (step, epoch, seconds, lr), (loss, score) in zip(
            places, self._buffer[: len(places)].tolist(), strict=True
        ):
            if loss - loss != 0:  # nan and both infinities
                raise NonFiniteLoss(step, loss)
            self._loss.append(step, epoch, seconds, loss)
            self._score.append(step, epoch, seconds, score)
            self._rate.append(step, epoch, seconds, lr)
