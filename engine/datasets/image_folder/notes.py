"""What was noticed about single files of a folder: plain values, to be listed or logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.datasets import notes as common
from engine.datasets.notes import shown as shown


@dataclass(frozen=True)
class Note:
    """A file or folder, relative to the chosen one, and one sentence on what became of it."""

    file: str
    sentence: str
    lost: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{shown(self.file)}: {self.sentence}"


def lines(notes: tuple[Note, ...]) -> tuple[str, ...]:
    """The notes as lines for a log."""
    return common.lines(notes, "files")
