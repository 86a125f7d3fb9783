"""Where the ticks of an axis stand and what they say: linear, logarithmic, time."""

from __future__ import annotations

from math import ceil, floor, log10

from gui.plots.ranges import Limits, round_step
from gui.plots.text import Format, exponent, tick_texts

Ticks = list[tuple[float, str]]
"""(position in the view, label); for a logarithmic axis the position is a logarithm."""

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_SLACK = 1e-6
_DECADE_PARTS = ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,))


def linear_ticks(view: Limits, most: float, kind: Format, whole: bool = False) -> Ticks:
    """About `most` ticks at round values; `whole` for axes on which only integers make sense."""
    step = _time_step(view.span, most) if kind == "time" else round_step(view.span, most)
    if whole:
        step = max(1.0, step)
    values = _multiples(view, step)
    return list(zip(values, tick_texts(values, step, kind), strict=True))


def log_ticks(view: Limits, most: float) -> Ticks:
    """About `most` ticks at round values; `view` is in decimal logarithms, as are positions."""
    decades = range(floor(view.low), ceil(view.high) + 1)
    for parts in _DECADE_PARTS:
        places = [decade + log10(part) for decade in decades for part in parts]
        inside = [place for place in places if view.low <= place <= view.high]
        if 3 <= len(inside) <= most:
            return [(place, _decade_text(place)) for place in inside]
    if len(inside) < 3:
        shown = Limits(10.0**view.low, 10.0**view.high)
        return [(log10(at), text) for at, text in linear_ticks(shown, most, "number") if at > 0]
    every = ceil(len(inside) / most)
    return [(place, _decade_text(place)) for place in inside if round(place) % every == 0]


def _decade_text(place: float) -> str:
    """The label of a tick at `10 ** place`."""
    number = 10.0**place
    if 1 <= number < 1e7:
        return f"{number:,.0f}"
    return f"{number:.6g}" if 1e-3 <= number < 1 else exponent(number)


def _multiples(view: Limits, step: float) -> list[float]:
    first = ceil(view.low / step - _SLACK)
    last = floor(view.high / step + _SLACK)
    return [number * step for number in range(first, last + 1)]


def _time_step(span: float, most: float) -> float:
    wanted = span / most
    if wanted < 1:
        return max(1.0, round_step(span, most))
    if wanted > _SECONDS[-1]:
        return 86400.0 * round_step(span / 86400.0, most)
    return float(next(step for step in _SECONDS if step >= wanted))
