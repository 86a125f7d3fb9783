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

_EXACT = 40.0
"""A number's logarithm, negative, from which on 1 minus the number is 1."""


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
        _debias(averages, self.weight, self._count)
        self._count += count
        return averages


def at_ends(values: FloatArray, weight: float, width: int) -> FloatArray:
    """What a `Smoother` gives at the last of each `width` finite values, in a tenth of its time:
    every value is looked at, but only one in `width` averages is made."""
    count = len(values) // width
    parts = (1.0 - weight) * np.power(weight, np.arange(width - 1.0, -1.0, -1.0))
    sums = np.einsum("ij,j->i", values[: count * width].reshape(count, width), parts)
    across = weight**width
    averages = _columns(sums / (1.0 - across), across, 0.0)
    _debias(averages, across, 0)
    return averages


def _debias(averages: FloatArray, weight: float, count: int) -> None:
    """Divide by how much of each average is data rather than the zero it began with: 1 - w^n.

    That is 1 to the last bit as soon as w^n is small enough.
    """
    weak = int(_EXACT / -np.log(weight)) + 1 - count if weight > 0 else 0
    if weak > 0:
        powers = np.arange(count + 1, count + min(weak, len(averages)) + 1, dtype=np.float64)
        powers *= np.log(weight)
        averages[: len(powers)] /= -np.expm1(powers)


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
