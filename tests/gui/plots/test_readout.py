"""What the crosshair says of compared runs."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.curve import Curve, CurveInfo
from gui.plots.ranges import Limits
from gui.plots.readout import _Table, readings
from gui.plots.runs_legend import RunInLegend
from gui.plots.style import CurveLook

from .conftest import LOSS, RATE, TRAIN, VAL, feed

TITLES = {"": "digits-cnn", "a": "wide", "b": "narrow"}


def of_run(run, word, color=2):
    look = CurveLook(color, dashed=word == "val", compared=True)
    return CurveInfo(f"{word}_loss of {run}", word, look, run=run)


def made(info, xs, ys):
    curve = Curve(info)
    feed(curve, xs, ys)
    return curve


def test_each_run_is_named_with_its_values():
    curves = [
        made(VAL, [0, 10], [1.0, 0.5]), made(TRAIN, [0, 5, 10], [1.0, 0.75, 0.4]),
        made(of_run("a", "val"), [0, 10], [2.0, 1.5]),
    ]  # fmt: skip
    found = readings(curves, TITLES, 10.0, 10.0)
    assert [(r.title, r.values) for r in found] == [
        ("digits-cnn", {"val": "0.500", "train": "0.400"}), ("wide", {"val": "1.50"}),
    ]  # fmt: skip


def test_without_a_compared_run_the_legend_is_enough():
    assert readings([made(VAL, [0, 10], [1.0, 0.5])], TITLES, 10.0, 10.0) == []


def test_a_run_is_not_said_to_be_where_it_never_was():
    curves = [made(of_run("a", "val"), [0, 10], [1, 2]), made(of_run("b", "val"), [0, 90], [1, 2])]
    assert [r.title for r in readings(curves, TITLES, 80.0, 100.0)] == ["narrow"]
    assert [r.title for r in readings(curves, TITLES, 12.0, 100.0)] == ["wide", "narrow"]


def test_a_hidden_run_is_not_named():
    curves = [made(of_run("a", "val"), [0, 10], [1, 2]), made(of_run("b", "val"), [0, 10], [1, 2])]
    curves[0].shown = False
    assert [r.title for r in readings(curves, TITLES, 5.0, 10.0)] == ["narrow"]


@pytest.mark.parametrize(("height", "rows", "more"), [(400, 12, ""), (120, 4, "and 8 more")])
def test_what_has_no_room_is_counted(qapp, height, rows, more):
    curves = [made(of_run(f"r{at}", "val"), [0, 1], [1, 2]) for at in range(12)]
    table = _Table(readings(curves, {}, 0.5, 1.0), qapp_metrics(qapp), height)
    assert (len(table.rows), table.more) == (rows, more)
    assert table.height <= height


def test_a_very_low_plot_has_no_table(qapp):
    curves = [made(of_run(f"r{at}", "val"), [0, 1], [1, 2]) for at in range(12)]
    assert _Table(readings(curves, {}, 0.5, 1.0), qapp_metrics(qapp), 30).rows == []


def qapp_metrics(qapp):
    from PySide6.QtGui import QFontMetrics

    return QFontMetrics(qapp.font())


# --- On the screen ----------------------------------------------------------------------------


@pytest.fixture
def compared(stack):
    stack.set_runs([RunInLegend("a", "wide", 0)], "digits-cnn", set())
    stack.set_layout([(LOSS, [VAL, TRAIN, of_run("a", "val", 0)]), (RATE, [])], {})
    feed(stack.curves()["train_loss"], range(1, 101), np.linspace(2.0, 0.1, 100))
    feed(stack.curves()["val_loss of a"], range(10, 101, 10), np.linspace(4.0, 3.0, 10))
    stack.refresh({"loss"})
    return stack


def painted(stack, color):
    plot = stack.plots["loss"]
    image = plot.canvas.grab().toImage()
    wanted = plot.layer.style.colors.of_run(color).lower()
    return sum(
        image.pixelColor(x, y).name() == wanted
        for x in range(image.width())
        for y in range(image.height())
    )


def test_a_compared_curve_is_painted_in_its_runs_colour_and_hidden_with_it(compared):
    assert painted(compared, 0) > 50
    compared.set_runs([RunInLegend("a", "wide", 0)], "digits-cnn", {"a"})
    assert painted(compared, 0) == 0
    assert compared.plots["loss"].y_is_free


def test_the_limits_hold_what_is_compared(compared):
    assert Limits(*compared.plots["loss"].view.viewRange()[1]).high >= 4.0


def test_the_plots_own_legend_names_the_open_run_alone(compared):
    assert list(compared.plots["loss"].header.entries) == ["val_loss", "train_loss"]


def test_the_table_is_in_the_plot_under_the_mouse(compared):
    plot = compared.plots["loss"]
    compared._on_hovered(plot, 50.0)
    compared.hover(50.0)
    scene = plot.layer.scene_data
    assert [r.title for r in scene.readings] == ["digits-cnn", "wide"]
    assert compared.plots["lr"].layer.scene_data.readings == []
    plot.canvas.grab()
    compared.hover(None)
    assert scene.readings == []
    compared._hover_timer.stop()


def test_compared_curves_have_no_raw_ones_beneath():
    raw = made(TRAIN, range(100), np.random.default_rng(0).normal(size=100))
    other = made(of_run("a", "train"), range(100), np.random.default_rng(0).normal(size=100))
    for curve in (raw, other):
        curve.set_smoothing(0.9)
    assert raw.drawn(Limits(0, 99))[1] is not None
    assert other.drawn(Limits(0, 99))[1] is None
    assert other.extent(Limits(0, 99)).span < raw.extent(Limits(0, 99)).span
