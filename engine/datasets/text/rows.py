"""Texts in a table: CSV and TSV, quoted or not; other formats as the dataset `table` reads them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.table.charset import encoding_of, lines_of
from engine.datasets.table.sniff import DELIMITERS, blank, guess_delimiter
from engine.datasets.table.source import Source, unreadable
from engine.datasets.table.values import label
from engine.datasets.text.columns import choose_columns, looks_like_header
from engine.datasets.text.notes import Note
from engine.datasets.text.options import Reading
from engine.datasets.text.raw import MOST_UNREADABLE, RawTexts, too_many
from engine.datasets.text.source import PATH, Place, check_texts
from engine.problems import Problem, ProblemError
from engine.wording import counted

_LOOKED_AT = 200
"""Lines from which the delimiter and the header are guessed."""
_OTHER = frozenset([".xlsx", ".xlsm", ".parquet", ".pq", ".json", ".jsonl"])

Row = Sequence[str]


@dataclass(frozen=True)
class Grid:
    """The rows of a table that are whole, below its header."""

    names: tuple[str, ...]
    rows: list[Row]
    notes: tuple[Note, ...] = ()


def read_table(place: Place, reading: Reading) -> RawTexts:
    """The texts and labels of a table's rows. Raises ProblemError."""
    grid = _grid(place, reading)
    chosen = choose_columns(grid.names, grid.rows, reading)
    texts = [row[chosen.text] for row in grid.rows]
    labels = [row[chosen.label].strip() for row in grid.rows]
    notes = (*place.notes, *grid.notes, *chosen.notes)
    where = "dataset.label_column"
    return RawTexts(texts, labels, [0] * len(texts), notes=notes, where=where)


def names_of(place: Place, reading: Reading) -> tuple[str, ...]:
    """The columns of a table. Raises ProblemError."""
    return _grid(place, reading).names


def _grid(place: Place, reading: Reading) -> Grid:
    other = place.path.suffix.lower() in _OTHER
    try:
        return _of_other(place, reading) if other else _of_lines(place, reading)
    except OSError as error:
        raise ProblemError(unreadable(place.path, error)) from None


def _of_other(place: Place, reading: Reading) -> Grid:
    from engine.datasets.table import options as table_options
    from engine.datasets.table.reading import read

    stamp = place.files[0]
    table = read(Source(place.path, stamp.size, stamp.changed),
                 table_options.Reading(header=reading.header))  # fmt: skip
    columns = [list(map(label, table.frame[name])) for name in table.frame.columns]
    notes = tuple(Note(note.column, note.sentence, note.lost) for note in table.notes)
    return Grid(tuple(table.frame.columns), list(zip(*columns, strict=True)), notes)


# --- CSV and its kin -----------------------------------------------------------------------------


def _of_lines(place: Place, reading: Reading) -> Grid:
    encoding = encoding_of(place.path, reading.encoding)
    with place.path.open(encoding=encoding, newline="") as file:
        lines = _lines(lines_of(file, place.path, encoding), place.path)
    delimiter = DELIMITERS.get(reading.delimiter) or guess_delimiter(lines[:_LOOKED_AT])
    rows, quoted = _rows(lines, delimiter)
    if not rows:
        raise ProblemError(Problem(PATH, f"{place.path.name} is empty", "choose another file"))
    notes = [] if quoted else [Note("", "Quotation marks are part of the texts")]
    if not encoding.startswith("utf-8"):
        notes.append(Note("", f"The text is read as {encoding}"))
    header = (
        looks_like_header(rows[:_LOOKED_AT]) if reading.header == "auto"
        else reading.header == "yes"
    )  # fmt: skip
    width = len(rows[0]) if header else _usual(rows)
    names = (
        tuple(cell.strip() or f"column_{place}" for place, cell in enumerate(rows[0], 1))
        if header else tuple(f"column_{place}" for place in range(1, width + 1))
    )  # fmt: skip
    below = rows[1:] if header else rows
    whole = [row for row in below if len(row) == width]
    notes += _check_broken(below, len(whole), width, reading)
    if width < 2:
        hint = "it takes a text and a label; dataset.delimiter says what stands between columns"
        sentence = f"{place.path.name} has only one column"
        raise ProblemError(Problem(PATH, sentence, hint))
    return Grid(names, whole, tuple(notes))


def _lines(found: Iterable[str], path: Path) -> list[str]:
    lines: list[str] = []
    for number, line in enumerate(found, 1):
        check_texts(number, path)
        lines.append(line)
    return lines


def _usual(rows: Sequence[Row]) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0]


def _rows(lines: Sequence[str], delimiter: str) -> tuple[list[Row], bool]:
    """The rows, and whether quotation marks hold cells together.

    They do not where every line has the same number of cells without them and they would swallow
    some of the lines: in many files of messages a text may begin with one that is never closed.
    """
    plain: list[Row] = [line.rstrip("\r\n").split(delimiter) for line in lines if line.strip()]
    if not any('"' in line for line in lines):
        return plain, True
    try:
        found = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != "\t")
        quoted: list[Row] = [row for row in found if not blank(row)]
    except csv.Error:  # a cell that goes on for ever
        return plain, False
    even = len(set(map(len, plain))) == 1 and len(plain[0]) > 1
    if even and (len(quoted) != len(plain) or len(set(map(len, quoted))) > 1):
        return plain, False
    return quoted, True


def _check_broken(rows: Sequence[Row], whole: int, width: int, reading: Reading) -> list[Note]:
    broken = len(rows) - whole
    if not broken:
        return []
    first = next(number for number, row in enumerate(rows, 1) if len(row) != width)
    said = f"row {first:,} has {counted(len(rows[first - 1]), 'value')} instead of {width:,}"
    strict = reading.unreadable == "error"
    if strict or broken > MOST_UNREADABLE * len(rows):
        raise ProblemError(too_many(broken, len(rows), "rows", said, strict))
    return [Note("", f"Left out: {counted(broken, 'broken row')}; {said}", lost=True)]
