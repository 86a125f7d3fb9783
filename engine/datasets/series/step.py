"""The usual distance between two rows, in words and as a season; times in words. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[Any]
"""When the rows were, (T,): datetime64[s], or numbers (of rows, or as they stand in the file)."""

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
_NAMES = ((WEEK, "week"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))
_MONTHS = {1: (28, 31), 3: (89, 92), 6: (181, 184), 12: (365, 366)}
"""The days that so many months have."""
_MIDNIGHT = " 00:00:00"


@dataclass(frozen=True)
class Step:
    """From one row to the next: so many `months`, or `seconds`, or `number` of a time without a
    calendar. One of them is not zero."""

    seconds: int = 0
    months: int = 0
    number: float = 0.0

    @property
    def dated(self) -> bool:
        """Whether the times are dates."""
        return not self.number

    def __str__(self) -> str:
        if self.months:
            count, unit = (self.months // 12, "year") if self.months % 12 == 0 else (
                self.months, "month")  # fmt: skip
        elif self.seconds:
            size, unit = next(pair for pair in _NAMES if self.seconds % pair[0] == 0)
            count = self.seconds // size
        else:
            return f"{self.number:g}"
        return f"1 {unit}" if count == 1 else f"{count:,} {unit}s"

    def apart(self, times: Times) -> npt.NDArray[np.float64]:
        """How many steps each row is after the one before: (T - 1,)."""
        if self.months:
            months = times.astype("datetime64[M]").astype(np.int64)
            return np.diff(months).astype(np.float64) / self.months
        if self.seconds:
            return np.diff(times.astype(np.int64)).astype(np.float64) / self.seconds
        return np.diff(times.astype(np.float64)) / self.number

    def after(self, time: Any, count: int) -> Times:
        """The `count` times that follow one, a step apart each."""
        steps = np.arange(1, count + 1)
        if not self.months:
            return np.asarray(time + steps * self.seconds)
        first = time.astype("datetime64[M]")
        within = time - first.astype("datetime64[s]")
        return np.asarray((first + steps * self.months).astype("datetime64[s]") + within)

    def seasons(self) -> tuple[int, ...]:
        """Steps after which things may come round: the likely seasons, in order."""
        if self.months:
            return (12 // self.months,) if self.months < 12 and 12 % self.months == 0 else ()
        if not self.seconds:
            return ()
        if self.seconds == DAY:
            return (7, 365)
        if self.seconds == WEEK:
            return (52,)
        for cycle in (DAY, HOUR, MINUTE):  # no season of more than a day's minutes
            if cycle % self.seconds == 0 and 1 < cycle // self.seconds <= 1_440:
                return (cycle // self.seconds,)
        return ()


def step_of(times: Times) -> Step:
    """The usual step of sorted times (T,), all different, T > 1."""
    if not np.issubdtype(times.dtype, np.datetime64):
        return Step(number=float(np.median(np.diff(times.astype(np.float64)))))
    seconds = np.diff(times.astype(np.int64))
    values, counts = np.unique(seconds, return_counts=True)
    usual = float(np.median(seconds)) / DAY
    for months, (least, most) in _MONTHS.items():
        if least <= usual <= most and _by_months(times, months):
            return Step(months=months)
    return Step(seconds=int(values[np.argmax(counts)]))


def _by_months(times: Times, months: int) -> bool:
    """Whether most rows are whole months apart, which are of different lengths in days."""
    month = times.astype("datetime64[M]")
    return bool((np.diff(month.astype(np.int64)) == months).mean() > 0.9)


# --- In words --------------------------------------------------------------------------------


def when(time: Any) -> str:
    """A time in words: ISO 8601, without a time of day where there is none; or a number."""
    return all_when(np.array([time]))[0]


def all_when(times: Times) -> list[str]:
    """Times as a column of words: all with a time of day, or none of them."""
    if not np.issubdtype(times.dtype, np.datetime64):
        return [f"{float(time):.15g}" for time in times]
    texts = [str(time).replace("T", " ") for time in times.astype("datetime64[s]")]
    whole = all(text.endswith(_MIDNIGHT) for text in texts)
    return [text.removesuffix(_MIDNIGHT) for text in texts] if whole else texts
