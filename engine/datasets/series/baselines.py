"""Simple forecasts, and how far off they are: what a network has to be better than."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.datasets.series.layout import Layout

Floats = npt.NDArray[np.float64]


def errors(
    targets: npt.NDArray[np.float32], layout: Layout, part: str, season: int | None
) -> tuple[tuple[str, float], ...]:
    """The mean absolute error, in the data's units, of each simple forecast of the targets (T, n)
    over all samples of a part. What is never wrong is given as nan: nothing can be beside it."""
    values = targets.astype(np.float64)
    starts = np.asarray(layout.starts(part), np.int64)
    found = {"naive": _mean_error(values, starts, layout, None)}
    if season:
        found["seasonal_naive"] = _mean_error(values, starts, layout, season)
    return tuple((name, error if error > 0 else float("nan")) for name, error in found.items())


def _mean_error(
    values: Floats, starts: npt.NDArray[np.int64], layout: Layout, season: int | None
) -> float:
    """A step ahead at a time, so that no window is ever copied."""
    last = starts + layout.lead - 1  # the last row that is known
    total = 0.0
    for ahead in range(1, layout.steps + 1):
        source = last if season is None else _one_season_before(last, ahead, season)
        total += float(np.abs(values[last + ahead] - values[source]).sum())
    return total / (len(starts) * layout.steps * int(values.shape[1]))


def _one_season_before(
    last: npt.NDArray[np.int64], ahead: int, season: int
) -> npt.NDArray[np.int64]:
    """The row that a step is forecast with: whole seasons before it, as few as are known. The
    first windows of all have no such row; the last value stands in for it."""
    source = last + ahead - season * -(-ahead // season)
    return np.where(source < 0, last, source)


def best_season(train: npt.NDArray[np.float32], seasons: Sequence[int]) -> int | None:
    """The season that forecasts the training rows (T, n) best, of those that come round in them
    twice; None when none does."""
    fitting = [season for season in seasons if 2 * season <= len(train)]
    if not fitting:
        return None
    return min(fitting, key=lambda season: _standing_error(train, season))


def _standing_error(train: npt.NDArray[np.float32], season: int) -> float:
    values = train.astype(np.float64)
    spread = np.maximum(values.std(axis=0), 1e-12)  # columns of any unit count alike
    error: np.float64 = (np.abs(values[season:] - values[:-season]) / spread).mean()
    return float(error)
