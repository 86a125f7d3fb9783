"""Reads a table file of any format into a data frame, as it stands in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.datasets.table.notes import Note
from engine.datasets.table.options import Reading
from engine.datasets.table.source import PATH, Source, check_size, unreadable
from engine.problems import Problem, ProblemError


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as read: `frame` has text names, each once, in the file's order; `decimal` is the
    mark within texts that are numbers. `twice` are names that stand in the file repeatedly."""

    name: str
    frame: Any
    decimal: str = "."
    notes: tuple[Note, ...] = ()
    twice: frozenset[str] = frozenset()

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return int(self.frame.memory_usage(deep=True).sum())


def read(source: Source, reading: Reading, least: int = 2) -> RawTable:
    """Read a file by its ending; an unknown one as text. Raises ProblemError, also when it has
    fewer than `least` columns."""
    reader = _readers().get(source.suffix)
    if reader is None:
        from engine.datasets.table.delimited import read_delimited

        reader = read_delimited
    try:
        table = reader(source, reading)
    except OSError as error:
        raise ProblemError(unreadable(source.path, error)) from None
    except MemoryError:
        hint = "take a part of the rows or columns"
        raise ProblemError(Problem(PATH, "The table does not fit into memory", hint)) from None
    check_size(source.path, *table.frame.shape)
    return _whole(source, table, least)


def _readers() -> dict[str, Callable[[Source, Reading], RawTable]]:
    from engine.datasets.table import binary, excel, records

    return {
        ".xlsx": excel.read_excel,
        ".xlsm": excel.read_excel,
        ".parquet": binary.read_parquet,
        ".pq": binary.read_parquet,
        ".json": records.read_json,
        ".jsonl": records.read_json,
    }


def _whole(source: Source, table: RawTable, least: int) -> RawTable:
    """What every table needs whatever its format: rows, and mostly more than one column."""
    name, columns = source.path.name, list(table.frame.columns)
    if len(columns) < least:
        only = f": {columns[0]!r}" if columns else ""
        hint = "it takes a target and at least one more; dataset.delimiter says what parts columns"
        raise ProblemError(Problem(PATH, f"{name} has only one column{only}", hint))
    if len(table.frame) == 0:
        raise ProblemError(Problem(PATH, f"{name} has a header but no rows", "choose another file"))
    return table


# --- Names -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """The columns' names, each once; `twice` are those that had to be told apart."""

    names: tuple[str, ...]
    twice: frozenset[str]
    notes: tuple[Note, ...]


def named(found: Sequence[Any]) -> Names:
    """Names from a header's cells: without spaces around, numbered where empty or repeated."""
    names: dict[str, None] = {}
    notes: list[Note] = []
    twice: set[str] = set()
    given = ["" if cell is None or cell != cell else str(cell).strip() for cell in found]
    taken = set(given)
    for place, name in enumerate(given, 1):
        unique = name or f"column_{place}"
        if unique in names:
            twice.add(unique)
            number = 2
            while f"{unique}_{number}" in names or f"{unique}_{number}" in taken:
                number += 1
            unique = f"{unique}_{number}"
            notes.append(Note(unique, f"There is another column {name!r}: this one is {unique!r}"))
        names[unique] = None
    return Names(tuple(names), frozenset(twice), tuple(notes))


def numbered(count: int) -> Names:
    """Names for a table without a header: column_1, column_2, ..."""
    note = Note("", f"No header: the columns are called column_1 to column_{count}")
    return Names(tuple(f"column_{place}" for place in range(1, count + 1)), frozenset(), (note,))
