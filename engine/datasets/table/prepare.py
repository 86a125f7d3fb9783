"""From a table as read to what is learned from: the target, and columns of numbers and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.datasets.table.columns import Column, Wish, called_an_id, column_of
from engine.datasets.table.notes import ColumnSeen, Note
from engine.datasets.table.options import Choices, Kind
from engine.datasets.table.reading import RawTable
from engine.datasets.table.source import PATH
from engine.datasets.table.target import Target, choose_target, target_of
from engine.datasets.table.values import PARTS
from engine.problems import Problem, ProblemError, suggest
from engine.wording import counted

LEAST_ROWS = 10
MOST_FORCED = 1_000
"""Different values of a column that the user says is a category."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """The rows that are learned from. `numbers` are named measures, those made of dates as well,
    `categories` columns of labels; `calendar` says of which column a measure is which part.
    `places` (N,) are the rows of the file, counted from 0 without the header."""

    target: Target
    targets: Any
    numbers: dict[str, Any]
    categories: tuple[Column, ...]
    calendar: dict[str, tuple[Column, str]]
    decimal: str
    missing: tuple[str, ...]
    notes: tuple[Note, ...]
    seen: tuple[ColumnSeen, ...] = ()
    places: Any = None

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.targets)

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        codes = sum(c.codes.nbytes for c in self.categories if c.codes is not None)
        return int(sum(column.nbytes for column in self.numbers.values()) + codes + 16 * self.rows)


def prepare(table: RawTable, choices: Choices) -> Prepared:
    """Tell the columns apart and leave out what nothing can be learned from. Raises ProblemError
    with everything that is wrong with the choices, or when too little is left."""
    _check(table, choices)
    name, said = choose_target(table, choices.target, choices.ignore)
    notes = [*table.notes, *said]
    empty = table.frame.isna().all(axis=1)
    whole = table.frame[~empty] if empty.any() else table.frame
    wish = Wish(choices.wishes.get(name), table.decimal, frozenset(choices.missing))
    target = target_of(name, whole[name], choices.task, wish)
    notes += target.notes
    frame = whole if target.given.all() else whole[target.given]
    columns = [
        column_of(other, frame[other], Wish(choices.wishes.get(other), table.decimal, wish.missing))
        for other in frame.columns
        if other != name and other not in choices.ignore
    ]
    used = [column for column in _in_need(columns) if _is_used(column, choices, notes)]
    kept = _without_gaps(used, choices, notes, len(frame))
    columns_kept = [column.taken(kept) for column in used] if len(kept) < len(frame) else used
    prepared = _split_up(target, columns_kept, table, choices, kept, notes)
    _check_enough(prepared, table, choices)
    places = np.flatnonzero(~empty.to_numpy())[target.given][kept]
    return replace(prepared, seen=_seen(columns, used, table, target), places=places)


def _split_up(
    target: Target,
    columns: Sequence[Column],
    table: RawTable,
    choices: Choices,
    kept: Any,
    notes: list[Note],
) -> Prepared:
    numbers: dict[str, Any] = {}
    calendar: dict[str, tuple[Column, str]] = {}
    for column in columns:
        if column.dates is not None:
            for part, found in _calendar(column, notes).items():
                name = _free(f"{column.name}.{part}", table)
                numbers[name], calendar[name] = found, (column, part)
        elif column.numbers is not None:
            numbers[column.name] = column.numbers
    return Prepared(
        target=target,
        targets=target.values[target.given][kept],
        numbers=numbers,
        categories=tuple(column for column in columns if column.kind == "category"),
        calendar=calendar,
        decimal=table.decimal,
        missing=choices.missing,
        notes=tuple(notes),
    )


def _free(name: str, table: RawTable) -> str:
    """The name, unless a column of the file has it."""
    while name in table.frame.columns:
        name += "_"
    return name


def _seen(
    columns: list[Column], used: list[Column], table: RawTable, target: Target
) -> tuple[ColumnSeen, ...]:
    roles = {c.name: c.kind if c.kind in _LEFT_OUT else "constant" for c in columns}
    roles |= {c.name: c.kind for c in used}
    found = {c.name: ColumnSeen(c.name, roles[c.name], c.distinct, c.gaps) for c in columns}
    gaps = int((~target.given).sum())
    found[target.column] = ColumnSeen(target.column, "target", target.distinct, gaps)
    names = list(table.frame.columns)
    return tuple(found.get(name, ColumnSeen(name, "ignored", 0, 0)) for name in names)


# --- What the user said ----------------------------------------------------------------------


def _check(table: RawTable, choices: Choices) -> None:
    names, problems = list(table.frame.columns), []
    lists = {"numbers": choices.numbers, "categories": choices.categories, "dates": choices.dates,
             "ignore": choices.ignore}  # fmt: skip
    home: dict[str, str] = {}
    for option, given in lists.items():
        for name in given:
            if name not in names:
                sentence = f"There is no column {name!r} in {table.name}"
                problems.append(Problem(f"dataset.{option}", sentence, suggest(name, names)))
            elif home.setdefault(name, option) != option:
                sentence = f"{name!r} is in {home[name]}, too"
                problems.append(Problem(f"dataset.{option}", sentence, "it can be in one of them"))
    if problems:
        raise ProblemError(problems)


# --- What is left out ------------------------------------------------------------------------

_LEFT_OUT: dict[Kind, str] = {
    "text": "{count} different texts; dataset.categories takes it as a category",
    "identifier": "each row has its own value; dataset.numbers or categories takes it in",
    "other": "lists or mappings stand in it",
}


_FILLED = {
    "median": "filled with the median",
    "mean": "filled with the mean",
    "most_frequent": "filled with the most frequent value",
    "indicator": "filled with the median and marked",
    "own": "a category of their own",
}


def _in_need(columns: list[Column]) -> list[Column]:
    """The columns; when only numbers are left that look as if they counted the rows, they are
    taken as numbers: of a table of x and y, x may well be 1, 2, 3."""
    if any(column.kind not in _LEFT_OUT for column in columns):
        return columns
    return [
        replace(column, kind="number")
        if column.kind == "identifier" and column.numbers is not None
        and not called_an_id(column.name) else column
        for column in columns
    ]  # fmt: skip


def _is_used(column: Column, choices: Choices, notes: list[Note]) -> bool:
    """Whether something can be learned from a column; notes say what is assumed of it."""
    notes += [Note(column.name, said) for said in column.said]
    if column.kind in _LEFT_OUT:
        said = _LEFT_OUT[column.kind].format(count=f"{column.distinct:,}")
        notes.append(Note(column.name, f"Left out: {said}", lost=True))
        return False
    own = column.kind == "category" and choices.category_gaps == "own"
    marked = choices.gaps == "indicator" and column.kind == "number"
    if column.distinct == 0 or (column.distinct == 1 and not (column.gaps and (own or marked))):
        same = "it is empty" if column.distinct == 0 else "it is the same in every row"
        notes.append(Note(column.name, f"Left out: {same}", lost=True))
        return False
    if column.kind == "category" and column.distinct > MOST_FORCED:
        sentence = f"{column.name!r} has {column.distinct:,} different values; a category may "
        hint = "put it into dataset.ignore"
        raise ProblemError(Problem("dataset.categories", f"{sentence}have {MOST_FORCED:,}", hint))
    return True


def _without_gaps(
    columns: Sequence[Column], choices: Choices, notes: list[Note], rows: int
) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The rows that are kept where gaps are to be dropped."""
    gap = np.zeros(rows, bool)
    for column in columns:
        rule = choices.category_gaps if column.kind == "category" else choices.gaps
        if rule == "drop":
            gap |= column.missing
        elif column.gaps:
            said = f"{counted(column.gaps, 'gap')}, {_FILLED[rule]}"
            notes.append(Note(column.name, said))
    if gap.any():
        notes.append(Note("", f"Left out: {counted(int(gap.sum()), 'row')} with gaps", lost=True))
    return np.flatnonzero(~gap)


