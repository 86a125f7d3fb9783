"""Writes every step's numbers into the metric log, and notices when they are none any more."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from engine.runs.metriclog import POINT
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.endings import NonFiniteLoss
from engine.training.lightning import pl
from engine.training.module import StepNumbers
from engine.training.scores import Scores

Numbers = npt.NDArray[np.float64]

ROWS = 64
"""Steps that are held back at most before they are brought over together."""

Row = tuple[int, float, float, float, "float | torch.Tensor"]
"""Step, epoch, seconds and rate of a batch, and its loss."""


class Recorder(pl.Callback):
    """`train_loss`, the batch's score and `lr` for every batch, without waiting for the device.

    On the CPU a look at the loss costs nothing, and a training that goes astray ends at once;
    elsewhere it would wait for the device, and the next flush finds out.
    """

    def __init__(self, channel: Channel, clock: Clock, score_name: str, batches: int) -> None:
        self._progress = channel.progress
        self._within = channel.within
        self._clock = clock
        self._batches = batches
        self._loss = channel.log.open("train_loss")
        self._score = channel.log.open(f"train_{score_name}")
        self._rate = channel.log.open("lr")
        self._rows: list[Row] = []
        self._scores: Scores | None = None
        self._flushed = -math.inf
        self._lr = 0.0

    def on_train_batch_start(self, trainer: pl.Trainer, *_args: object) -> None:
        """The rate that this batch's step is made with."""
        self._lr = trainer.optimizers[0].param_groups[0]["lr"]

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, _outputs: object, batch: object,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Hold this batch's numbers back and move the progress on."""
        numbers: StepNumbers = pl_module.numbers  # type: ignore[assignment]
        step, epoch, seconds = trainer.global_step, trainer.current_epoch, self._clock.seconds
        loss = numbers.loss.item() if numbers.loss.is_cpu else numbers.loss
        epochs = epoch + (batch_idx + 1) / self._batches
        self._rows.append((step, epochs, seconds, self._lr, loss))
        self._scores = numbers.scores
        progress = self._progress
        progress.epoch, progress.batch = epoch + 1, batch_idx + 1
        progress.done = epoch * self._batches + batch_idx + 1
        progress.step = step
        progress.samples += batch[1].shape[0]  # type: ignore[index]
        spoilt = isinstance(loss, float) and not math.isfinite(loss)
        if spoilt or len(self._rows) == ROWS or seconds - self._flushed > self._within:
            self.flush()

    def end(self) -> None:
        """Bring over what a training that was stopped has not yet; if it has gone astray in these
        steps, up to there."""
        with contextlib.suppress(NonFiniteLoss):
            self.flush()

    def flush(self) -> None:
        """Bring over what was held back. Raises NonFiniteLoss at the first step that has none."""
        rows, self._rows = self._rows, []
        if not rows or self._scores is None:
            return
        self._flushed = self._progress.seconds = rows[-1][2]
        training = max(self._flushed - self._clock.validating, 1e-9)
        self._progress.samples_per_second = self._progress.samples / training
        found = np.empty((2, len(rows)))
        found[0] = _numbers([row[4] for row in rows])
        # a step that was broken off may have a score more
        found[1] = self._scores.take()[: len(rows)].cpu().numpy()
        spoilt = np.flatnonzero(~np.isfinite(found[0]))
        good = int(spoilt[0]) if len(spoilt) else len(rows)
        places = np.array([row[:4] for row in rows[:good]]).reshape(good, 4)
        self._append(places, found[:, :good])
        if good < len(rows):
            raise NonFiniteLoss(rows[good][0], float(found[0, good]))

    def _append(self, places: Numbers, found: Numbers) -> None:
        """Many points at once: `places` (n, 4) are step, epoch, seconds and rate, `found` (2, n)
        the losses and scores."""
        points = np.zeros(len(places), POINT)
        points["step"], points["epoch"], points["time"] = places[:, 0], places[:, 1], places[:, 2]
        series = (self._loss, self._score, self._rate)
        for each, values in zip(series, (*found, places[:, 3]), strict=True):
            points["value"] = values
            each.extend(points)


def _numbers(losses: Sequence[float | torch.Tensor]) -> Numbers | list[float]:
    """Brought over from the device in one transfer."""
    tensors = [loss for loss in losses if isinstance(loss, torch.Tensor)]
    if tensors:
        return torch.stack(tensors).float().cpu().double().numpy()
    return [loss for loss in losses if not isinstance(loss, torch.Tensor)]
