"""What should be said of a table although it is no problem: what was assumed, what is left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """One sentence about a column, or about the whole table when `column` is empty; `lost` when
    something is left out."""

    column: str
    sentence: str
    lost: bool = False

    def __str__(self) -> str:
        return f"{self.column}: {self.sentence}" if self.column else self.sentence


@dataclass(frozen=True)
class ColumnSeen:
    """What was made of a column: `role` is its kind, `constant`, `target`, or `ignored`."""

    name: str
    role: str
    distinct: int
    gaps: int


def listed(items: list[str], most: int = 3) -> str:
    """The first few of a list in words: `a, b, c and 4 more`."""
    shown, rest = items[:most], len(items) - most
    return ", ".join(shown) + (f" and {rest:,} more" if rest > 0 else "")
