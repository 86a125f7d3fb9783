"""Guesses from the first rows of a text file: what parts columns, the decimal mark, a header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from engine.datasets.table.values import label, number

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_ORDER = "\t;|,"
"""Of delimiters that divide all rows evenly the first: a comma may be a decimal comma."""
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")

Rows = list[list[str]]


def rows_of(lines: Iterable[str], delimiter: str) -> Rows:
    """The rows of some lines; blank lines are none."""
    found = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    return [row for row in found if not blank(row)]


def blank(row: Sequence[str]) -> bool:
    """Whether a line had nothing on it but spaces."""
    return not row or (len(row) == 1 and not row[0].strip())


def guess_delimiter(lines: Sequence[str]) -> str:
    """What divides most of the lines into the same number of columns, more than one."""
    best, most = ",", 0.0
    for delimiter in _ORDER:
        widths = Counter(len(row) for row in rows_of(lines, delimiter))
        if not widths:
            continue
        width, rows = widths.most_common(1)[0]
        share = round(rows / widths.total(), 2)
        if width > 1 and share > most:
            best, most = delimiter, share
    return best


def guess_decimal(rows: Rows, delimiter: str) -> str:
    """A comma when more cells are numbers with a comma than with a point."""
    cells = [cell.strip() for row in rows for cell in row]
    with_comma = [cell for cell in cells if _COMMA.fullmatch(cell)]
    with_point = sum(1 for cell in cells if _POINT.fullmatch(cell))
    if delimiter == "," and all(_THOUSANDS.fullmatch(cell) for cell in with_comma):
        return "."  # "1,234" in a file of commas is a thousand
    return "," if len(with_comma) > with_point else "."


def guess_header(rows: Sequence[Sequence[Any]], decimal: str = ".") -> bool:
    """Whether the first row names the columns.

    It does when it holds no number and a number stands below, or, among texts alone, when its
    texts are all different and none of them comes again in its column.
    """
    first, below = rows[0], rows[1:]
    if not any(map(label, first)) or any(_is_number(cell, decimal) for cell in first):
        return False
    if not below:
        return True
    if any(_is_number(cell, decimal) for row in below for cell in row):
        return True
    names = [name for name in map(label, first) if name]
    again = any(
        name and name in {label(row[place]) for row in below if place < len(row)}
        for place, name in enumerate(map(label, first))
    )
    return len(set(names)) == len(names) and not again


def _is_number(cell: Any, decimal: str) -> bool:
    if isinstance(cell, str):
        return number(cell.strip(), decimal) is not None
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == cell
