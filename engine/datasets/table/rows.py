"""A single row encoded as the table was that a model has learned from. Needs no table, no pandas
and no scikit-learn: only what an exported model says of its encoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.datasets.table.values import RARE, label, number, plain_date

ENCODING_FORMAT = 1


def encode_rows(
    encoding: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> list[list[float]]:
    """Rows, each a value by column, as the features that the model takes, before its own scaling.

    `encoding` is the JSON in `Facts.encoding`, read. A value that is missing, unknown or of the
    wrong kind is treated as such values were in training.
    """
    return [_encoded(encoding, row) for row in rows]


def words_of(encoding: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """By feature, of those that are codes: what each code stands for, from 0 on."""
    categories = (about for about in encoding["categories"] if "codes" in about)
    return {about["column"]: (RARE, *about["codes"]) for about in categories}


def _encoded(encoding: Mapping[str, Any], row: Mapping[str, Any]) -> list[float]:
    numbers = encoding["numbers"]
    found = [_measure(about, row.get(about["column"]), encoding) for about in numbers]
    known = dict(zip((about["feature"] for about in numbers), found, strict=True))
    filled = [about["fill"] if value is None else value
              for about, value in zip(numbers, found, strict=True)]  # fmt: skip
    marks = [float(known[name] is None) for name in encoding["marks"]]
    labels = [
        value
        for about in encoding["categories"]
        for value in _category(about, _text(row.get(about["column"]), encoding))
    ]
    return [*filled, *marks, *labels]


def _text(value: Any, encoding: Mapping[str, Any]) -> str:
    text = label(value)
    return "" if text in encoding["missing"] else text


def _measure(about: Mapping[str, Any], value: Any, encoding: Mapping[str, Any]) -> float | None:
    text, decimal = _text(value, encoding), encoding["decimal"]
    if "part" in about:
        found = _date(text, about["form"])
        return None if found is None else float(_PARTS[about["part"]](found))
    if isinstance(value, (int, float)):
        decimal = "."  # it is a number already, whatever mark the file has
    measure = number(text, decimal)
    excluded = [number(text) for text in encoding["missing"]]
    return None if measure in excluded else measure


_PARTS = {
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "weekday": lambda day: day.weekday(),
    "hour": lambda day: day.hour,
    "minute": lambda day: day.minute,
}


def _date(text: str, form: str) -> datetime | None:
    try:
        plain = plain_date(text)
        return datetime.strptime(plain, form) if form else datetime.fromisoformat(plain)
    except ValueError:
        return None


def _category(about: Mapping[str, Any], text: str) -> list[float]:
    """One number with the code of the value, from 1, or 0 and 1 for each value."""
    value = text or about["fill"]
    if "codes" in about:
        codes = about["codes"]
        return [float(codes.index(value) + 1 if value in codes else 0)]
    features = about["features"]
    known = value if value in features else RARE
    return [float(feature == known) for feature in features]
