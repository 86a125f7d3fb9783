"""One curve: its points, their smoothed values, and the few of both that are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gui.plots.decimate import Envelope
from gui.plots.growing import FloatArray
from gui.plots.ranges import Limits
from gui.plots.smoothing import Smoother, at_ends
from gui.plots.style import CurveLook
from gui.plots.text import Format

Points = tuple[FloatArray, FloatArray]

ROUGH = 128
"""A long curve is first smoothed at the end of each of so many points."""

_LONG = 1 << 17
"""Points from which on that is done: fewer are smoothed at once."""


@dataclass(frozen=True)
class CurveInfo:
    """What a curve is: its key, the word in the legend, its look and how values are written."""

    key: str
    label: str
    look: CurveLook
    format: Format = "number"
    run: str = ""
    """The key of the compared run that it is of; empty for the open run."""


class Curve:
    """A growing curve. `version` rises with every change of what would be drawn."""

    def __init__(self, info: CurveInfo, weight: float = 0.0) -> None:
        self.info = info
        self.shown = True
        self.version = 0
        self._raw = Envelope()
        self._smooth = Envelope(along=self._raw)
        self._smoother = Smoother(weight)
        self.rough = False
        """Whether the smoothed line is not yet that of every point; `settle` makes it so."""
        self._drawn: tuple[tuple[Limits, int], Points, Points | None] | None = None

    def __len__(self) -> int:
        return len(self._raw)

    @property
    def smoothed(self) -> bool:
        """Whether the strong line is an average, with the raw values faint beneath."""
        return self._smoother.weight > 0

    @property
    def strong(self) -> Envelope:
        """What the strong line shows: the smoothed values, or the raw ones."""
        return self._smooth if self.smoothed else self._raw

    def append(self, x: FloatArray, y: FloatArray) -> None:
        """Add points at the end."""
        self._raw.append(x, y)
        if self.smoothed and len(self._raw) - len(self._smooth) > _LONG and not self.rough:
            self._restart_smoothing(self._smoother.weight)
        elif self.smoothed:
            self.settle()
            self._smooth_rest()
        self.version += 1

    def clear(self) -> None:
        """Forget all points."""
        self._raw.clear()
        self._restart_smoothing(self._smoother.weight)

    def set_smoothing(self, weight: float) -> None:
        """Average over the past with this weight, 0 for none; all points anew."""
        if weight != self._smoother.weight:
            self._restart_smoothing(weight)

    def _restart_smoothing(self, weight: float) -> None:
        self._smoother = Smoother(weight)
        self._smooth = Envelope(along=self._raw)
        self.rough = False
        if self.smoothed and not self._smooth_roughly():
            self._smooth_rest()
        self.version += 1

    def _smooth_roughly(self) -> bool:
        """Whether the curve is so long, and without gaps, that a first impression is worth it."""
        x, y = self._raw.x, self._raw.y
        if len(y) < _LONG:
            return False
        averages = at_ends(y, self._smoother.weight, ROUGH)
        if not np.isfinite(averages[-1]):  # a gap spoils all that come after it
            return False
        self._smooth = Envelope()
        self._smooth.append(x[ROUGH - 1 :: ROUGH], averages)
        self.rough = True
        return True

    def settle(self) -> None:
        """Smooth every point of a curve that was smoothed roughly."""
        if self.rough:
            self.rough = False
            self._smooth = Envelope(along=self._raw)
            self._smooth_rest()
            self.version += 1

    def _smooth_rest(self) -> None:
        """The points that have been added since the last time."""
        new = slice(len(self._smooth), None)
        self._smooth.append(self._raw.x[new], self._smoother.extend(self._raw.y[new]))

    def ends(self) -> Limits | None:
        """The first and last x, None without points."""
        return Limits(float(self._raw.x[0]), float(self._raw.x[-1])) if len(self) else None

    def drawn(self, x: Limits) -> tuple[Points, Points | None]:
        """The points of the strong line within `x`, and of the raw one beneath if it differs."""
        key = (x, self.version)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, *self._choose(x))
        return self._drawn[1], self._drawn[2]

    def _choose(self, x: Limits) -> tuple[Points, Points | None]:
        """A compared curve has no raw one beneath: those of several runs would hide each other."""
        if not self.smoothed:
            return self._raw.visible(x.low, x.high), None
        beneath = not self.info.look.compared
        raw = self._raw.visible(x.low, x.high) if beneath else None
        return self._smooth.visible(x.low, x.high), raw

    def extent(self, x: Limits, positive: bool = False) -> Limits | None:
        """The smallest and largest finite value within `x`, None when there is none."""
        strong, raw = self.drawn(x)
        places, values = strong if raw is None else raw
        usable = np.isfinite(values) & (values > 0) if positive else np.isfinite(values)
        inside = usable & (places >= x.low) & (places <= x.high)
        chosen = values[inside if inside.any() else usable]
        return Limits(float(chosen.min()), float(chosen.max())) if len(chosen) else None

    def at(self, x: float) -> tuple[float, float] | None:
        """The point of the strong line nearest to x."""
        index = self.strong.nearest(x)
        return None if index is None else self._point(index)

    def reaches(self, x: float, slack: float) -> bool:
        """Whether x is between the ends, or at most `slack` beyond them."""
        ends = self.ends()
        return ends is not None and ends.low - slack <= x <= ends.high + slack

    def last(self) -> tuple[float, float] | None:
        """The newest point of the strong line."""
        return self._point(-1) if len(self) else None

    def _point(self, index: int) -> tuple[float, float]:
        return float(self.strong.x[index]), float(self.strong.y[index])
