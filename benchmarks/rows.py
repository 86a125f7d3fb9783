"""A row of the report: what is aimed at, what was measured, and whether it is enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.harness import Found, Spread, ratios

Side = Literal["at most", "at least"]
Source = Callable[[Found], Spread | None]
"""Takes a value, or several, from what was measured; None where that is not there."""


@dataclass(frozen=True)
class Row:
    """One aim. `number` is the group it belongs to, `bound` the limit that the median keeps; a row
    without a bound only informs."""

    number: int
    title: str
    unit: str
    source: Source
    bound: float | None = None
    side: Side = "at most"
    digits: int = 2

    def measured(self, found: Found) -> Measured | None:
        """The row with its value; None where nothing was measured for it."""
        spread = self.source(found)
        return None if spread is None else Measured(self, spread)

    def text(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:,.{self.digits}f}{UNITS.get(self.unit, ' ' + self.unit)}"

    @property
    def target(self) -> str:
        """What is aimed at, in words."""
        return "" if self.bound is None else f"{self.side} {self.text(self.bound)}"


UNITS = {"x": "×", "%": " %", "": ""}
"""How a unit is written where it is not simply set after the number."""


@dataclass(frozen=True)
class Measured:
    """A row with what was measured."""

    row: Row
    spread: Spread

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the bound; None where there is none."""
        if self.row.bound is None:
            return None
        if self.row.side == "at most":
            return self.spread.median <= self.row.bound
        return self.spread.median >= self.row.bound

    @property
    def verdict(self) -> str:
        """The same in a word."""
        return {True: "met", False: "not met", None: ""}[self.met]

    @property
    def range(self) -> str:
        """Lowest to highest; nothing for a single measurement."""
        low, high = min(self.spread.values), max(self.spread.values)
        if len(self.spread.values) == 1:
            return ""
        return f"{low:,.{self.row.digits}f} to {high:,.{self.row.digits}f}"

    def cells(self) -> tuple[str, ...]:
        """A line of the table."""
        row = self.row
        value = row.text(self.spread.median)
        return (str(row.number), row.title, value, self.range, row.target, self.verdict)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        row = self.row
        return {
            "number": row.number, "title": row.title, "unit": row.unit, "side": row.side,
            "bound": row.bound, "met": self.met, **self.spread.as_json(),
        }  # fmt: skip


COLUMNS = ("", "", "measured", "lowest to highest", "target", "")


# --- Where a row's value comes from ---------------------------------------------------------------


def value(job: str, key: str) -> Source:
    """A value as it was measured."""
    return lambda found: found.get(job, {}).get(key)


def quotient(of: Source, to: Source) -> Source:
    """One value in parts of another of the same turn."""

    def source(found: Found) -> Spread | None:
        above, below = of(found), to(found)
        return None if above is None or below is None else ratios(above, below)

    return source


def difference(of: Source, to: Source) -> Source:
    """What one value has beyond another of the same turn."""

    def source(found: Found) -> Spread | None:
        more, less = of(found), to(found)
        if more is None or less is None:
            return None
        pairs = zip(more.values, less.values, strict=False)
        return Spread(tuple(a - b for a, b in pairs))

    return source


def worst(*sources: Source) -> Source:
    """The largest of several values of the same turn, of those that were measured."""

    def source(found: Found) -> Spread | None:
        there = [spread.values for each in sources if (spread := each(found)) is not None]
        return Spread(tuple(map(max, zip(*there, strict=False)))) if there else None

    return source
