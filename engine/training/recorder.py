"""Writes every step's numbers into the metric log, and notices when they are none any more."""

from __future__ import annotations

import contextlib
import math
import time

import numpy as np
import numpy.typing as npt
import torch

from engine.runs.metriclog import POINT
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.endings import NonFiniteLoss
from engine.training.lightning import pl
from engine.training.module import TrainingModule
from engine.training.scores import Scores

Numbers = npt.NDArray[np.float64]

ROWS = 64
"""Steps that are buffered on the device before they are brought over in one transfer."""

SECONDS = 0.03
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
        self._losses: list[torch.Tensor] = []
        self._scores: Scores | None = None
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
        self._scores = numbers.scores
        self._losses.append(numbers.loss)
        step, epoch, seconds = trainer.global_step, trainer.current_epoch, self._clock.seconds
        self._places.append((step, epoch + (batch_idx + 1) / self._batches, seconds, self._lr))
        self._move_on(epoch, batch_idx, step, seconds, len(batch[1]))  # type: ignore[index]
        full = len(self._places) == ROWS or time.perf_counter() - self._last_flush > SECONDS
        if full or self._spoilt(numbers.loss):
            self.flush()

    @staticmethod
    def _spoilt(loss: torch.Tensor) -> bool:
        """On the CPU a look at the loss costs nothing; elsewhere it would wait for the device,
        and the next flush finds out."""
        return loss.device.type == "cpu" and not math.isfinite(loss.item())

    def _move_on(self, epoch: int, batch_idx: int, step: int, seconds: float, samples: int) -> None:
        progress = self._progress
        progress.epoch, progress.batch = epoch + 1, batch_idx + 1
        progress.done = epoch * self._batches + batch_idx + 1
        progress.step = step
        progress.samples += samples
        progress.seconds = seconds
        training = seconds - self._clock.validating
        progress.samples_per_second = progress.samples / max(training, 1e-9)

    def end(self) -> None:
        """Bring over what a training that was stopped has not yet; if it has gone astray in these
        steps, up to there."""
        with contextlib.suppress(NonFiniteLoss):
            self.flush()

    def flush(self) -> None:
        """Bring the buffered numbers over. Raises NonFiniteLoss at the first step that has none."""
        self._last_flush = time.perf_counter()
        places, self._places = self._places, []
        losses, self._losses = self._losses, []
        if not places or self._scores is None:
            return
        scores = self._scores.take()[: len(places)]  # a step that was broken off may have one more
        found = torch.stack([torch.stack(losses).float(), scores.float()]).cpu().double().numpy()
        spoilt = np.flatnonzero(~np.isfinite(found[0]))
        good = int(spoilt[0]) if len(spoilt) else len(places)
        self._append(np.array(places[:good]).reshape(good, 4), found[:, :good])
        if good < len(places):
            raise NonFiniteLoss(places[good][0], float(found[0, good]))

    def _append(self, places: Numbers, found: Numbers) -> None:
        """Many points at once: `places` (n, 4) are step, epoch, seconds and rate, `found` (2, n)
        the losses and scores."""
        points = np.zeros(len(places), POINT)
        points["step"], points["epoch"], points["time"] = places[:, 0], places[:, 1], places[:, 2]
        series = (self._loss, self._score, self._rate)
        for each, values in zip(series, (*found, places[:, 3]), strict=True):
            points["value"] = values
            each.extend(points)
