"""One value of a table in words, as a number, as a date. Used for whole columns and single rows
alike, so that a trained model is given the same features for the same row."""

from __future__ import annotations

import re
from typing import Any

GAPS = frozenset(
    ["", "?", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NULL", "null", "None",
     "NaN", "nan", "-NaN", "-nan", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NAME?", "NaT"]
)  # fmt: skip
"""Texts that stand for no value at all."""

MISSING, RARE = "(missing)", "(rare)"
"""The categories of gaps, and of rare and unknown values."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII),
}
LARGEST = 1e38
"""Beyond it a number is no float32; it counts as a gap, as infinity does."""


def label(value: Any) -> str:
    """A value as the name of a category: 3 and 3.0 are both `3`; gaps are the empty text."""
    if isinstance(value, str):
        text = value.strip()
        return "" if text in GAPS else text
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def number(text: str, decimal: str = ".") -> float | None:
    """The number that a label says, with `decimal` as its decimal mark; None when it says none.

    Thousands may be set apart: `1,234.5`, or `1.234,5` with a decimal comma.
    """
    if _THOUSANDS[decimal].fullmatch(text):
        text = text.replace("," if decimal == "." else ".", "")
    if decimal == ",":
        text = text.replace(",", ".", 1)
    return _usable(text) if _NUMBER.fullmatch(text) else None


def _usable(text: str) -> float | None:
    value = float(text)
    return value if abs(value) < LARGEST else None


# --- Dates -----------------------------------------------------------------------------------

_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %b %Y",
          "%b %d, %Y", "%d-%b-%Y")  # fmt: skip
DATE_FORMATS = tuple(f"{date}{time}" for date in _DATES for time in ("", " %H:%M", " %H:%M:%S"))
"""In the order in which they are tried: of month/day and day/month the first that fits all."""
RARE_DATE_FORMATS = ("%Y%m%d", "%Y-%m", "%Y")
"""Tried only where the user says that a column holds dates."""
_TIME = re.compile(r"(?<=\d)[T ](\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?(?: ?Z|[+-]\d{2}:?\d{2})?$")
PARTS = ("year", "month", "day", "weekday", "hour", "minute")


def plain_date(text: str) -> str:
    """A date without what no format says: the `T` before the time, fractions, the time zone."""
    return _TIME.sub(r" \1", text)
