"""Extra loggers: the curves of a training handed to TensorBoard and others while it runs.

The run's own metrics never depend on them: a logger that fails is switched off.
"""

from __future__ import annotations

import importlib.util
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from engine.live import flat
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.metriclog import Points
from engine.training.channel import Channel
from engine.training.events import Notice
from engine.training.exact import random_states, restore_random_states
from engine.training.lightning import pl
from engine.training.loggertargets import TARGETS, Row, Target

logger = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two hand-overs, and so between what is shown elsewhere and the training."""

LONGEST = 0.05
"""Seconds of a hand-over: more points than that wait for the next one, and some for the end."""

LONGEST_END = 60.0
"""Seconds for the rest at the end of a training, after which it is given up."""

STEPS = 200
"""Optimizer steps that are handed over in one piece."""

_PACKAGES = {
    "tensorboard": ("tensorboard",), "csv": (), "mlflow": ("mlflow", "sqlalchemy", "alembic"),
    "wandb": ("wandb",),
}  # fmt: skip


def check_loggers(recipe: Recipe) -> None:
    """Raises ProblemError with the command to type for each logger that is not installed."""
    problems = [
        Problem("training.loggers", f"{name} is not installed", f"pip install 'trainboard[{name}]'")
        for name in dict.fromkeys(recipe.training.loggers)
        if any(importlib.util.find_spec(package) is None for package in _PACKAGES[name])
    ]
    if problems:
        raise ProblemError(problems)


class ExtraLoggers(pl.Callback):
    """Hands every point of the MetricLog over, on the training's thread, and leaves all global
    random states as they were. What the log holds already is handed over, too: a run that goes on
    begins its extra logs anew."""

    def __init__(self, recipe: Recipe, folder: RunFolder, channel: Channel) -> None:
        self._channel = channel
        self._handed: dict[str, int] = {}
        self._targets: dict[str, Target] = {}
        self._next = 0.0
        self._finished = False
        self._origin: float | None = None  # Unix time at which the training began, without pauses
        settings = flat(recipe.as_data())
        with _random_kept(bool(recipe.training.loggers)):
            for name in dict.fromkeys(recipe.training.loggers):
                self._try(name, partial(self._open, name, folder, settings))

    def _open(self, name: str, folder: RunFolder, settings: dict[str, object]) -> None:
        self._targets[name] = TARGETS[name](folder.path, settings)

    def on_train_batch_end(self, *_args: object) -> None:
        """Hand over what is new if it is time to."""
        now = time.monotonic()
        if self._targets and now >= self._next:
            self._hand_over(now + LONGEST)
            self._next = time.monotonic() + EVERY

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Not called when the training is stopped or fails."""
        self._finished = True

    def close(self) -> None:
        """Hand over the rest and close the logs; after this nothing is handed over any more."""
        if not self._targets:
            return
        complete = self._hand_over(time.monotonic() + LONGEST_END)
        with _random_kept():
            for name, target in list(self._targets.items()):
                self._try(name, partial(target.close, self._finished))
        if self._targets and not complete:
            names = " and ".join(self._targets)
            sentence = f"{names} did not get the end of the curves: it would have taken too long"
            self._tell(sentence, "the run's own curves are complete")
        self._targets = {}

    def _hand_over(self, deadline: float) -> bool:
        """Piece by piece until all is handed over (True) or time is up."""
        with _random_kept():
            while self._targets:
                rows = self._next_rows()
                if not rows:
                    break
                for name, target in list(self._targets.items()):
                    self._try(name, partial(target.take, rows))
                if time.monotonic() >= deadline:
                    return False
        return True

    def _try(self, name: str, work: Callable[[], None]) -> None:
        """A logger that fails must not end a training: it is off from now on."""
        try:
            work()
        except Exception as error:
            self._targets.pop(name, None)
            logger.exception("The extra logger %s failed", name)
            reason = next(iter(str(error).splitlines()), "") or type(error).__name__
            hint = "the training goes on without it; the run's own curves are complete"
            self._tell(f"{name} is switched off: {reason}", hint)

    def _tell(self, sentence: str, hint: str) -> None:
        self._channel.tell(Notice(Problem("training.loggers", sentence, hint)))

    # --- Points to rows --------------------------------------------------------------------------

    def _next_rows(self) -> list[Row]:
        """The next piece in the order of steps; all metrics of a step are in it."""
        log = self._channel.log
        waiting = {name: log.series(name).since(self._handed.get(name, 0)) for name in log.names()}
        waiting = {name: points for name, points in waiting.items() if len(points)}
        until = min(
            (int(points["step"][STEPS - 1]) for points in waiting.values() if len(points) > STEPS),
            default=2**32,
        )
        rows: dict[tuple[int, int], Row] = {}
        for name, points in waiting.items():
            taken = points[: np.searchsorted(points["step"], until, side="right")]
            self._handed[name] = self._handed.get(name, 0) + len(taken)
            self._add(rows, name, taken)
        return [rows[place] for place in sorted(rows)]

    def _add(self, rows: dict[tuple[int, int], Row], name: str, points: Points) -> None:
        """A step that accumulates gradients has several points of a metric: a row for each."""
        if self._origin is None:
            self._origin = time.time() - self._channel.progress.seconds
        before, number = -1, 0
        for step, epoch, seconds, value in points.tolist():
            before, number = step, number + 1 if step == before else 0
            fresh = Row(step, self._origin + seconds, {"epoch": epoch})
            rows.setdefault((step, number), fresh).values[name] = value


@contextmanager
def _random_kept(needed: bool = True) -> Iterator[None]:
    """Opening a log draws random names; the training must not notice it."""
    states = random_states() if needed else {}
    try:
        yield
    finally:
        if needed:
            restore_random_states(states)
