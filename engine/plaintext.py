"""Text from files that anyone may have written, made fit for a table and a terminal."""

from __future__ import annotations

from typing import Any


def printable(value: Any) -> str:
    """Text without the characters that move a cursor or hide; of anything else, nothing."""
    shown = value if isinstance(value, str) else ""
    if shown.isprintable():
        return shown
    return "".join(map(_shown, shown))


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in "\n\t":
        return letter
    return " " if letter.isspace() and letter > "\x9f" else ""  # a space of another kind


def one_line(value: Any) -> str:
    """Printable text on one line, with single spaces."""
    return " ".join(printable(value).split())
