"""What takes the place of missing values, part by part: no value is made of later parts' values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.datasets.series.options import Gaps

Floats = npt.NDArray[np.float64]


def fill(column: Floats, borders: Sequence[int], rule: Gaps) -> Floats:
    """The column (T,) without its gaps (nan). `borders` are the rows where parts begin.

    A gap takes the last value before it or, interpolated, lies between its neighbours of the same
    or an earlier part; before the first value of all there is only that one, and 0 where the
    training rows have none.
    """
    if not np.isnan(column).any():
        return column
    filled = column.copy()
    starts = [0, *borders]
    for start, end in zip(starts, [*borders, len(column)], strict=True):
        begin = max(0, start - 1)  # the part before ends in a value
        if end > start:
            filled[begin:end] = _fill(filled[begin:end], rule)
    return filled


def forward(column: Floats) -> Floats:
    """Each gap as the last value before it; before the first value, as that one."""
    return _fill(column, "forward")


def _fill(values: Floats, rule: Gaps) -> Floats:
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return np.zeros_like(values)
    rows = np.arange(len(values))
    if rule == "interpolate":
        return np.interp(rows, known, values[known])
    last = np.searchsorted(known, rows, side="right") - 1
    return np.asarray(values[known[np.maximum(last, 0)]])
