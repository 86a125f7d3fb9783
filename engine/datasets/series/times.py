"""The time column: which one it is, its values as times, and the rows in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.datasets.series.options import Choices, Duplicates
from engine.datasets.series.step import Times, when
from engine.datasets.series.zones import offsets
from engine.datasets.table.columns import Column, Wish, column_of
from engine.datasets.table.notes import Note, listed
from engine.datasets.table.reading import RawTable
from engine.problems import Problem, ProblemError, suggest
from engine.wording import counted

TIME = "dataset.time_column"
_CALLED = re.compile(
    r"(?i)(.*[_\W])?(date|datetime|time|timestamp|day|month|quarter|year|ds|date_?time)"
)
_PERIOD = re.compile(r"(?i)(.*[_\W])?(day|month|quarter|year)")
"""Numbers in such a column may be parts of a date, which repeat: they are no times."""


@dataclass(frozen=True, eq=False)
class Clock:
    """The rows' times in the file's order: `times` (T,), `given` (T,) where there is one. `form`
    is how a date is written (empty where the file has dates and no texts), `column` is empty where
    the rows are numbered; `utc` says that times of several zones were taken as UTC."""

    column: str
    times: Times
    given: Any
    form: str = ""
    utc: bool = False
    notes: tuple[Note, ...] = ()


def clock_of(table: RawTable, choices: Choices) -> Clock:
    """The times of a table's rows. Raises ProblemError when the column is not there, or when
    values of it are no times."""
    names = list(table.frame.columns)
    if choices.time_column:
        if choices.time_column not in names:
            sentence = f"There is no column {choices.time_column!r} in {table.name}"
            raise ProblemError(Problem(TIME, sentence, suggest(choices.time_column, names)))
        column = _as_times(table, choices.time_column)
        if column is None:
            raise ProblemError(_no_times(table, choices.time_column))
        return _checked(table, column, choices, ())
    taken = {*choices.target, *choices.features, *choices.known}
    column = _found(table, [name for name in names if name not in taken])
    if column is None:
        note = Note("", "No column of times was found: the rows are taken in their order")
        return Clock(
            "", np.arange(len(table.frame)), np.ones(len(table.frame), bool), notes=(note,)
        )
    said = Note(column.name, "The time of each row")
    return _checked(table, column, choices, (said,))


def _found(table: RawTable, names: Sequence[str]) -> Column | None:
    """The first column of dates; else the first that is called a time and holds times."""
    for name in names:
        column = column_of(name, table.frame[name], Wish())
        if column.kind == "date":
            return column
    for name in names:
        if _CALLED.fullmatch(name):
            column_called = _as_times(table, name)
            if column_called is not None and _mostly(column_called):
                return column_called
    return None


def _mostly(column: Column) -> bool:
    """Whether a column that is not said to hold times does so: hardly a gap, and numbers in
    turn."""
    if column.gaps * 20 > len(column.missing):
        return False
    if column.numbers is None:
        return True
    known = column.numbers[~column.missing]
    return not _PERIOD.fullmatch(column.name) and bool((np.diff(known) > 0).all())


def _as_times(table: RawTable, name: str) -> Column | None:
    """The column as dates, in forms that are dates only by a column's name too, or as numbers:
    1995 is a year in a column of years, and in others a number between 1994 and 1996."""
    series = table.frame[name]
    dates = column_of(name, series, Wish("date"))
    numbers = column_of(name, series, Wish("number", table.decimal))
    if numbers.numbers is None:
        return dates if dates.kind == "date" else None
    whole = dates.kind == "date" and dates.gaps <= numbers.gaps
    return dates if whole and (dates.form != "%Y" or "year" in name.lower()) else numbers


def _checked(table: RawTable, column: Column, choices: Choices, notes: tuple[Note, ...]) -> Clock:
    given = ~column.missing
    lost = int((~given).sum())
    if lost and (choices.gaps != "drop" or lost == len(given)):
        raise ProblemError(_no_times(table, column.name, given))
    if lost:
        said = f"Left out: {counted(lost, 'row')} without a time"
        notes = (*notes, Note(column.name, said, lost=True))
    times = column.numbers if column.dates is None else column.dates.astype("datetime64[s]")
    zones = offsets(table.frame[column.name]) if column.dates is not None else np.zeros(1, np.int64)
    utc = len(np.unique(zones[given] if len(zones) == len(given) else zones)) > 1
    if utc:
        times = np.asarray(times) - zones
        notes = (*notes, Note(column.name, "Times of several time zones: all are taken as UTC"))
    return Clock(column.name, np.asarray(times), given, column.form, utc, notes)


def _no_times(table: RawTable, name: str, given: Any = None) -> Problem:
    values = table.frame[name] if given is None else table.frame[name][~given]
    shown = listed(["nothing" if value != value else repr(str(value)) for value in values[:4]])
    if given is None:
        return Problem(TIME, f"{name!r} holds no times: {shown}", "choose another column")
    held = f"{counted(len(values), 'row')} of {table.name} hold{'s' if len(values) == 1 else ''}"
    first = int(np.flatnonzero(~given)[0]) + 1
    sentence = f"{held} no time in {name!r}, the first is row {first:,}: {shown}"
    return Problem(TIME, sentence, "mend the file, or leave them out with dataset.gaps=drop")


# --- In order --------------------------------------------------------------------------------


def in_order(clock: Clock, rows: Any, notes: list[Note]) -> Any:
    """These rows of the file (numbers) by time, rows of the same time as they stand in it."""
    times = clock.times[rows]
    early = int((times[1:] < times[:-1]).sum())
    if not early:
        return rows
    said = f"{counted(early, 'row')} stand before an earlier one: all are sorted by time"
    notes.append(Note(clock.column, said))
    return rows[np.argsort(times, kind="stable")]


def check_duplicates(clock: Clock, times: Times, rule: Duplicates, notes: list[Note]) -> Any:
    """Where rows of sorted times begin a new time, (T,) bool. Raises ProblemError when times come
    twice and may not."""
    new = np.ones(len(times), bool)
    new[1:] = times[1:] != times[:-1]
    count = int((~new).sum())
    if not count:
        return new
    twice = times[np.flatnonzero(~new)[0]]
    if rule == "error":
        sentence = f"{clock.column!r} has {counted(count, 'row')} of a time that was there before, "
        hint = "set dataset.duplicates to mean or first; of several series in one file keep one"
        sentence += f"the first is {when(twice)}"
        raise ProblemError(Problem("dataset.duplicates", sentence, hint))
    kept = "their mean is taken" if rule == "mean" else "the first is taken"
    rows = counted(count, "row")
    notes.append(Note(clock.column, f"{rows} of a time that was there before: {kept}"))
    return new
