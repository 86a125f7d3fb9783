"""Exponential smoothing as TensorBoard does it (debiased), for millions of points at once.

A recurrence in Python costs half a second a million points; here the series is cut into about
sqrt(n) columns that go forward together, and what each column hands to the next is added after.
"""

from __future__ import annotations

from math import isqrt

import numpy as np

from gui.plots.growing import FloatArray

_SHORT = 48
"""Below so many points a plain loop is quicker than setting up arrays."""


class Smoother:
    """Debiased exponential moving average of a growing series: feed it what is new.

    `weight` is what the past counts, 0 (nothing is smoothed) to below 1. Values that are not
    finite come out as they are and leave the average alone.
    """

    def __init__(self, weight: float) -> None:
        if not 0.0 <= weight < 1.0:
            raise ValueError(f"a smoothing weight is at least 0 and below 1, not {weight}")
        self.weight = weight
        self._average = 0.0
        self._count = 0

    def extend(self, values: FloatArray) -> FloatArray:
        """The smoothed values that belong to the next `values` of the series."""
        smoothed = np.array(values, dtype=np.float64)
        if self.weight == 0.0:
            return smoothed
        finite = np.isfinite(smoothed)
        if finite.all():
            return self._finite(smoothed)
        smoothed[finite] = self._finite(smoothed[finite])
        return smoothed

    def _finite(self, values: FloatArray) -> FloatArray:
        count = len(values)
        if not count:
            return values
        run = _loop if count < _SHORT else _columns
        averages = run(values, self.weight, self._average)
        self._average = float(averages[-1])
        # 1 - w^n is how much of the average is data rather than the zero it began with.
        powers = np.arange(self._count + 1, self._count + count + 1, dtype=np.float64)
        self._count += count
        powers *= np.log(self.weight)
        averages /= -np.expm1(powers)
        return averages


def _loop(values: FloatArray, weight: float, average: float) -> FloatArray:
    """`average = weight * average + (1 - weight) * value`, one after another."""
    out = np.empty(len(values))
    for index, value in enumerate(values.tolist()):
        average = weight * average + (1.0 - weight) * value
        out[index] = average
    return out


def _columns(values: FloatArray, weight: float, average: float) -> FloatArray:
    """The same, in columns of sqrt(n) that advance side by side."""
    count = len(values)
    length = isqrt(count - 1) + 1
    columns = -(-count // length)
    rows = np.zeros((length, columns))
    padded = np.zeros(columns * length)
    padded[:count] = values
    np.multiply(padded.reshape(columns, length).T, 1.0 - weight, out=rows)
    scratch = np.empty(columns)
    for row in range(1, length):
        np.multiply(rows[row - 1], weight, out=scratch)
        rows[row] += scratch
    carried = np.empty(columns)
    decay = weight**length
    last = rows[-1].tolist()
    for column in range(columns):
        carried[column] = average
        average = last[column] + decay * average
    rows += np.power(weight, np.arange(1, length + 1))[:, None] * carried
    return np.ascontiguousarray(rows.T).reshape(-1)[:count]
