"""What should be said of texts although it is no problem: what was assumed, what is left out."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NAMED = 100
"""Notes that are written out one by one; of more, the rest is counted."""


@dataclass(frozen=True)
class Note:
    """One sentence about a file or a column, or about all texts when `what` is empty."""

    what: str
    sentence: str

    def __str__(self) -> str:
        return f"{shown(self.what)}: {self.sentence}" if self.what else self.sentence


def shown(name: str) -> str:
    """A name that can be written anywhere; one that is no proper text keeps what can be."""
    return name.encode("utf-8", "replace").decode()


def lines(notes: tuple[Note, ...]) -> tuple[str, ...]:
    """The notes as lines for a log."""
    named = tuple(str(note) for note in notes[:MOST_NAMED])
    rest = len(notes) - len(named)
    return (*named, f"and {rest:,} more notes") if rest else named
