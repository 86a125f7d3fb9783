"""Text from files that anyone may have written, made fit for a table and a terminal."""

from __future__ import annotations

from typing import Any


def printable(value: Any) -> str:
    """Text without the characters that move a cursor or hide; of anything else, nothing."""
    shown = value if isinstance(value, str) else ""
    if shown.isprintable():
        return shown
    return "".join(letter for letter in shown if letter.isprintable() or letter in "\n\t")


def one_line(value: Any) -> str:
    """Printable text on one line, with single spaces."""
    return " ".join(printable(value).split())
