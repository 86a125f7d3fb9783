"""Curves on their way into the library: what every reader gives, and the names they get here."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.problems import Problem, ProblemError
from engine.runs.metriclog import POINT, Points

Kind = Literal["tensorboard", "csv"]

_SPLITS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "dev": "val", "test": "test", "testing": "test",
}  # fmt: skip
_WORDS = {"acc": "accuracy"}
_SHARES = ("accuracy",)
_RATE = re.compile(r"(?i)(lr-\w+|lr|learning[_ ]?rate)")


@dataclass(frozen=True)
class Curves:
    """What was read from one source: the points of each metric by its name there.

    `started` is Unix time, None where the source does not know it.
    """

    kind: Kind
    source: Path
    metrics: Mapping[str, Points]
    started: float | None = None


class Column:
    """Steps, seconds and values of one metric while it is read."""

    def __init__(self) -> None:
        self._numbers = array("d")  # three by three; exact for every step that can be kept

    def __len__(self) -> int:
        return len(self._numbers) // 3

    def add(self, step: float, seconds: float, value: float) -> None:
        """One more point."""
        self._numbers.extend((step, seconds, value))

    def forget_from(self, step: int) -> None:
        """Take away the points of this step and of later ones."""
        table = self._table()
        self._numbers = array("d", table[table[:, 0] < step].tobytes())

    def points(self, source: Path) -> Points:
        """Their epoch is 0 for now. Raises ProblemError for a step that cannot be kept."""
        table = self._table()
        steps = table[:, 0]
        if not ((steps >= 0) & (steps < 2**32)).all():
            sentence = f"{source} has a step that is negative or beyond {2**32 - 1:,}"
            raise ProblemError(Problem("import", sentence, "only steps in between can be kept"))
        points: Points = np.zeros(len(table), POINT)
        points["step"], points["time"], points["value"] = table.T
        return points

    def _table(self) -> npt.NDArray[np.float64]:
        return np.array(self._numbers).reshape(-1, 3)


def set_epochs(metrics: Mapping[str, Points], epochs: Points) -> None:
    """Give every point the epoch that was logged last at its step or before."""
    if not len(epochs):
        return
    order = np.argsort(epochs["step"], kind="stable")
    steps, values = epochs["step"][order], np.nan_to_num(epochs["value"][order])
    for points in metrics.values():
        places = np.searchsorted(steps, points["step"], side="right") - 1
        points["epoch"] = values[np.maximum(places, 0)]


# --- Names ---------------------------------------------------------------------------------------


def familiar_names(metrics: Mapping[str, Points]) -> dict[str, str]:
    """The names that the metrics get here: `Loss/train` and `train_loss_step` are `train_loss`.

    A name that means nothing here, or that another metric has already, stays as it is.
    """
    names = {name: name for name in metrics}
    for name in sorted(metrics, key=_preference):
        wanted = _familiar(name, metrics[name])
        if wanted not in names.values():
            names[name] = wanted
    return names


def _preference(name: str) -> int:
    """Of a metric logged both ways, the curve of a training is the one by step, any other curve
    the one by epoch."""
    trained = "train" in name.lower()
    for ending, good in (("_step", trained), ("_epoch", not trained)):
        if name.endswith(ending):
            return 1 if good else 2
    return 0


def _familiar(name: str, points: Points) -> str:
    if _RATE.fullmatch(name):
        return "lr"
    words = re.split(r"[_/ .-]+", re.sub("_(step|epoch)$", "", name).lower())
    for place in (0, -1):
        split = _SPLITS.get(words[place])
        rest = words[1:] if place == 0 else words[:-1]
        if split and rest:
            base = "_".join(_WORDS.get(word, word) for word in rest)
            # a share is between 0 and 1 here; one in percent is something else
            return name if base in _SHARES and not _is_share(points) else f"{split}_{base}"
    return name


def _is_share(points: Points) -> bool:
    values = points["value"][np.isfinite(points["value"])]
    return not len(values) or bool(values.max() <= 1.0)
