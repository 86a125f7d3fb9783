"""Axis limits that change seldom, in round steps: a redrawn axis costs more than its curves."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

_STEPS = (1.0, 2.0, 5.0, 10.0)
_X_STEPS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_SLACK = 1e-9  # so that 0.3 / 0.1 counts as 3
_TINY = 1e-290  # as good as zero: what is smaller loses its digits

FILL = 0.35
"""Limits that the data fills less than this are drawn in."""


@dataclass(frozen=True)
class Limits:
    """From `low` to `high`, `low` being the smaller."""

    low: float
    high: float

    @property
    def span(self) -> float:
        """How far apart the ends are."""
        return self.high - self.low

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def holds(self, other: Limits) -> bool:
        """Whether `other` lies within."""
        return self.low <= other.low and other.high <= self.high

    def padded(self, fraction: float) -> Limits:
        """The same with a margin on both sides, in parts of the span."""
        return Limits(self.low - fraction * self.span, self.high + fraction * self.span)


@dataclass(frozen=True)
class Course:
    """What is known of where x goes: the smallest useful span, the end if any, still growing."""

    least: float = 1.0
    end: float | None = None
    live: bool = False


def round_step(span: float, parts: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that divides `span` into at most `parts`."""
    return _up(span / parts, _STEPS)


def x_limits(current: Limits | None, data: Limits, course: Course) -> Limits:
    """Limits of x: coarse steps while the data grows, exact once it does not any more.

    `current` is kept as long as the data is inside and fills it well enough.
    """
    from_zero = 0 <= data.low <= max(0.5 * data.high, course.least)
    low = 0.0 if from_zero else data.low
    if not course.live:
        return Limits(low, data.high) if data.high > low else _around(data.high)
    if current is not None and current.holds(data) and data.high - low >= FILL * current.span:
        return current
    high = _up(max(data.high, low + course.least), _X_STEPS)
    if course.end is not None and data.high <= course.end:
        high = min(high, course.end)
    return Limits(low, high) if high > low else _around(high)


def y_limits(current: Limits | None, data: Limits, log: bool = False) -> Limits:
    """Limits of y: as they are until the data leaves them or fills them too little.

    With `log` the data must be above zero; the limits are values, not logarithms.
    """
    if current is not None and current.holds(data) and _fill(current, data, log) >= FILL:
        return current
    size = max(abs(data.low), abs(data.high))
    if not data.span > max(_SLACK * size, _TINY):  # as good as one value
        return _log_around(data.high) if log else _around(data.high)
    return _log_round(data) if log else _linear_round(data)


def _fill(current: Limits, data: Limits, log: bool) -> float:
    if not log:
        return data.span / current.span
    if current.low <= 0:
        return 0.0
    return log10(data.high / data.low) / log10(current.high / current.low)


def _linear_round(data: Limits) -> Limits:
    low = 0.0 if 0.0 <= data.low <= 0.3 * data.high else data.low
    step = round_step(data.high - low, 6)
    return Limits(floor(low / step + _SLACK) * step, ceil(data.high / step - _SLACK) * step)


def _log_round(data: Limits) -> Limits:
    if data.high < 4 * data.low:  # within a fraction of a decade round values are linear ones
        step = round_step(data.span, 10)
        return Limits(floor(data.low / step + _SLACK) * step, ceil(data.high / step) * step)
    low = -log10(_up(1 / data.low, _STEPS))
    return Limits(10.0**low, _up(data.high, _STEPS))


def _around(value: float) -> Limits:
    """Limits for a single value: from zero to twice it, or one to either side of zero."""
    if abs(value) < _TINY or not isfinite(value):
        return Limits(-1.0, 1.0)
    return Limits(min(0.0, 2 * value), max(0.0, 2 * value))


def _log_around(value: float) -> Limits:
    return Limits(value / 10, value * 10)


def _up(value: float, steps: tuple[float, ...]) -> float:
    """The smallest of `steps`, times a power of ten, that is not below `value`."""
    if not 0 < value < float("inf"):
        return 1.0
    power = 10.0 ** floor(log10(value))
    least = value * (1 - _SLACK)
    return next((step * power for step in steps if step * power >= least), 10 * power)


UNIT = Limits(0.0, 1.0)
"""What an axis shows while there is nothing to show."""
