"""A curve knows its points, their average, and the few to draw."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.curve import Curve
from gui.plots.ranges import Limits

from .conftest import TRAIN, feed

ALL = Limits(0.0, 1e9)


def curve(ys, weight=0.0, xs=None):
    made = Curve(TRAIN, weight)
    feed(made, np.arange(len(ys)) if xs is None else xs, ys)
    return made


def test_raw_values_stay_beneath_the_smoothed_ones():
    smoothed = curve([0.0, 10.0, 0.0, 10.0], weight=0.5)
    strong, raw = smoothed.drawn(ALL)
    assert raw is not None
    assert raw[1].tolist() == [0.0, 10.0, 0.0, 10.0]
    assert 0 < strong[1][-1] < 10
    assert curve([0.0, 10.0]).drawn(ALL)[1] is None


def test_smoothing_can_change_at_any_time_and_goes_on_with_new_points():
    made = curve([4.0, 2.0, 8.0])
    made.set_smoothing(0.9)
    feed(made, [3], [1.0])
    assert made.last() == curve([4.0, 2.0, 8.0, 1.0], weight=0.9).last()
    made.set_smoothing(0.0)
    assert made.last() == (3.0, 1.0)


def test_every_change_of_what_is_drawn_has_a_new_version():
    made = curve([1.0])
    versions = [made.version]
    for change in (
        lambda: feed(made, [1], [2.0]),
        lambda: made.set_smoothing(0.5),
        made.clear,
    ):
        change()
        versions.append(made.version)
    assert len(set(versions)) == 4
    made.set_smoothing(0.5)
    assert made.version == versions[-1]


def test_extent_is_that_of_the_raw_values_in_the_range():
    made = curve([100.0, 1.0, np.nan, 3.0, np.inf, -50.0], weight=0.9)
    assert made.extent(Limits(0.5, 4.5)) == Limits(1.0, 3.0)
    assert made.extent(ALL) == Limits(-50.0, 100.0)
    assert made.extent(ALL, positive=True) == Limits(1.0, 100.0)
    assert curve([np.nan]).extent(ALL) is None
    assert curve([]).extent(ALL) is None


def test_between_two_points_the_neighbours_count():
    assert curve([1.0, 5.0]).extent(Limits(0.2, 0.8)) == Limits(1.0, 5.0)


@pytest.mark.parametrize(("x", "point"), [(-3, (0.0, 4.0)), (1.2, (1.0, 2.0)), (9, (2.0, 8.0))])
def test_the_value_at_x_is_that_of_the_nearest_point(x, point):
    assert curve([4.0, 2.0, 8.0]).at(x) == point


def test_nothing_has_no_values():
    made = curve([])
    assert (made.at(1.0), made.last(), made.ends()) == (None, None, None)


# --- Very long ones -----------------------------------------------------------------------------


def long_values(count=200_000):
    return np.random.default_rng(0).normal(5.0, 1.0, count)


def test_a_long_curve_is_smoothed_roughly_and_then_point_by_point():
    ys = long_values()
    made = curve(ys)
    made.set_smoothing(0.9)
    rough = made.drawn(ALL)[0]
    assert made.rough
    made.settle()
    assert not made.rough
    exact = dict(zip(made.strong.x, made.strong.y, strict=True))
    np.testing.assert_allclose(rough[1], [exact[x] for x in rough[0]], rtol=1e-12)
    assert len(made.strong) == len(ys)


@pytest.mark.parametrize("settled", [False, True])
def test_beneath_the_smoothed_line_a_spike_shows_at_once(settled):
    ys = long_values()
    ys[123_456] = 99.0
    made = curve(ys, weight=0.99)
    if settled:
        made.settle()
    for low, high in ((0, 2e5), (1e5, 1.5e5), (123_000, 124_000), (123_456, 123_457)):
        raw = made.drawn(Limits(low, high))[1]
        assert raw is not None
        assert raw[1].max() == 99.0
        assert made.extent(Limits(low, high)).high == 99.0


def test_a_long_curve_goes_on_as_if_it_had_been_smoothed_from_the_start():
    ys = long_values()
    rough = curve(ys, weight=0.95)
    assert rough.rough
    version = rough.version
    feed(rough, [len(ys)], [7.0])
    piecewise = curve(ys[:10], weight=0.95)
    feed(piecewise, np.arange(10, len(ys)), ys[10:])
    feed(piecewise, [len(ys)], [7.0])
    assert rough.version > version
    assert rough.last() == pytest.approx(piecewise.last())
    np.testing.assert_allclose(rough.strong.y, piecewise.strong.y, rtol=1e-12)


def test_with_a_gap_a_long_curve_is_smoothed_exactly_at_once():
    ys = long_values()
    ys[1000] = np.nan
    made = curve(ys, weight=0.9)
    assert not made.rough
    assert np.isnan(made.strong.y[1000])
    assert np.isfinite(made.strong.y[1001:]).all()


def test_clear_forgets_a_rough_line_too():
    made = curve(long_values(), weight=0.9)
    made.clear()
    assert not made.rough
    feed(made, [0, 1], [1.0, 2.0])
    assert len(made.strong) == 2
