"""Channels of the calendar: where in the day, the week or the year a time is, on a circle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.datasets.series.options import Calendar, Part
from engine.datasets.series.step import DAY, HOUR, WEEK, Step, Times

YEAR = 365.25
PARTS: tuple[Part, ...] = ("hour", "weekday", "day_of_year", "month")


def parts_for(wanted: Sequence[Calendar], step: Step, times: Times) -> tuple[Part, ...]:
    """The parts of the calendar to take in. `auto`: those that rows of this step differ in and
    that come round at least once in the training rows' `times`."""
    if "auto" not in wanted:
        return tuple(part for part in PARTS if part in wanted)
    if not step.dated or len(times) < 2:
        return ()
    days = (times[-1] - times[0]).astype(np.int64) / DAY
    if step.months:
        return ("month",) if step.months < 12 and days >= YEAR else ()
    found: dict[Part, bool] = {
        "hour": step.seconds < DAY and step.seconds <= 12 * HOUR and days >= 1,
        "weekday": step.seconds <= DAY and days >= WEEK / DAY,
        "day_of_year": days >= YEAR,
    }
    return tuple(part for part, fits in found.items() if fits)


def names_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """The channels' names."""
    return tuple(f"{part} {wave}" for part in parts for wave in ("sine", "cosine"))


def waves(times: Times, parts: Sequence[Part]) -> npt.NDArray[np.float32]:
    """Sine and cosine of each part, (T, 2 * parts); `times` (T,) datetime64[s]."""
    found = np.empty((len(times), 2 * len(parts)), np.float32)
    for place, part in enumerate(parts):
        turn = 2 * np.pi * _share(times, part)
        found[:, 2 * place], found[:, 2 * place + 1] = np.sin(turn), np.cos(turn)
    return found


def _share(times: Times, part: Part) -> npt.NDArray[np.float64]:
    """How much of the day, week or year has passed, 0 to 1."""
    seconds = times.astype("datetime64[s]").astype(np.int64)
    if part == "hour":
        return (seconds % DAY) / DAY
    days = seconds // DAY
    if part == "weekday":
        return np.asarray(((days + 3) % 7) / 7)  # the first day of 1970 was a Thursday
    year = times.astype("datetime64[Y]")
    if part == "month":
        months = times.astype("datetime64[M]").astype(np.int64) - 12 * year.astype(np.int64)
        return np.asarray(months / 12)
    return np.asarray((days - year.astype("datetime64[D]").astype(np.int64)) / YEAR)
