"""Rows on a regular grid of times: rows of the same cell are one, cells without rows are gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.series.options import Resample
from engine.datasets.series.step import DAY, HOUR, MINUTE, WEEK, Step, Times
from engine.datasets.table.notes import Note
from engine.datasets.table.source import MAX_CELLS
from engine.problems import Problem, ProblemError
from engine.wording import counted

_UNITS = {
    "minute": Step(seconds=MINUTE), "hour": Step(seconds=HOUR), "day": Step(seconds=DAY),
    "week": Step(seconds=WEEK), "month": Step(months=1),
}  # fmt: skip
_MONDAY = 4 * DAY
"""The first one of 1970, in seconds: weeks begin with it."""
RESAMPLE = "dataset.resample"


@dataclass(frozen=True, eq=False)
class Rows:
    """Times (T,) sorted, columns (T,) by name, nan for a gap, and class codes (T,), -1 for one."""

    times: Times
    columns: dict[str, npt.NDArray[np.float64]]
    codes: npt.NDArray[np.int64] | None

    def taken(self, rows: Any) -> Rows:
        """These rows alone."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return Rows(self.times[rows], columns, None if self.codes is None else self.codes[rows])


def merged(rows: Rows, cells: npt.NDArray[np.int64], times: Times) -> Rows:
    """Rows by the number of their cell, (T,): the mean of the values there are, the last class.
    `times` are those of all cells."""
    columns = {name: _mean(values, cells, len(times)) for name, values in rows.columns.items()}
    codes = None
    if rows.codes is not None:
        codes = np.full(len(times), -1, np.int64)
        given = rows.codes >= 0
        codes[cells[given]] = rows.codes[given]  # of several the last is written last
    return Rows(times, columns, codes)


def _mean(
    values: npt.NDArray[np.float64], cells: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.float64]:
    given = ~np.isnan(values)
    total = np.bincount(cells[given], values[given], minlength=count)
    number = np.bincount(cells[given], minlength=count)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def regular(rows: Rows, step: Step, wanted: Resample, notes: list[Note]) -> tuple[Rows, Step]:
    """Rows of even steps, each at the beginning of its cell. `auto` keeps the usual step and the
    time of the first row. Raises ProblemError when there would be too many, or no dates."""
    if wanted != "auto" and not np.issubdtype(rows.times.dtype, np.datetime64):
        sentence = f"The times are no dates: they cannot be taken by the {wanted}"
        raise ProblemError(Problem(RESAMPLE, sentence, "set dataset.resample to auto or none"))
    step = step if wanted == "auto" else _UNITS[wanted]
    cells = _cells(rows.times, step, aligned=wanted != "auto")
    count = int(cells[-1]) + 1
    if count * (len(rows.columns) + 1) > MAX_CELLS:
        sentence = f"In steps of {step} the series has {count:,} rows, more than can be read"
        raise ProblemError(Problem(RESAMPLE, sentence, "choose a longer step, or none"))
    found = merged(rows, cells, _times(rows.times[0], step, count, aligned=wanted != "auto"))
    empty = count - len(np.unique(cells))
    said = f"{counted(len(rows.times), 'row')} taken in even steps of {step}: "
    notes.append(Note("", f"{said}{counted(count, 'step')}, {empty:,} of them without a row"))
    return found, step


def _cells(times: Times, step: Step, *, aligned: bool) -> npt.NDArray[np.int64]:
    """The number of each row's cell, from 0; `aligned` cells begin with the hour, the day..."""
    if step.months:
        months = times.astype("datetime64[M]").astype(np.int64)
        return np.asarray((months - months[0]) // step.months)
    if not step.seconds:
        steps = (times.astype(np.float64) - float(times[0])) / step.number
        return np.asarray(np.rint(steps), np.int64)
    seconds = times.astype(np.int64)
    if aligned:
        places = (seconds - _MONDAY) // step.seconds
        return np.asarray(places - places[0])
    return np.asarray(np.rint((seconds - seconds[0]) / step.seconds), np.int64)


def _times(first: Any, step: Step, count: int, *, aligned: bool) -> Times:
    places = np.arange(count)
    if not step.dated:
        return np.asarray(float(first) + places * step.number)
    if step.months:
        begin = first.astype("datetime64[M]")
        within = np.timedelta64(0, "s") if aligned else first - begin.astype("datetime64[s]")
        return np.asarray((begin + places * step.months).astype("datetime64[s]") + within)
    seconds = int(first.astype(np.int64))
    if aligned:
        seconds -= (seconds - _MONDAY) % step.seconds
    return np.asarray((seconds + places * step.seconds).astype("datetime64[s]"))
