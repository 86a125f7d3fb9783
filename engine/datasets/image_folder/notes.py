"""What was noticed about single files of a folder: plain values, to be listed or logged."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NAMED = 100
"""Notes that are written out one by one; of more, the rest is counted."""


@dataclass(frozen=True)
class Note:
    """A file or folder, relative to the chosen one, and one sentence on what became of it."""

    file: str
    sentence: str

    def __str__(self) -> str:
        return f"{shown(self.file)}: {self.sentence}"


def shown(name: str) -> str:
    """A file name that can be written anywhere; one that is no proper text keeps what can be."""
    return name.encode("utf-8", "replace").decode()


def lines(notes: tuple[Note, ...]) -> tuple[str, ...]:
    """The notes as lines for a log."""
    named = tuple(str(note) for note in notes[:MOST_NAMED])
    rest = len(notes) - len(named)
    return (*named, f"and {rest:,} more files") if rest else named
