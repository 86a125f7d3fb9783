"""What the live plots show besides curves: best values, what happened, where the mouse is."""

from __future__ import annotations

from gui import texts
from gui.plots.layer import Marker
from gui.plots.plot import Best
from gui.plots.stack import PlotStack
from gui.presenters.curve_layout import PlotSpec
from gui.presenters.curves import CurvesPresenter, Place


class LiveMarks:
    """Puts the presenter's places onto the plots, on the x axis of now."""

    def __init__(self, stack: PlotStack, presenter: CurvesPresenter) -> None:
        self._stack = stack
        self._presenter = presenter

    def show(self, plots: tuple[PlotSpec, ...]) -> None:
        """Everything, in these plots."""
        self.show_bests(plots)
        self.show_markers()

    def show_bests(self, plots: tuple[PlotSpec, ...]) -> None:
        """The best value of each plot, and the line of the best checkpoint."""
        axis, bests = self._presenter.x_axis, {}
        for plot in plots:
            value = self._presenter.best_value(plot)
            if value is not None:
                place = value.place
                bests[plot.family.key] = Best(
                    value.metric, place.on(axis), value.value, _epoch(place.epoch)
                )
        checkpoint = self._presenter.best()
        self._stack.set_bests(bests, checkpoint.on(axis) if checkpoint else None)

    def show_markers(self) -> None:
        """What happened during the training."""
        presenter = self._presenter
        places = [(presenter.place_of_step(step), text) for step, text in presenter.markers]
        axis = presenter.x_axis
        self._stack.set_markers([Marker(place.on(axis), text) for place, text in places if place])

    def show_place(self, x: float | None) -> None:
        """Where the crosshair stands, in words above the first plot."""
        place = None if x is None else self._presenter.place_at(x)
        first = next(iter(self._stack.plots.values()), None)
        if first is not None:
            first.header.readout.set_text(_readout(place) if place else "")


def _epoch(epoch: float) -> str:
    return f"{epoch:.1f}".removesuffix(".0")


def _readout(place: Place) -> str:
    epoch = f"epoch {place.epoch:.2f}"
    return f"step {texts.whole(place.step)}   {epoch}   {texts.duration(place.time)}"
