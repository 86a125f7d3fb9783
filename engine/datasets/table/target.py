"""The column that is to be predicted: which one it is, and whether it holds classes or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engine.datasets.table import values
from engine.datasets.table.columns import Column, Wish, column_of
from engine.datasets.table.notes import Note, listed
from engine.datasets.table.options import Task
from engine.datasets.table.reading import RawTable
from engine.problems import Problem, ProblemError, suggest
from engine.wording import counted

TARGET = "dataset.target"
USUAL = ("target", "label", "class", "y")
MAX_CLASSES = 1_000
FEW = 20
"""Different whole numbers up to which they are taken as classes."""


@dataclass(frozen=True, eq=False)
class Target:
    """What is to be predicted: `values` (N,) int64 places in `names` for classes, and (N, 1)
    float32 for a regression, whose name is the column's; `given` (N,) says where it is known."""

    column: str
    task: Literal["classes", "regression"]
    names: tuple[str, ...]
    values: Any
    given: Any
    distinct: int
    notes: tuple[Note, ...]


def choose_target(table: RawTable, wanted: str, ignored: Sequence[str]) -> tuple[str, list[Note]]:
    """The target column's name, and what is said of the choice. Raises ProblemError."""
    names = [name for name in table.frame.columns if name not in ignored]
    if wanted:
        if wanted not in names:
            sentence = f"There is no column {wanted!r} in {table.name}"
            hint = suggest(wanted, names)
            if wanted in ignored:
                sentence, hint = f"{wanted!r} is ignored and the target", "take it out of ignore"
            raise ProblemError(Problem(TARGET, sentence, hint))
        found, notes = wanted, []
    else:
        usual = [name for word in USUAL for name in names if name.lower() == word]
        found = (usual or names or list(table.frame.columns))[0 if usual else -1]
        notes = [Note(found, f"{found!r} is taken as the target; dataset.target names another")]
    if found in table.twice:
        sentence = f"{table.name} has several columns called {found!r}, and it is the target"
        raise ProblemError(Problem(TARGET, sentence, "keep one of them in the file"))
    return found, notes


def target_of(name: str, series: Any, task: Task, wish: Wish) -> Target:
    """The target's values. Raises ProblemError when it has none, only one, or is of another kind
    than the task wants."""
    column = column_of(name, series, wish)
    if column.kind == "other" or (column.kind == "date" and task != "classes"):
        what = "dates" if column.kind == "date" else "lists"
        sentence = f"{name!r} holds {what}, which are neither classes nor numbers"
        raise ProblemError(Problem(TARGET, sentence, "choose another column"))
    if task == "regression" or (task == "auto" and _measures(column)):
        return _regression(column)
    if column.codes is None:
        column = column_of(name, series, Wish("category", wish.decimal, wish.missing))
    numbers = all(values.number(text) is not None for text in column.labels)
    return _classes(column, numbers)


def _measures(column: Column) -> bool:
    """Whether the numbers of a column measure something instead of numbering classes."""
    if column.numbers is None:
        return False
    known = column.numbers[~np.isnan(column.numbers)]
    few = column.distinct <= min(FEW, max(2, len(known) // 10))
    return not few or bool((known % 1).any())


def _regression(column: Column) -> Target:
    if column.numbers is None:
        shown = listed([repr(text) for text in column.labels])
        sentence = f"{column.name!r} holds no numbers: {shown}"
        raise ProblemError(Problem(TARGET, sentence, "set dataset.task to classes"))
    given = ~column.missing
    if column.distinct < 2:
        raise ProblemError(_same(column, f"{column.numbers[given][:1]}".strip("[].")))
    found = column.numbers.astype(np.float32)[:, None]
    names, notes = (column.name,), _notes(column)
    return Target(column.name, "regression", names, found, given, column.distinct, notes)


def _classes(column: Column, numbers: bool) -> Target:
    assert column.codes is not None
    labels, given = list(column.labels), column.codes >= 0
    rows = int(given.sum())
    if column.distinct < 2:
        raise ProblemError(_same(column, repr(labels[0]) if labels else ""))
    if column.distinct > min(MAX_CLASSES, max(2, rows // 2)):
        sentence = f"{column.name!r} has {column.distinct:,} different values in {rows:,} rows: "
        sentence += "too many to be classes"
        hint = "set dataset.task to regression" if numbers else "choose another column"
        raise ProblemError(Problem(TARGET, sentence, hint))
    order = list(range(len(labels)))  # the labels are sorted, as texts
    if numbers:
        order.sort(key=lambda place: values.number(labels[place]) or 0.0)
    places = np.empty(len(labels) + 1, np.int64)
    places[order], places[-1] = np.arange(len(labels)), -1
    names = tuple(labels[place] for place in order)
    notes = [*_notes(column), *_said_of_single(column, labels, given)]
    found = places[column.codes]
    return Target(column.name, "classes", names, found, given, len(names), tuple(notes))


def _same(column: Column, value: str) -> Problem:
    if not value:
        return Problem(TARGET, f"{column.name!r} is empty in every row", "choose another column")
    sentence = f"{column.name!r} is the same in every row: {value}"
    return Problem(TARGET, sentence, "choose another column: there is nothing to learn")


def _notes(column: Column) -> tuple[Note, ...]:
    notes = [Note(column.name, said) for said in column.said]
    if column.gaps:
        rows = counted(column.gaps, "row")
        notes.append(
            Note(column.name, f"Left out: {rows} without a value of the target", lost=True)
        )
    return tuple(notes)


def _said_of_single(column: Column, labels: list[str], given: Any) -> list[Note]:
    counts = np.bincount(column.codes[given], minlength=len(labels))  # type: ignore[index]
    single = [labels[place] for place in np.flatnonzero(counts == 1)]
    if not single:
        return []
    return [Note(column.name, f"Classes of a single row are never tested: {listed(single)}")]
