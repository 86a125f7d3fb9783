"""The labels of ticks and of values in a legend, by the kind of quantity."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, isfinite, log10
from typing import Literal

from gui import texts

Format = Literal["number", "percent", "rate", "time"]


def percent(fraction: float) -> str:
    """A fraction as `98.6 %`; `nan` and `inf` as they are."""
    return texts.percent(fraction) if isfinite(fraction) else texts.significant(fraction)


def rate(number: float) -> str:
    """A learning rate: `3e-4`, `2.32e-3`, `0.05`."""
    return exponent(number, 2) if 0 < number < 0.01 else texts.significant(number)


FORMATTERS: dict[Format, Callable[[float], str]] = {
    "number": texts.significant,
    "percent": percent,
    "rate": rate,
    "time": texts.duration,
}
"""How one value is written."""


def tick_texts(values: list[float], step: float, kind: Format = "number") -> list[str]:
    """The labels of the ticks of one axis, all with the decimals that `step` calls for."""
    if kind == "time":
        return [texts.duration(number) for number in values]
    if kind == "percent":
        return [f"{text} %" for text in tick_texts([100 * v for v in values], 100 * step)]
    largest = max((abs(number) for number in values), default=0.0)
    if 0 < largest < 0.01 or largest >= 1e7:
        digits = floor(log10(largest)) - floor(log10(step)) if step < largest else 0
        return ["0" if number == 0 else exponent(number, max(1, digits)) for number in values]
    decimals = max(0, -floor(log10(step) + 1e-9))
    return [f"{number:,.{decimals}f}" for number in values]


def exponent(value: float, digits: int = 1) -> str:
    """`3e-4`, `2.5e-4`: a mantissa of at most `digits` decimals without trailing zeros."""
    mantissa, power = f"{value:.{digits}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(power)}"
