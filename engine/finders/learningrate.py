"""The learning-rate range test (Smith 2017): the rate grows with every step, the loss tells."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from engine.finders.trial import Told, Trial, prepared, told_to_nobody, undisturbed
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.schema import options_of

STEPS = 100
LOWEST, HIGHEST = 1e-7, 10.0
SMOOTHING = 0.95
"""Decay of the mean of losses; about the last 20 steps count."""

DIVERGED = 4.0
"""The test ends when the smoothed loss is so many times the smallest one."""

SKIPPED = 10
"""Points at the beginning of which no slope is believed: the mean is still young."""


@dataclass(frozen=True)
class Curve:
    """Losses by learning rate, in the order of the steps; `suggestion` is None where the loss
    falls nowhere."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def find_learning_rate(
    recipe: Recipe,
    data_dir: Path,
    *,
    steps: int = STEPS,
    told: Told = told_to_nobody,
    cancelled: Callable[[], bool] = lambda: False,
) -> Curve | None:
    """Train a copy for so many steps while the rate grows from LOWEST to HIGHEST by the same factor
    each time; None when it was cancelled.

    The same recipe gives the same curve. Raises ProblemError when the training could not start, or
    another one is under way.
    """
    _check(recipe)
    rates, losses = growing(steps), list[float]()
    with undisturbed(recipe.training.seed), prepared(recipe, data_dir, told) as splits:
        trial, best = Trial(recipe, splits, data_dir), math.inf
        for number, window in enumerate(islice(trial.steps(), steps)):
            if cancelled():
                return None
            told("Trying learning rates", number / steps)
            losses.append(trial.step(window, rates[number]))
            latest = smoothed(losses)[-1]
            best = min(best, latest)
            if not math.isfinite(latest) or (number > SKIPPED and latest > DIVERGED * best):
                break
    return curve_of(rates, losses)


def _check(recipe: Recipe) -> None:
    lr = next(option for option in options_of(type(recipe.optimizer)) if option.name == "lr")
    if not lr.live:  # only the first step would follow it
        sentence = f"{recipe.optimizer.name} chooses the length of its steps itself"
        raise ProblemError(Problem("optimizer.lr", sentence, "leave it as it is"))


def growing(steps: int) -> list[float]:
    """So many rates from LOWEST to HIGHEST, each by the same factor above the one before."""
    factor = (HIGHEST / LOWEST) ** (1 / max(1, steps - 1))
    return [LOWEST * factor**number for number in range(steps)]


def smoothed(losses: list[float]) -> list[float]:
    """Their exponential mean, corrected for its young age."""
    found, mean = [], 0.0
    for number, loss in enumerate(losses, 1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        found.append(mean / (1 - SMOOTHING**number))
    return found


def curve_of(rates: list[float], losses: list[float]) -> Curve:
    """The curve of a test that ended after so many losses; one that is no number is left out."""
    while losses and not math.isfinite(losses[-1]):
        losses = losses[:-1]
    means = smoothed(losses)
    return Curve(tuple(rates[: len(losses)]), tuple(losses), tuple(means), steepest(rates, means))


def steepest(rates: list[float], means: list[float]) -> float | None:
    """The rate at which the smoothed loss falls fastest by the logarithm of the rate, before its
    lowest point; None where it never falls."""
    lowest = min(range(len(means)), key=means.__getitem__, default=0)
    places = range(min(SKIPPED, len(means) // 4) + 1, lowest)
    slopes = {place: means[place + 1] - means[place - 1] for place in places}
    if not slopes or min(slopes.values()) >= 0:
        return None
    return float(f"{rates[min(slopes, key=slopes.__getitem__)]:.2g}")
