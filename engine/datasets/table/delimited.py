"""CSV and its kin: looked over row by row first, so that a broken row is named, then read."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from engine.datasets.table.charset import encoding_of, lines_of
from engine.datasets.table.notes import Note
from engine.datasets.table.options import Reading
from engine.datasets.table.reading import Names, RawTable, named, numbered
from engine.datasets.table.sniff import (
    DELIMITERS,
    Rows,
    blank,
    guess_decimal,
    guess_delimiter,
    guess_header,
    rows_of,
)
from engine.datasets.table.source import MAX_LINE, PATH, Source, check_size
from engine.datasets.table.values import GAPS
from engine.problems import Problem, ProblemError
from engine.wording import counted

_LOOKED_AT = 200
"""Lines from which delimiter, decimal mark and header are guessed."""


@dataclass(frozen=True)
class Form:
    """How a text file is written: found or given."""

    encoding: str
    delimiter: str
    decimal: str
    header: bool
    names: Names

    @property
    def width(self) -> int:
        """Values in a whole row."""
        return len(self.names.names)


@dataclass(frozen=True)
class Broken:
    """Rows with too few or too many values: how many; line and values of the first of them."""

    count: int = 0
    first: tuple[int, int] = (0, 0)


def read_delimited(source: Source, reading: Reading) -> RawTable:
    """Read a text file. Raises ProblemError when it is not a table, or, unless broken rows are to
    be skipped, when a row is broken."""
    with _parsing(source):
        form = _form(source, reading)
        broken = _look_over(source, form)
        if broken.count and reading.broken_rows == "error":
            raise ProblemError(_broken(source, form, broken))
        frame = _parse_whole(source, form) if broken.count else _parse(source, form)
    notes = [*form.names.notes, *_said_of(form), *_said_of_broken(broken)]
    return RawTable(source.path.name, frame, form.decimal, tuple(notes), form.names.twice)


@contextmanager
def _parsing(source: Source) -> Iterator[None]:
    """What the two parsers raise, as problems."""
    from pandas.errors import EmptyDataError, ParserError

    try:
        yield
    except (csv.Error, ParserError, EmptyDataError) as error:
        hint = "a quotation mark may be opened and never closed: mend the file"
        sentence = f"{source.path.name} is not a table: {error}"
        raise ProblemError(Problem(PATH, sentence, hint)) from None


@contextmanager
def _lines(source: Source, encoding: str) -> Iterator[Iterator[str]]:
    with source.path.open(encoding=encoding, newline="") as file:
        yield lines_of(file, source.path, encoding)


# --- The form --------------------------------------------------------------------------------


def _form(source: Source, reading: Reading) -> Form:
    encoding = encoding_of(source.path, reading.encoding)
    with _lines(source, encoding) as lines:
        sample = list(_first(lines))
    given = DELIMITERS.get(reading.delimiter)
    delimiter = given or guess_delimiter(sample)
    rows = rows_of(sample, delimiter)
    if not rows:
        raise ProblemError(Problem(PATH, f"{source.path.name} is empty", "choose another file"))
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    check_size(source.path, 1, max(usual, len(rows[0])))
    guessed = guess_decimal(rows, delimiter)
    decimal = {"auto": guessed, "point": ".", "comma": ","}[reading.decimal]
    header = guess_header(rows, decimal) if reading.header == "auto" else reading.header == "yes"
    names = named(_padded(rows)) if header else numbered(usual)
    return Form(encoding, delimiter, decimal, header, names)


def _first(lines: Iterable[str]) -> Iterator[str]:
    """The first lines: so many, and no more than two of the longest."""
    size = 0
    for line in islice(lines, _LOOKED_AT):
        yield line
        size += len(line)
        if size > MAX_LINE:
            break


def _padded(rows: Rows) -> list[str]:
    """The header, also where rows end in a delimiter (the header does not), or where the first
    column, the rows' names, has no name (as R writes tables)."""
    header, below = rows[0], rows[1:]
    if not below or any(len(row) != len(header) + 1 for row in below):
        return header
    return [*header, ""] if not any(row[-1].strip() for row in below) else ["row", *header]


def _said_of(form: Form) -> list[Note]:
    notes = []
    if not form.encoding.startswith("utf-8"):
        notes.append(Note("", f"The text is read as {form.encoding}"))
    if form.decimal == ",":
        notes.append(Note("", "The decimal mark is a comma"))
    return notes


# --- Broken rows -----------------------------------------------------------------------------


def _look_over(source: Source, form: Form) -> Broken:
    """Every row's number of values."""
    rows, broken = 0, Broken()
    with _lines(source, form.encoding) as lines:
        for line, row in _numbered_rows(lines, form):
            rows += 1
            if len(row) != form.width:
                broken = Broken(
                    broken.count + 1, broken.first if broken.count else (line, len(row))
                )
        check_size(source.path, rows, form.width)
    return broken


def _numbered_rows(lines: Iterable[str], form: Form) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header, each with the number of the line on which it begins."""
    reader = csv.reader(lines, delimiter=form.delimiter, skipinitialspace=True)
    header, begin = form.header, 1
    for row in reader:
        here, begin = begin, reader.line_num + 1
        if blank(row):
            continue
        if header:
            header = False
            continue
        yield here, row


def _broken(source: Source, form: Form, broken: Broken) -> Problem:
    line, values = broken.first
    more = f"; {broken.count:,} rows are broken" if broken.count > 1 else ""
    held = f"has {counted(values, 'value')} instead of {form.width:,}"
    sentence = f"Line {line:,} of {source.path.name} {held}{more}"
    hint = "mend the file, or leave such rows out with dataset.broken_rows=skip"
    return Problem("dataset.broken_rows", sentence, hint)


def _said_of_broken(broken: Broken) -> list[Note]:
    if not broken.count:
        return []
    rows = counted(broken.count, "broken row")
    return [Note("", f"Left out: {rows}, the first on line {broken.first[0]:,}", lost=True)]


# --- Parsing ---------------------------------------------------------------------------------


def _parse(source: Source, form: Form) -> Any:
    with source.path.open(encoding=form.encoding, newline="") as file:
        return _to_frame(file, form, header=form.header)


def _parse_whole(source: Source, form: Form) -> Any:
    """The rows that are whole, written again to memory and read from there."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=form.delimiter)
    with _lines(source, form.encoding) as lines:
        writer.writerows(row for _, row in _numbered_rows(lines, form) if len(row) == form.width)
    text.seek(0)
    return _to_frame(text, form, header=False)


def _to_frame(file: IO[str], form: Form, *, header: bool) -> Any:
    import pandas as pd

    return pd.read_csv(
        file,
        sep=form.delimiter,
        header=0 if header else None,
        names=list(form.names.names),
        index_col=False,
        decimal=form.decimal,
        skipinitialspace=True,
        keep_default_na=False,
        na_values=sorted(GAPS),
        low_memory=False,
    )
