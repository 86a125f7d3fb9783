"""What a dataset says of the data although it is no problem, as the lines of a log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

MOST_NAMED = 100
"""Notes that are written out one by one; of more, the rest is counted."""


class LeftOut(str):
    """A line that says of something that it is not learned from: a warning. Other lines say what
    was found out or chosen."""

    __slots__ = ()


class Noted(Protocol):
    """A note of any kind of data."""

    @property
    def lost(self) -> bool:
        """Whether something is left out."""
        ...


def said(notes: Iterable[Noted]) -> tuple[str, ...]:
    """The notes as lines for a log."""
    return tuple(LeftOut(note) if note.lost else str(note) for note in notes)


def lines(notes: Sequence[Noted], rest: str) -> tuple[str, ...]:
    """The same, of very many the first. `rest` is what the others are called, such as files."""
    named = said(notes[:MOST_NAMED])
    more = len(notes) - len(named)
    last = f"and {more:,} more {rest}"
    return (*named, LeftOut(last) if notes[-1].lost else last) if more else named


def shown(name: str) -> str:
    """A name that can be written anywhere; one that is no proper text keeps what can be."""
    return name.encode("utf-8", "replace").decode()
