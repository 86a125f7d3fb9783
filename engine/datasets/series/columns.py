"""Which columns are told, which are learned from, and which of these are known in the future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.series.options import NONE, Choices
from engine.datasets.table.columns import Column, Wish, called_an_id, column_of
from engine.datasets.table.notes import Note, listed
from engine.datasets.table.reading import RawTable
from engine.datasets.table.target import USUAL, target_of
from engine.problems import Problem, ProblemError, suggest
from engine.wording import counted

TARGET = "dataset.target"
MOST_GAPS = 0.5
"""The share of a target's values that may be missing."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The columns in the file's rows: `columns` (T,) float64 by name with nan for gaps, targets
    of a forecast first, then features, then `known` ones. Of classes `labels` and `codes` (T,),
    -1 for a gap."""

    columns: dict[str, npt.NDArray[np.float64]]
    targets: tuple[str, ...]
    known: tuple[str, ...]
    labels: tuple[str, ...] = ()
    codes: npt.NDArray[np.int64] | None = None
    notes: tuple[Note, ...] = ()


def chosen_columns(table: RawTable, choices: Choices, time_column: str) -> Chosen:
    """Choose and read them. Raises ProblemError with everything that is wrong with the choices,
    or when there is nothing to be told."""
    names = [name for name in table.frame.columns if name != time_column]
    _check(table, choices, names, time_column)
    found = _Columns(table, choices)
    notes: list[Note] = []
    if choices.task == "classes":
        label, codes, labels = _classes(found, choices, names, notes)
        told: tuple[str, ...] = ()
        others = [name for name in names if name != label]
    else:
        told, codes, labels = _targets(found, choices, names, notes), None, ()
        others = [name for name in names if name not in told]
    features = _features(found, choices, others, notes)
    known = tuple(name for name in choices.known if name not in told)
    numbers = {name: found.number(name) for name in (*told, *features, *known)}
    if not numbers:
        sentence = f"No column of {table.name} holds numbers to learn from"
        raise ProblemError(Problem("dataset.features", sentence, "choose columns of numbers"))
    notes += [Note(column.name, said) for column in numbers.values() for said in column.said]
    columns = {name: _values(column) for name, column in numbers.items()}
    return Chosen(columns, told, known, labels, codes, tuple(notes))


def _values(column: Column) -> npt.NDArray[np.float64]:
    assert column.numbers is not None
    return column.numbers


def _check(table: RawTable, choices: Choices, names: list[str], time_column: str) -> None:
    given = {"target": choices.target, "features": choices.features, "known": choices.known}
    problems = []
    for option, wanted in given.items():
        for name in wanted:
            path = f"dataset.{option}"
            if name == time_column:
                sentence = f"{name!r} is the column of times"
                problems.append(Problem(path, sentence, "choose another column"))
            elif name not in names and not (option == "features" and name == NONE):
                sentence = f"There is no column {name!r} in {table.name}"
                problems.append(Problem(path, sentence, suggest(name, names)))
    if choices.task == "classes" and len(choices.target) > 1:
        sentence = "A window has one class, and several columns are chosen"
        problems.append(Problem(TARGET, sentence, "choose one of them"))
    both = [name for name in choices.known if name in choices.target]
    if both:
        sentence = f"{both[0]!r} is to be forecast: it cannot be known in the future"
        problems.append(Problem("dataset.known", sentence, "choose another column"))
    if problems:
        raise ProblemError(problems)


class _Columns:
    """The table's columns, each looked at once."""

    def __init__(self, table: RawTable, choices: Choices) -> None:
        self.table = table
        self.missing = frozenset(choices.missing)
        self._seen: dict[str, Column] = {}
        self._numbers: dict[str, Column] = {}

    def seen(self, name: str) -> Column:
        """A column as it looks."""
        if name not in self._seen:
            wish = Wish(None, self.table.decimal, self.missing)
            self._seen[name] = column_of(name, self.table.frame[name], wish)
        return self._seen[name]

    def numeric(self, names: Sequence[str]) -> list[str]:
        """Those that hold measures: numbers that only count the rows are none."""
        return [name for name in names if self.seen(name).kind == "number"]

    def measures(self, names: Sequence[str]) -> list[str]:
        """Those that hold numbers; such that look as if they counted the rows only in need."""
        return self.numeric(names) or [
            name for name in names if self.seen(name).numbers is not None and not called_an_id(name)
        ]

    def number(self, name: str) -> Column:
        """A column as numbers. Raises ProblemError when it holds none."""
        if self.seen(name).kind == "number":
            return self.seen(name)
        if name not in self._numbers:
            wish = Wish("number", self.table.decimal, self.missing)
            self._numbers[name] = column_of(name, self.table.frame[name], wish)
        column = self._numbers[name]
        if column.numbers is None:
            raise ProblemError(_no_numbers(name, self.seen(name)))
        return column


