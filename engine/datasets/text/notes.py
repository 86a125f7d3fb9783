"""What should be said of texts although it is no problem: what was assumed, what is left out."""

from __future__ import annotations

from dataclasses import dataclass

from engine.datasets import notes as common
from engine.datasets.notes import shown as shown


@dataclass(frozen=True)
class Note:
    """One sentence about a file or a column, or about all texts when `what` is empty; `lost` when
    something is left out."""

    what: str
    sentence: str
    lost: bool = False

    def __str__(self) -> str:
        return f"{shown(self.what)}: {self.sentence}" if self.what else self.sentence


def lines(notes: tuple[Note, ...]) -> tuple[str, ...]:
    """The notes as lines for a log."""
    return common.lines(notes, "notes")
