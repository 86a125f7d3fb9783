"""How numbers are typed, shown and stepped in a form. Knows no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from engine.schema import Option
from gui import texts

Typed = int | float | str
"""What an entry holds: a number, or the text as typed when it is none."""


class Numbers(Protocol):
    """One way to read, write and step numbers."""

    def parse(self, text: str) -> Typed:
        """The number that is meant, or the text itself."""

    def show(self, value: Typed) -> str:
        """The text for a value; a text that is no number is shown as it is."""

    def step(self, value: Typed, steps: int) -> Typed:
        """The value so many presses of the arrow away, within the bounds."""


def _number(text: str) -> Typed:
    """An int or float, or the text itself; whole numbers beyond 64 bits become floats, which
    unlike them never fail to be computed with."""
    stripped = text.strip()
    try:
        value = int(stripped)
        return value if value.bit_length() <= 64 else float(stripped)
    except ValueError:
        pass
    try:
        return float(stripped)
    except ValueError:
        return stripped


@dataclass(frozen=True)
class Bounds:
    """The declared bounds of an option."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None

    @classmethod
    def of(cls, option: Option) -> Bounds:
        """The bounds of an option."""
        return cls(option.ge, option.gt, option.le, option.lt)

    def allow(self, value: float) -> bool:
        """Whether the value lies within."""
        return (
            (self.ge is None or value >= self.ge)
            and (self.gt is None or value > self.gt)
            and (self.le is None or value <= self.le)
            and (self.lt is None or value < self.lt)
        )

    def sentence(self) -> str:
        """The bounds in words: `from 0 to below 1`; empty when there are none."""
        low = [f"from {texts.decimal(self.ge)}"] if self.ge is not None else []
        low += [f"above {texts.decimal(self.gt)}"] if self.gt is not None else []
        high = [f"up to {texts.decimal(self.le)}"] if self.le is not None else []
        high += [f"below {texts.decimal(self.lt)}"] if self.lt is not None else []
        return ", ".join(low + high)


@dataclass(frozen=True)
class WholeNumbers:
    """Steps by one."""

    bounds: Bounds = Bounds()

    def parse(self, text: str) -> Typed:
        """`64`; a broken number stays what it is and becomes a problem."""
        return _number(text)

    def show(self, value: Typed) -> str:
        """`64`."""
        return str(value)

    def step(self, value: Typed, steps: int) -> Typed:
        """One by one; stops at the bounds."""
        low = 0 if self.bounds.ge is None else int(self.bounds.ge)
        if isinstance(value, str) or not math.isfinite(value):
            return low
        reached = round(value) + steps
        if self.bounds.ge is not None:
            reached = max(reached, int(self.bounds.ge))
        if self.bounds.le is not None:
            reached = min(reached, int(self.bounds.le))
        return reached


@dataclass(frozen=True)
class Reals:
    """How a real number is written, whatever its steps: `3e-4`, `0.0003`, `12`."""

    bounds: Bounds = Bounds()

    def parse(self, text: str) -> Typed:
        """Any way to write a number."""
        found = _number(text)
        return float(found) if isinstance(found, int) else found

    def show(self, value: Typed) -> str:
        """The shortest text of the same number."""
        return value if isinstance(value, str) else texts.decimal(value)


@dataclass(frozen=True)
class Decimals(Reals):
    """Steps by a twentieth within 0 to 1, else by a tenth of the value's decade."""

    def step(self, value: Typed, steps: int) -> Typed:
        """As many steps as the bounds allow."""
        if isinstance(value, str):
            return next((v for v in (0.0, 0.5, 1.0) if self.bounds.allow(v)), 1.0)
        for _ in range(abs(steps)):
            reached = round(value + math.copysign(self._size(value), steps), 12)
            if not self.bounds.allow(reached):
                break
            value = reached
        return value

    def _size(self, value: float) -> float:
        if not math.isfinite(value) or abs(value) > _HUGE:
            return 1.0
        if max(self.bounds.le or math.inf, 0) <= 1 or max(self.bounds.lt or math.inf, 0) <= 1:
            on_grid = math.isclose(20 * value, round(20 * value), abs_tol=1e-9)
            return 0.05 if on_grid else min(0.01, 10 ** -_places(value))
        return 0.1 if abs(value) < 1 else 10.0 ** (math.floor(math.log10(abs(value))) - 1)


def _places(value: float) -> int:
    """How many digits the value has after the point."""
    _, _, digits = f"{value:.12f}".rstrip("0").partition(".")
    return len(digits)


_HUGE = 1e15
_LADDER = (1.0, 2.0, 3.0, 5.0)
_LOWEST = 1e-6
_HIGHEST_DECADE = 300


@dataclass(frozen=True)
class Rates(Reals):
    """Log-scaled: steps 1, 2, 3, 5 through the decades; ten steps at once are a whole decade."""

    def step(self, value: Typed, steps: int) -> Typed:
        """Up and down the ladder; zero stands below its lowest rung where it is allowed."""
        if isinstance(value, str) or not math.isfinite(value):
            return 1e-3 if self.bounds.allow(1e-3) else _LOWEST
        if abs(steps) >= 10:
            return self._allowed(value, _tidy(value * 10.0 ** math.copysign(1, steps)))
        for _ in range(abs(steps)):
            value = self._allowed(value, _up(value) if steps > 0 else self._down(value))
        return value

    def _down(self, value: float) -> float:
        if value <= 0:
            return value
        if value <= _LOWEST * 1.0001 and self.bounds.allow(0.0):
            return 0.0
        exponent = math.floor(math.log10(value) + 1e-9)
        rungs = [m * 10.0**e for e in (exponent - 1, exponent) for m in _LADDER]
        return _tidy(max((rung for rung in rungs if rung < value * 0.9999), default=value))

    def _allowed(self, before: float, after: float) -> float:
        return after if math.isfinite(after) and self.bounds.allow(after) else before


def _up(value: float) -> float:
    if value < _LOWEST * 0.9999:
        return _LOWEST
    exponent = math.floor(math.log10(value) + 1e-9)
    if exponent >= _HIGHEST_DECADE:
        return value
    rungs = [m * 10.0**e for e in (exponent, exponent + 1) for m in _LADDER]
    return _tidy(min((rung for rung in rungs if rung > value * 1.0001), default=value))


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")


def numbers_for(option: Option) -> Numbers:
    """The way that fits an option of type int or float."""
    bounds = Bounds.of(option)
    if option.type == "int":
        return WholeNumbers(bounds)
    return Rates(bounds) if option.scale == "log" else Decimals(bounds)


def parse_list(text: str, kind: str) -> list[Typed]:
    """`64, 32` or `[64, 32]` or `64 32` as a list; what is no number stays text."""
    inner = text.strip().removeprefix("[").removesuffix("]").strip()
    parts = inner.replace(";", ",").split(",") if "," in inner or ";" in inner else inner.split()
    words = [part.strip() for part in parts]
    if words and not words[-1]:
        words.pop()  # a comma just typed: the next number is on its way
    if kind == "text_list":
        return list(words)
    return [_number(word) for word in words]


def show_list(values: object) -> str:
    """`64, 32`."""
    if not isinstance(values, (list, tuple)):
        return str(values)
    return ", ".join(texts.plain(value) for value in values)
