"""Validates when it is due, follows the best result, stops early.

The validation is ours and not Lightning's: it is the same code that measures a finished run, it
runs inside the batch that made it due, and so every moment of a training, also inside of a
validation, is one at which a checkpoint can be written and exactly resumed.
"""

from __future__ import annotations

from typing import Any

from engine.datasets.base import TensorData
from engine.facts import HIGHER_IS_BETTER
from engine.regularization import EarlyStopping
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.control import Control
from engine.training.course import Course
from engine.training.events import Evaluated
from engine.training.lightning import pl
from engine.training.metrics import Evaluator
from engine.training.module import TrainingModule
from engine.training.recorder import Recorder
from engine.training.settle import settle_rate


class Best:
    """The best value of one metric so far, and how long ago that was."""

    def __init__(self, metric: str, min_delta: float = 0.0) -> None:
        self.metric = metric
        self.sign = 1.0 if HIGHER_IS_BETTER[metric] else -1.0
        self.min_delta = min_delta
        self.value: float | None = None
        self.waited = 0

    def offer(self, value: float) -> bool:
        """Whether `value` is the best so far by at least `min_delta`; nan never is."""
        better = value == value and (
            self.value is None or self.sign * (value - self.value) > self.min_delta
        )
        if better:
            self.value, self.waited = value, 0
        else:
            self.waited += 1
        return better

    def state_dict(self) -> dict[str, Any]:
        """What was seen so far."""
        return {"metric": self.metric, "value": self.value, "waited": self.waited}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state; one of another metric says nothing about this one."""
        if state.get("metric", self.metric) != self.metric:
            return
        self.value, self.waited = state["value"], int(state["waited"])


class Validation(pl.Callback):
    """Measures the validation split every so many batches and says what was best.

    `pending` is true from the moment a validation is due until it is over; a checkpoint written
    in between carries it, and the validation is made first thing after a resume. `validated` is
    true right after one, for the callbacks that come next.
    """

    def __init__(
        self, course: Course, data: TensorData, evaluator: Evaluator, channel: Channel, clock: Clock
    ) -> None:
        self._data = data
        self._evaluator = evaluator
        self._channel = channel
        self._clock = clock
        self._course = course
        early = self._early
        early_metric = early.metric if early and early.metric != "auto" else None
        self._patience = Best(early_metric or "loss", early.min_delta if early else 0.0)
        self.monitor = Best(early_metric or evaluator.facts.main_metric)
        self.best_values: dict[str, float] = {}
        self.best_steps: dict[str, int] = {}
        self.pending = False
        self.validated = False
        self.improved = False
        self.was_last = False
        self.recorder: Recorder | None = None
        self.control: Control | None = None

    @property
    def _early(self) -> EarlyStopping | None:
        return self._course.recipe.regularization.early_stopping

    def _is_due(self, step: int, epoch: int, batch_idx: int) -> bool:
        """Whether so many steps, or such a part of an epoch, have passed since the last time."""
        training, batches = self._course.recipe.training, self._course.plan.batches
        if training.validate_every_steps is not None:
            whole = (batch_idx + 1) % training.accumulate == 0 or batch_idx + 1 == batches
            return whole and step % training.validate_every_steps == 0
        every = max(1, round(training.validate_every * batches))
        return (epoch * batches + batch_idx + 1) % every == 0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """A validation that was cut off by a stop is made now."""
        if self.pending:
            self._validate(trainer, pl_module)
        self._stop_early(trainer)  # Lightning forgets that it was to stop

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, _outputs: object, _batch: object,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Validate when it is due, and after the last step."""
        self.improved = self.validated = False
        step = trainer.global_step
        self.was_last = self._course.plan.is_last(step)
        if self.was_last or self._is_due(step, trainer.current_epoch, batch_idx):
            self.pending = True
            self._validate(trainer, pl_module)

    def _validate(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        assert isinstance(pl_module, TrainingModule)
        assert self.recorder is not None
        self.recorder.flush()
        progress = self._channel.progress
        trained = progress.batch, progress.batches
        progress.phase, progress.validating = "validating", True
        progress.batch = 0  # a reader sees no batch beyond the last
        progress.batches = self._evaluator.batches(self._data)
        started = self._clock.seconds

        def between(number: int) -> None:
            progress.batch = number
            assert self.control is not None
            self.control.between_evaluation_batches()

        try:
            metrics = self._evaluator.evaluate(pl_module.measured_network, self._data, between)
        finally:
            self._clock.validating += self._clock.seconds - started
            progress.batch, progress.validating = 0, False
            progress.batches = trained[1]
            progress.batch = trained[0]
        progress.phase = "training"
        self.pending, self.validated = False, True
        self._take(pl_module, metrics, trainer.global_step)
        settle_rate(trainer)  # on a plateau it has dropped
        self._stop_early(trainer)

    def steered(self, trainer: pl.Trainer, *, longer: bool) -> None:
        """After an intervention: another patience may end the training, or let it go on; one that
        was made longer is waited for anew."""
        if longer:
            self._patience.waited = 0
        trainer.should_stop = False
        self._stop_early(trainer)

    def _stop_early(self, trainer: pl.Trainer) -> None:
        if self._early is not None and self._patience.waited >= self._early.patience:
            trainer.should_stop = True

    def _take(self, module: TrainingModule, metrics: dict[str, float], step: int) -> None:
        """Record a measurement and compare it with the best."""
        progress, seconds = self._channel.progress, self._clock.seconds
        epoch = progress.done / self._course.plan.batches
        for name, value in metrics.items():
            self._channel.log.append(f"val_{name}", step, epoch, seconds, value)
            self._keep_best(name, value, step)
        module.factor.validated(metrics["loss"])
        self._patience.offer(metrics[self._patience.metric])
        self.improved = self.monitor.offer(metrics[self.monitor.metric])
        named = {f"val_{name}": value for name, value in metrics.items()}
        self._channel.tell(Evaluated(epoch, step, named, self.improved))

    def _keep_best(self, name: str, value: float, step: int) -> None:
        best = self.best_values.get(name)
        sign = 1 if HIGHER_IS_BETTER[name] else -1
        if value == value and (best is None or sign * (value - best) > 0):
            self.best_values[name], self.best_steps[name] = value, step

    def state_dict(self) -> dict[str, Any]:
        """Best values, patience used up, and whether a validation is due."""
        return {
            "pending": self.pending,
            "monitor": self.monitor.state_dict(),
            "patience": self._patience.state_dict(),
            "best_values": dict(self.best_values),
            "best_steps": dict(self.best_steps),
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a state."""
        self.pending = bool(state_dict["pending"])
        if "patience" in state_dict:
            self._patience.load_state_dict(state_dict["patience"])
        if "monitor" in state_dict:  # a fork follows its own best values
            self.monitor.load_state_dict(state_dict["monitor"])
            self.best_values = dict(state_dict["best_values"])
        self.best_steps = dict(state_dict.get("best_steps", {}))