def _calendar(column: Column, notes: list[Note]) -> dict[str, Any]:
    """A date as the parts of the calendar that are not always the same, nan where it is missing."""
    import pandas as pd

    dates = pd.DatetimeIndex(column.dates)
    names = {part: "day_of_week" if part == "weekday" else part for part in PARTS}
    parts = {part: np.asarray(getattr(dates, name), np.float64) for part, name in names.items()}
    found = {
        part: numbers
        for part, numbers in parts.items()
        if len(np.unique(numbers[~np.isnan(numbers)])) > 1
    }
    if "day" not in found:  # of months and years the weekday of the first says nothing
        found.pop("weekday", None)
    notes.append(Note(column.name, f"A date, taken as {', '.join(found)}"))
    return found


def _check_enough(prepared: Prepared, table: RawTable, choices: Choices) -> None:
    if not prepared.numbers and not prepared.categories:
        left_out = [note for note in prepared.notes if note.sentence.startswith("Left out")]
        because = f": {left_out[-1].column!r} is left out" if left_out else ""
        sentence = f"No column of {table.name} is left to learn from{because}"
        hint = "dataset.numbers and dataset.categories name columns to be taken in"
        path = "dataset.ignore" if choices.ignore else PATH
        raise ProblemError(Problem(path, sentence, hint))
    if prepared.rows < LEAST_ROWS:
        sentence = f"{table.name} has {counted(prepared.rows, 'row')} to learn from"
        hint = f"it takes {LEAST_ROWS}; rows with gaps may have been dropped"
        raise ProblemError(Problem(PATH, sentence, hint))
    if prepared.target.task == "classes" and len(np.unique(prepared.targets)) < 2:
        sentence = "Without the rows with gaps a single class is left"
        raise ProblemError(Problem("dataset.gaps", sentence, "choose another way than drop"))
