"""A table of labels as it stands in the file: delimiter, encoding and header found, nothing read
into it. Limits keep a hostile file from filling the memory."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.image_folder.problems import LABELS, named, unreadable_place
from engine.problems import Problem, ProblemError

MOST_BYTES = 256 * 1024 * 1024
_DELIMITERS = (",", ";", "\t")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class LabelTable:
    """The cells of a table, all rows of one width; `lines` is where each row stands in the file.

    `header` is the first row, which may turn out to be none.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    delimiter: str

    @property
    def name(self) -> str:
        """The file's name, for sentences."""
        return named(Path(self.path.name))

    def without_header(self) -> LabelTable:
        """The same table when its first row is a row like the others."""
        names = tuple(f"column {number}" for number in range(1, len(self.header) + 1))
        rows, lines = (self.header, *self.rows), (1, *self.lines)
        return LabelTable(self.path, names, rows, lines, self.delimiter)


def read(path: Path) -> LabelTable:
    """Read a table. Raises ProblemError: not there, too large, not text, or a broken row."""
    text = _text(path)
    delimiter = _delimiter(path, text)
    rows, lines = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(tuple(cell.strip() for cell in row))
                lines.append(reader.line_num)
    except csv.Error as error:
        raise ProblemError(_broken(path, reader.line_num, str(error))) from None
    if len(rows) < 2:
        sentence = f"{named(path)} holds no rows"
        raise ProblemError(Problem(LABELS, sentence, "give each picture a row below the header"))
    _check_widths(path, rows, lines)
    return LabelTable(path, rows[0], tuple(rows[1:]), tuple(lines[1:]), delimiter)


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise ProblemError(Problem(LABELS, f"{named(path)} is no file", "choose a CSV file"))
        if status.st_size > MOST_BYTES:
            sentence = f"{named(path)} is larger than {MOST_BYTES // 2**20} MB"
            raise ProblemError(Problem(LABELS, sentence, "choose the table of labels"))
        content = path.read_bytes()
    except FileNotFoundError:
        sentence = f"There is no table {named(path)}"
        raise ProblemError(Problem(LABELS, sentence, "choose a CSV file that is there")) from None
    except IsADirectoryError:
        sentence = f"{named(path)} is a folder, not a table"
        raise ProblemError(Problem(LABELS, sentence, "choose a CSV file")) from None
    except (OSError, ValueError) as error:
        wrapped = error if isinstance(error, OSError) else OSError(str(error))
        raise ProblemError(unreadable_place(path, wrapped, LABELS)) from None
    return _decoded(path, content)


def _decoded(path: Path, content: bytes) -> str:
    """UTF-8 or what its first bytes say, else the usual encoding of older Windows programs."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        sentence = f"{named(path)} is not a text file"
        raise ProblemError(Problem(LABELS, sentence, "save the table as CSV, and choose that"))
    return text


def _delimiter(path: Path, text: str) -> str:
    """What the first line has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = [(first.count(mark), mark) for mark in _DELIMITERS]
    most, mark = max(counts, key=lambda pair: pair[0])
    if most == 0 and path.suffix.lower() != ".tsv":
        mark = "|" if "|" in first else mark
    if mark not in first:
        sentence = f"{named(path)} has a single column"
        hint = "separate file names and labels by commas, semicolons or tabs"
        raise ProblemError(Problem(LABELS, sentence, hint))
    return mark


def _check_widths(path: Path, rows: Sequence[tuple[str, ...]], lines: Sequence[int]) -> None:
    width = len(rows[0])
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            reason = f"it has {len(row)} cells, the first one {width}"
            raise ProblemError(_broken(path, line, reason))


def _broken(path: Path, line: int, reason: str) -> Problem:
    sentence = f"Line {line} of {named(path)} is broken: {reason}"
    return Problem(LABELS, sentence, "mend that line; put text that holds commas into quotes")
