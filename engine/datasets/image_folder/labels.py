"""Labels from the cells of a table: classes, several labels each, or numbers to predict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.datasets.image_folder.layout import Row, Target, in_order
from engine.datasets.image_folder.problems import LABELS
from engine.datasets.image_folder.table import LabelTable
from engine.facts import Task
from engine.problems import Problem, ProblemError, suggest

COLUMNS, TASK = "dataset.label_columns", "dataset.task"
MOST_LABELS = 1000
MOST_NUMBERED = 20
"""Whole numbers are classes up to so many different ones, and measurements beyond."""
_USUAL = ("label", "labels", "class", "classes", "target", "category", "tags", "y")
_YES_NO = {"0", "1", "0.0", "1.0"}

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Wanted:
    """What the options say of a table; empty and "auto" are found out."""

    task: Literal["auto", "classes", "multilabel", "regression"] = "auto"
    file_column: str = ""
    label_columns: tuple[str, ...] = ()
    separator: str = "|"


@dataclass(frozen=True)
class Labels:
    """The task, what its targets are called, and the target of each row."""

    task: Task
    names: tuple[str, ...]
    targets: tuple[Target, ...]


def parse_labels(
    table: LabelTable, rows: Sequence[int], file_column: int, wanted: Wanted
) -> Labels:
    """The labels of some rows of a table. Raises ProblemError for what cannot be a label."""
    columns = _columns(table, rows, file_column, wanted)
    cells = [[table.rows[row][column] for column in columns] for row in rows]
    lines = [table.lines[row] for row in rows]
    names = tuple(table.header[column] for column in columns)
    task = wanted.task if wanted.task != "auto" else _task(table, cells, wanted.separator)
    reading = _Reading(table, names, cells, lines, wanted.separator)
    return {
        "classes": reading.classes,
        "multilabel": reading.multilabel,
        "regression": reading.regression,
    }[task]()


# --- Which columns, which task -------------------------------------------------------------------


def _columns(table: LabelTable, rows: Sequence[int], file_column: int, wanted: Wanted) -> list[int]:
    """The columns of labels: those asked for, or the only one, or all if they go together."""
    unknown = [name for name in wanted.label_columns if name not in table.header]
    if unknown:
        sentence = f"{table.name} has no column {unknown[0]!r}"
        raise ProblemError(Problem(COLUMNS, sentence, suggest(unknown[0], table.header)))
    if wanted.label_columns:
        return [table.header.index(name) for name in wanted.label_columns]
    others = [column for column in range(len(table.header)) if column != file_column]
    usual = [column for column in others if table.header[column].casefold() in _USUAL]
    if len(others) == 1 or len(usual) == 1:
        return others if len(others) == 1 else usual
    cells = [table.rows[row][column] for row in rows for column in others]
    if all(cell in _YES_NO for cell in cells) or all(_number(c, table) is not None for c in cells):
        return others
    names = ", ".join(table.header[column] for column in others)
    sentence = f"{table.name} has several columns that could be the labels: {names}"
    hint = f"choose: dataset.label_columns=[{table.header[others[0]]}]"
    raise ProblemError(Problem(COLUMNS, sentence, hint))


def _task(table: LabelTable, cells: Cells, separator: str) -> Task:
    if len(cells[0]) > 1:
        yes_no = all(cell in _YES_NO for row in cells for cell in row)
        return "multilabel" if yes_no else "regression"
    values = {row[0] for row in cells}
    if separator and any(separator in value for value in values):
        return "multilabel"
    numbers = [_number(value, table) for value in values]
    if any(number is None for number in numbers):
        return "classes"
    whole = all(number is not None and number.is_integer() for number in numbers)
    return "classes" if whole and len(values) <= MOST_NUMBERED else "regression"


# --- Reading the cells ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    """The cells (rows, columns) of the labels, and where they stand."""

    table: LabelTable
    names: tuple[str, ...]
    cells: Cells
    lines: Sequence[int]
    separator: str

    def classes(self) -> Labels:
        """One label each, from one column."""
        if len(self.names) > 1:
            sentence = f"One class for each picture needs one column, not {len(self.names)}"
            raise ProblemError(Problem(COLUMNS, sentence, "choose one, or task=multilabel"))
        for row, line in zip(self.cells, self.lines, strict=True):
            if not row[0]:
                raise ProblemError(self._gap(line, 0))
        names = in_order({row[0] for row in self.cells})
        number = {name: index for index, name in enumerate(names)}
        return Labels("classes", tuple(names), tuple(number[row[0]] for row in self.cells))

    def multilabel(self) -> Labels:
        """Any number of labels each: a column of yes and no for each, or lists in one column."""
        if len(self.names) > 1:
            rows = [self._yes_no(row, line) for row, line in self._numbered()]
            return Labels("multilabel", self.names, tuple(rows))
        found = [self._split(row[0]) for row in self.cells]
        names = in_order({name for each in found for name in each})
        if not 0 < len(names) <= MOST_LABELS:
            sentence = f"Column {self.names[0]!r} of {self.table.name} holds {len(names):,} labels"
            hint = f"choose a column with 1 to {MOST_LABELS:,} different ones"
            raise ProblemError(Problem(COLUMNS, sentence, hint))
        targets = tuple(tuple(float(name in each) for name in names) for each in found)
        return Labels("multilabel", tuple(names), targets)

    def regression(self) -> Labels:
        """Numbers, a column each."""
        targets = []
        for row, line in self._numbered():
            values = [_number(cell, self.table) for cell in row]
            for column, value in enumerate(values):
                if value is None:
                    raise ProblemError(self._no_number(line, column, row[column]))
            targets.append(tuple(value for value in values if value is not None))
        return Labels("regression", self.names, tuple(targets))

    def _numbered(self) -> list[tuple[Sequence[str], int]]:
        return list(zip(self.cells, self.lines, strict=True))

    def _split(self, cell: str) -> frozenset[str]:
        parts = cell.split(self.separator) if self.separator else [cell]
        return frozenset(part.strip() for part in parts if part.strip())

    def _yes_no(self, row: Sequence[str], line: int) -> Row:
        for column, cell in enumerate(row):
            if cell not in _YES_NO:
                name = self.names[column]
                sentence = f"Column {name!r} of {self.table.name} says {cell[:40]!r} in line {line}"
                raise ProblemError(Problem(TASK, sentence, "write 1 where the label fits, else 0"))
        return tuple(float(cell) for cell in row)

    def _gap(self, line: int, column: int) -> Problem:
        sentence = f"Line {line} of {self.table.name} has no {self.names[column]}"
        return Problem(LABELS, sentence, "fill it in, or delete the row")

    def _no_number(self, line: int, column: int, cell: str) -> Problem:
        if not cell:
            return self._gap(line, column)
        name = self.names[column]
        sentence = f"Column {name!r} of {self.table.name} says {cell[:40]!r} in line {line}"
        return Problem(TASK, sentence, "a number is wanted there; or choose task=classes")


def _number(cell: str, table: LabelTable) -> float | None:
    """A finite number; with a decimal comma where the comma is not the delimiter."""
    try:
        value = float(cell if table.delimiter == "," else cell.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