def _no_numbers(name: str, column: Column) -> Problem:
    if column.dates is not None:
        return Problem(TARGET, f"{name!r} holds dates, not numbers", "choose another column")
    if column.gaps == len(column.missing):
        return Problem(TARGET, f"{name!r} is empty in every row", "choose another column")
    shown = listed([repr(text) for text in column.labels])
    hint = "choose a column of numbers; dataset.task=classes tells the class of a window"
    return Problem(TARGET, f"{name!r} holds texts, not numbers: {shown}", hint)


# --- What is told ----------------------------------------------------------------------------


def _targets(
    found: _Columns, choices: Choices, names: Sequence[str], notes: list[Note]
) -> tuple[str, ...]:
    wanted = choices.target
    if not wanted:
        free = [name for name in names if name not in (*choices.features, *choices.known)]
        numbers = found.measures(free)
        usual = [name for name in numbers if name.lower() in USUAL]
        if not numbers:
            sentence = f"No column of {found.table.name} holds numbers that could be forecast"
            hint = "dataset.task=classes tells the class of a window"
            raise ProblemError(Problem(TARGET, sentence, hint))
        wanted = (usual[0] if usual else numbers[-1],)
        if len(free) > 1:
            which = "" if usual else ", the last column of numbers"
            notes.append(Note(wanted[0], f"Taken as what is to be forecast{which}"))
    wanted = tuple(dict.fromkeys(wanted))
    for name in wanted:
        _check_target(found.number(name))
    return wanted


def _check_target(column: Column) -> None:
    values = column.numbers
    assert values is not None
    if column.gaps > MOST_GAPS * len(values):
        sentence = f"{column.name!r} is missing in {column.gaps:,} of {len(values):,} rows"
        raise ProblemError(Problem(TARGET, sentence, "choose another column"))
    if column.distinct < 2:
        sentence = f"{column.name!r} is the same in every row"
        hint = "choose another column: there is nothing to learn"
        raise ProblemError(Problem(TARGET, sentence, hint))


def _classes(
    found: _Columns, choices: Choices, names: Sequence[str], notes: list[Note]
) -> tuple[str, Any, tuple[str, ...]]:
    """The column of the classes, its codes (T,), -1 for a gap, and their names."""
    (name,) = choices.target or (_class_column(found, names, notes),)
    wish = Wish(None, found.table.decimal, found.missing)
    target = target_of(name, found.table.frame[name], "classes", wish)
    notes += [note for note in target.notes if not note.sentence.startswith(("Left out", "Class"))]
    codes = np.where(target.given, target.values, -1)
    if (codes < 0).any():
        _say_of_missing(name, codes, choices, notes)
    return name, codes, target.names


def _say_of_missing(name: str, codes: Any, choices: Choices, notes: list[Note]) -> None:
    count = int((codes < 0).sum())
    if choices.gaps == "error":
        sentence = f"{name!r} has {counted(count, 'row')} without a class"
        hint = "set dataset.gaps to forward or drop"
        raise ProblemError(Problem("dataset.gaps", sentence, hint))
    if choices.gaps != "drop":
        notes.append(Note(name, f"{counted(count, 'row')} without a class, given that before"))


def _class_column(found: _Columns, names: Sequence[str], notes: list[Note]) -> str:
    usual = [name for name in names if name.lower() in USUAL]
    labelled = [name for name in names if found.seen(name).kind == "category"]
    if not usual and not labelled:
        sentence = f"No column of {found.table.name} looks like classes"
        raise ProblemError(Problem(TARGET, sentence, "choose the column of the classes"))
    name = usual[0] if usual else labelled[-1]
    notes.append(Note(name, "Taken as the class"))
    return name


# --- What is learned from --------------------------------------------------------------------


def _features(
    found: _Columns, choices: Choices, others: Sequence[str], notes: list[Note]
) -> tuple[str, ...]:
    """The columns whose past alone is known."""
    free = [name for name in others if name not in choices.known]
    if choices.features:
        if choices.features == (NONE,) and NONE not in found.table.frame.columns:
            return ()
        return tuple(name for name in dict.fromkeys(choices.features) if name in free)
    numeric = found.measures(free) if choices.task == "classes" else found.numeric(free)
    left_out = [repr(name) for name in free if name not in numeric]
    if left_out:
        notes.append(
            Note("", f"Left out, as they are no measures: {listed(left_out, 6)}", lost=True)
        )
    return tuple(numeric)
