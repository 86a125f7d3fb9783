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
