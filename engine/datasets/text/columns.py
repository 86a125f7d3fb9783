"""Which column of a table holds the text, which one the label, and whether they are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.datasets.table.values import number
from engine.datasets.text.notes import Note
from engine.datasets.text.options import Reading
from engine.problems import Problem, ProblemError, suggest

TEXTS = ("text", "message", "sentence", "review", "content", "comment", "tweet", "body", "title",
         "name", "question", "description", "sms", "document", "phrase")  # fmt: skip
LABELS = ("label", "class", "category", "target", "sentiment", "y", "language", "nationality",
          "topic", "tag", "intent", "emotion", "type", "rating", "stars", "spam")  # fmt: skip
_NAME = re.compile(r"[\w .\-/]{1,30}")
_LOOKED_AT = 1_000
_MOSTLY = 0.95


@dataclass(frozen=True)
class Columns:
    """The places of the two columns, and what was assumed."""

    text: int
    label: int
    notes: tuple[Note, ...] = ()


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: it has usual names of a text and of a label, or one
    of them or short names alone that do not come again below."""
    first, below = rows[0], rows[1:]
    cells = [cell.strip().lower() for cell in first]
    if any(cell in TEXTS for cell in cells) and any(cell in LABELS for cell in cells):
        return True
    again = any(
        cell in {row[place].strip().lower() for row in below if place < len(row)}
        for place, cell in enumerate(cells)
    )
    if again or len(set(cells)) < len(cells):
        return False
    if any(cell in TEXTS or cell in LABELS for cell in cells):
        return True
    named = all(_NAME.fullmatch(cell) and number(cell) is None for cell in cells)
    longer = max((len(cell) for row in below for cell in row), default=0)
    return bool(below) and named and longer > 2 * max(map(len, cells))


def choose_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], reading: Reading
) -> Columns:
    """The columns that are asked for, or the likeliest. Raises ProblemError with all that is wrong
    with the choice, or when no column holds texts."""
    _check_names(names, reading)
    sample = rows[:: max(1, len(rows) // _LOOKED_AT)]
    label_at = names.index(reading.label_column) if reading.label_column else None
    text = _text_column(names, sample, reading, label_at)
    label = label_at if label_at is not None else _label_column(names, sample, text)
    said = []
    if not reading.text_column:
        said.append(Note(names[text], "taken for the text"))
    if not reading.label_column:
        said.append(Note(names[label], "taken for the label"))
    return Columns(text, label, tuple(said))


def _check_names(names: Sequence[str], reading: Reading) -> None:
    given = {"text_column": reading.text_column, "label_column": reading.label_column}
    problems = [
        Problem(f"dataset.{option}", f"There is no column {name!r}", suggest(name, list(names)))
        for option, name in given.items() if name and name not in names
    ]  # fmt: skip
    if reading.text_column and reading.text_column == reading.label_column:
        sentence = f"{reading.text_column!r} cannot be both the text and the label"
        problems.append(Problem("dataset.label_column", sentence, "choose another column"))
    if problems:
        raise ProblemError(problems)


def _text_column(
    names: Sequence[str], rows: Sequence[Sequence[str]], reading: Reading, label: int | None
) -> int:
    if reading.text_column:
        place = names.index(reading.text_column)
        if _numeric(rows, place):
            raise ProblemError(_only_numbers(names[place]))
        return place
    worded = [p for p in range(len(names)) if p != label and not _numeric(rows, p)]
    if not worded:
        raise ProblemError(_only_numbers(names[0] if label != 0 else names[-1]))
    called = [p for p in worded if names[p].lower() in TEXTS]
    return max(called or worded, key=lambda place: (_length(rows, place), -place))


def _only_numbers(name: str) -> Problem:
    hint = "choose the column of texts, or set dataset=table for tables of numbers"
    return Problem("dataset.text_column", f"{name!r} holds only numbers", hint)


def _numeric(rows: Sequence[Sequence[str]], place: int) -> bool:
    given = [row[place].strip() for row in rows if row[place].strip()]
    numbers = sum(number(cell) is not None for cell in given)
    return bool(given) and numbers >= _MOSTLY * len(given)


def _length(rows: Sequence[Sequence[str]], place: int) -> int:
    return sum(len(row[place]) for row in rows)


def _label_column(names: Sequence[str], rows: Sequence[Sequence[str]], text: int) -> int:
    others = [place for place in range(len(names)) if place != text]
    called = [place for place in others if names[place].lower() in LABELS]
    if called:
        return min(called, key=lambda place: LABELS.index(names[place].lower()))
    distinct = {place: len({row[place].strip() for row in rows}) for place in others}
    varied = [place for place in others if distinct[place] > 1]
    return min(varied or others, key=lambda place: (distinct[place], place))
