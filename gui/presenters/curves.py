"""What the live plots show: which metric where, over which x, and what is new since last time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite, log10
from typing import Any

import numpy as np

from engine.runs.metriclog import MetricSource, Points
from engine.training.events import Progress
from gui.presenters.curve_layout import (
    SMALLER_IS_BETTER,
    CurveSpec,
    Overlay,
    PlotSpec,
    layout,
    long_name,
    run_of,
    split_of,
)
from gui.presenters.feeds import X_AXES, Compared, Feed, Update, XAxis

DEFAULT_SMOOTHING = 0.8
"""An average over five batches: more would lag behind in a run of a few hundred."""

SLIDER = 100
"""Positions of the smoothing slider."""


@dataclass(frozen=True)
class Place:
    """Where a training was: optimizer step, epochs done, seconds trained."""

    step: int
    epoch: float
    time: float

    def on(self, axis: XAxis) -> float:
        """Its x on an axis."""
        return float(getattr(self, axis))


@dataclass(frozen=True)
class BestValue:
    """The best that was measured of a metric, and where."""

    metric: str
    place: Place
    value: float


@dataclass(frozen=True)
class Course:
    """What is known of x: the least span to show, where it ends if that is known, still going."""

    least: float
    end: float | None
    live: bool


def weight_of(position: int) -> float:
    """The smoothing weight of a slider position: averages over 1 to 1,000 points, evenly spread."""
    return 1.0 - 10.0 ** (-3.0 * position / SLIDER) if position > 0 else 0.0


def position_of(weight: float) -> int:
    """The slider position nearest to a weight."""
    return round(-log10(max(1e-3, 1.0 - weight)) * SLIDER / 3.0)


class CurvesPresenter:
    """State of the live plots. Call `poll` as often as the screen is to change."""

    def __init__(self) -> None:
        self.x_axis: XAxis = "step"
        self.smoothing = DEFAULT_SMOOTHING
        self.log = False
        self.hidden: set[str] = set()
        self.extras: set[str] = set()
        self.source: MetricSource | None = None
        self.main = ""
        self.markers: list[tuple[int, str]] = []
        self.compared: dict[str, Compared] = {}
        """The runs that are laid over the open one, by their key."""
        self._progress: Progress | None = None
        self._feeds: dict[str, Feed] = {}
        self._best: Place | None = None

    def open(
        self, source: MetricSource, main_metric: str, progress: Progress | None = None
    ) -> None:
        """Show another training; `progress` if it is live in this process."""
        self.close()
        self.source, self._progress = source, progress
        self.main = split_of(main_metric)[1]

    def set_compared(self, runs: list[Compared]) -> None:
        """Lay these runs over the open one; those that stay keep what was read of them."""
        before, self.compared = self.compared, {run.key: run for run in runs}
        stays = {
            key for key, run in self.compared.items()
            if key in before and before[key].source is run.source
        }  # fmt: skip
        gone = before.keys() - stays
        self.forget([key for key in self._feeds if run_of(key) in gone])

    def close(self) -> None:
        """Show no open run; choices and compared runs are kept."""
        self.source, self._progress, self._best = None, None, None
        self.markers = []
        self._feeds.clear()

    # --- What is shown ------------------------------------------------------------------------

    def plots(self) -> tuple[PlotSpec, ...]:
        """The plots of now, with the curves that are recorded."""
        extras = self.extras & {base for base, _name in self.offered()} if self.extras else set()
        overlays = tuple(
            Overlay(run.key, run.color, run.source.names()) for run in self.compared.values()
        )
        return layout(self._names(), self._main(), frozenset(extras), overlays)

    @property
    def empty(self) -> bool:
        """Whether neither a run is open nor one compared."""
        return self.source is None and not self.compared

    def offered(self) -> list[tuple[str, str]]:
        """Metrics that can be switched on, as (metric without split, name)."""
        others = (name for run in self.compared.values() for name in run.source.names())
        splits = [split_of(name) for name in (*self._names(), *others)]
        bases = dict.fromkeys(base for split, base in splits if split != "test")
        always = ("loss", self._main(), "lr")
        return [(base, long_name(base)) for base in bases if base not in always]

    def weight(self, spec: CurveSpec) -> float:
        """How much a curve is smoothed: measured values and learning rates are exact already."""
        return self.smoothing if split_of(spec.metric)[0] == "train" else 0.0

    def set_x_axis(self, axis: XAxis) -> None:
        """Show the curves over something else; the next poll gives all points again."""
        self.x_axis = axis
        self._feeds.clear()

    def poll(self, plots: tuple[PlotSpec, ...]) -> list[Update]:
        """What is new, curve by curve, in the plots on the screen; empty when nothing is.

        These are given, because the training may announce another metric at any moment.
        """
        updates = []
        for spec in (curve for plot in plots for curve in plot.curves):
            source = self._source_of(spec)
            if source is None:
                continue
            feed = self._feeds.setdefault(spec.key, Feed(spec.key))
            update = feed.poll(source.series(spec.metric), self.x_axis)
            if update is not None:
                updates.append(update)
        return updates

    def forget(self, keys: Iterable[str]) -> None:
        """These curves were taken off the screen: give all their points when they come back."""
        for key in keys:
            self._feeds.pop(key, None)

    def course(self) -> Course:
        """How x goes on: known for a live training, over for any other."""
        least = {"step": 100.0, "epoch": 1.0, "time": 10.0}[self.x_axis]
        progress = self._progress
        if progress is None or progress.phase == "ended":
            return Course(least, None, live=False)
        ends = {"step": progress.total_steps, "epoch": progress.epochs, "time": None}
        return Course(least, float(ends[self.x_axis] or 0) or None, live=True)

    @property
    def racing(self) -> bool:
        """Whether values come faster than anyone can read them."""
        return self._progress is not None and self._progress.phase in ("training", "validating")

    # --- Places -------------------------------------------------------------------------------

    def place_at(self, x: float) -> Place | None:
        """The recorded place nearest to x on the current axis."""
        return self._nearest(x, self.x_axis)

    def place_of_step(self, step: int) -> Place | None:
        """The recorded place nearest to an optimizer step."""
        return self._nearest(step, "step")

    def mark_best(self, epoch: float, step: int) -> None:
        """Say which evaluation the best checkpoint is of.

        Without it, it is the one with the best main metric.
        """
        known = self.place_of_step(step)
        self._best = Place(step, epoch, known.time if known else 0.0)

    def best(self) -> Place | None:
        """The evaluation that the best checkpoint is of."""
        if self._best is not None:
            return self._best
        computed = self._best_of(f"val_{self.main}")
        return computed.place if computed else None

    def best_value(self, plot: PlotSpec) -> BestValue | None:
        """The best value of the foremost measured curve of a plot."""
        measured = (curve.metric for curve in plot.curves if curve.measured and not curve.run)
        return next((best for metric in measured if (best := self._best_of(metric))), None)

    def _best_of(self, metric: str) -> BestValue | None:
        """The lowest loss or error, the highest of anything else; never nan or infinite."""
        points = self._points(metric)
        values = points["value"] if points is not None else np.empty(0)
        finite = np.flatnonzero(np.isfinite(values))
        if points is None or not len(finite):
            return None
        sign = 1.0 if split_of(metric)[1] in SMALLER_IS_BETTER else -1.0
        point = points[int(finite[np.argmin(sign * values[finite])])]
        return BestValue(metric, _place(point), float(point["value"]))

    def _nearest(self, x: float, axis: XAxis) -> Place | None:
        longest = max(self._all_points(), key=len, default=None)
        if longest is None or not len(longest) or not isfinite(x):
            return None
        column = longest[axis]
        x = float(x)  # steps are unsigned: differences only as floats
        after = min(bisect_left(column, x), len(column) - 1)
        before = max(0, after - 1)
        nearer = x - float(column[before]) < float(column[after]) - x
        return _place(longest[before if nearer else after])

    def _all_points(self) -> Iterator[Points]:
        """Of the open run; without one, of those that are compared."""
        others = [run.source for run in self.compared.values()]
        for source in [self.source] if self.source is not None else others:
            yield from (source.series(name).since(0) for name in source.names())

    def _source_of(self, spec: CurveSpec) -> MetricSource | None:
        if not spec.run:
            return self.source
        return self.compared[spec.run].source if spec.run in self.compared else None

    def _main(self) -> str:
        """The open run's main metric; without one, that of the first that is compared."""
        if self.source is not None:
            return self.main
        return next((run.main for run in self.compared.values() if run.main), self.main)

    def _points(self, name: str) -> Points | None:
        if self.source is None or name not in self._names():
            return None
        return self.source.series(name).since(0)

    def _names(self) -> tuple[str, ...]:
        return self.source.names() if self.source else ()

    # --- Choices that outlive a run -----------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """The choices, in plain values."""
        return {
            "x_axis": self.x_axis, "smoothing": self.smoothing, "log": self.log,
            "hidden": sorted(self.hidden), "extras": sorted(self.extras),
        }  # fmt: skip

    def restore(self, settings: dict[str, Any]) -> None:
        """Take choices that `settings` gave; what is not understood is left as it is."""
        if settings.get("x_axis") in X_AXES:
            self.set_x_axis(settings["x_axis"])
        smoothing = settings.get("smoothing")
        if isinstance(smoothing, int | float) and 0 <= smoothing < 1:
            self.smoothing = float(smoothing)
        if isinstance(settings.get("log"), bool):
            self.log = settings["log"]
        for name in ("hidden", "extras"):
            held = settings.get(name)
            if isinstance(held, list | tuple):
                setattr(self, name, {item for item in held if isinstance(item, str)})


def _place(point: Any) -> Place:
    return Place(int(point["step"]), float(point["epoch"]), float(point["time"]))
