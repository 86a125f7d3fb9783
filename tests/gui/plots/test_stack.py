"""Stacked plots: one x axis, one crosshair, one fit."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.layer import Marker
from gui.plots.plot import PlotInfo
from gui.plots.ranges import Course, Limits
from gui.plots.spares import Spares

from .conftest import LOSS, RATE, TRAIN, VAL, feed

KEYS = {"loss", "share", "lr"}


@pytest.fixture
def filled(stack):
    curves = stack.curves()
    feed(curves["train_loss"], range(1, 901), np.linspace(2.0, 0.1, 900))
    feed(curves["lr"], range(1, 901), np.full(900, 3e-4))
    feed(curves["val_accuracy"], range(100, 901, 100), np.linspace(0.5, 0.9, 9))
    stack.course = Course(least=100.0, live=True)
    stack.refresh(KEYS)
    return stack


def ranges(stack):
    return {plot.x_limits for plot in stack.plots.values()}


def test_all_plots_show_the_same_x(filled):
    (shown,) = ranges(filled)
    assert shown == Limits(0.0, 1000.0).padded(0.008)


def test_x_grows_in_coarse_steps_with_the_data(filled):
    seen = set()
    for end in range(901, 2001):
        feed(filled.curves()["train_loss"], [end], [0.1])
        filled.refresh({"loss"})
        seen |= ranges(filled)
    assert len(seen) == 4  # to 1,000, 1,250, 1,500 and 2,000


def test_a_zoom_of_one_zooms_all_and_holds_while_data_comes(filled, qtbot):
    view = filled.plots["share"].view
    with qtbot.waitSignal(filled.taken) as caught:
        view.x_taken.emit()
        view.setXRange(200, 300, padding=0)
    assert caught.args == [True]
    assert not filled.is_free
    feed(filled.curves()["train_loss"], range(901, 5001), np.zeros(4100))
    filled.refresh(KEYS)
    assert ranges(filled) == {Limits(200.0, 300.0)}


def test_fit_shows_everything_and_follows_again(filled, qtbot):
    view = filled.plots["loss"].view
    view.x_taken.emit()
    view.setXRange(200, 300, padding=0)
    view.y_taken.emit()
    view.setYRange(7, 8, padding=0)
    with qtbot.waitSignal(filled.taken) as caught:
        filled.plots["loss"].view.fit_requested.emit()
    assert caught.args == [False]
    assert filled.is_free
    assert ranges(filled) == {Limits(0.0, 1000.0).padded(0.008)}
    assert filled.plots["loss"].view.viewRange()[1][1] < 3


def test_when_the_training_is_over_x_fits_exactly(filled):
    filled.course = Course(least=100.0)
    filled.refresh(set())
    assert ranges(filled) == {Limits(0.0, 900.0).padded(0.008)}


def test_the_crosshair_stands_in_all_plots_on_a_point(filled, qtbot):
    with qtbot.waitSignal(filled.hovered) as caught:
        filled.hover(250.4)
    assert caught.args == [250.0]
    assert {plot.layer.scene_data.crosshair for plot in filled.plots.values()} == {250.0}
    header = filled.plots["share"].header
    assert header.entries["val_accuracy"].value == "55.0 %"
    filled.hover(None)
    assert header.entries["val_accuracy"].value == "90.0 %"


def test_the_mouse_moves_the_crosshair_after_a_moment(filled, qtbot):
    with qtbot.waitSignal(filled.hovered):
        filled.plots["loss"].hovered.emit(10.0)
        filled.plots["loss"].hovered.emit(20.2)
    assert filled.plots["lr"].layer.scene_data.crosshair == 20.0


def test_over_nothing_there_is_no_crosshair(stack):
    stack.hover(5.0)
    assert stack.plots["loss"].layer.scene_data.crosshair is None


def test_only_the_lowest_plot_labels_x(filled):
    visible = [p.canvas.plotItem.getAxis("bottom").isVisible() for p in filled.plots.values()]
    filled.set_x_ticks(lambda _view, _most: [(0.0, "0")])
    labelled = [p.canvas.plotItem.getAxis("bottom").isVisible() for p in filled.plots.values()]
    assert visible == [False, False, False]
    assert labelled == [False, False, True]


def test_marks_are_lines_everywhere_and_words_once(filled):
    filled.set_markers([Marker(100.0, "saved")])
    labels = [plot.layer.scene_data.markers[0].label for plot in filled.plots.values()]
    assert labels == ["saved", "", ""]


def test_only_plots_with_news_are_painted(filled, qtbot, monkeypatch):
    painted = []
    for key, plot in filled.plots.items():
        monkeypatch.setattr(plot.layer, "update", lambda *_part, key=key: painted.append(key))
    feed(filled.curves()["lr"], [901], [3e-4])
    filled.refresh({"lr"})
    assert painted == ["lr"]


def test_plots_come_and_go_and_what_stays_keeps_points_and_range(filled):
    view = filled.plots["loss"].view
    view.x_taken.emit()
    view.setXRange(200, 300, padding=0)
    filled.set_layout([(LOSS, [VAL, TRAIN]), (RATE, [])], {})
    assert list(filled.plots) == ["loss", "lr"]
    assert len(filled.curves()["train_loss"]) == 900
    from .conftest import SHARE

    filled.set_layout([(LOSS, [VAL, TRAIN]), (SHARE, []), (RATE, [])], {})
    assert ranges(filled) == {Limits(200.0, 300.0)}


def test_long_curves_are_smoothed_point_by_point_once_nothing_moves(stack, qtbot):
    train = stack.curves()["train_loss"]
    feed(train, range(150_000), np.random.default_rng(0).normal(size=150_000))
    stack.refresh({"loss"})
    assert not train.rough
    stack.set_smoothing({"train_loss": 0.9})
    assert train.rough
    qtbot.waitUntil(lambda: not train.rough)
    assert len(train.strong) == 150_000


def test_plots_that_were_prepared_are_the_ones_that_are_shown(stack, qtbot):
    other = PlotInfo("time", "Time of a step")
    stack.prepare([LOSS, other])
    qtbot.waitUntil(lambda: not stack.findChild(Spares)._timer.isActive())
    (made,) = stack.findChild(Spares)._made.values()
    stack.set_layout([(LOSS, [TRAIN]), (other, [])], {})
    assert stack.plots["time"] is made
    qtbot.waitUntil(made.isVisible)
    stack.prepare([LOSS])
    qtbot.waitUntil(lambda: not stack.findChild(Spares)._timer.isActive())
    assert not stack.findChild(Spares)._made
