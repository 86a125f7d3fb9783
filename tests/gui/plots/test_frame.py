"""From values to pixels and polygons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.frame import Frame, polygons
from gui.plots.ranges import Limits

FRAME = Frame(Limits(0.0, 10.0), Limits(0.0, 1.0), 100.0, 50.0)


def lines(xs, ys, frame=FRAME):
    left, top = frame.pixels(np.asarray(xs, float), np.asarray(ys, float))
    found = polygons(left, top, frame.width)
    return [[(point.x(), point.y()) for point in line] for line in found]


def test_corners():
    assert lines([0, 10], [0, 1]) == [[(0.0, 50.0), (100.0, 0.0)]]


def test_logarithmic():
    frame = Frame(Limits(0.0, 10.0), Limits(-2.0, 0.0), 100.0, 50.0, log=True)
    assert lines([0, 5, 10], [1.0, 0.1, 0.01], frame) == [[(0.0, 0.0), (50.0, 25.0), (100.0, 50.0)]]
    ((_first, (_x, below)),) = lines([0, 5], [1.0, 0.0], frame)
    assert below > 1000  # a zero leaves through the bottom


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("log", [False, True])
def test_a_gap_parts_the_line(hole, log):
    frame = Frame(FRAME.x, Limits(-1.0, 1.0), 100.0, 50.0, log)
    assert [len(line) for line in lines([0, 1, 2, 3, 4], [1, 1, hole, 1, 1], frame)] == [2, 2]


def test_a_lone_point_is_a_short_dash():
    assert lines([5], [0.5]) == [[(49.0, 25.0), (51.0, 25.0)]]
    assert lines([], []) == []
    assert lines([1, 2], [np.nan, np.nan]) == []


@given(st.floats(-1e6, -1.0), st.floats(11.0, 1e6), st.floats(0, 1), st.floats(0, 1))
def test_ends_far_outside_are_drawn_in_along_their_line(low, high, first, last):
    (((x0, y0), (x1, y1)),) = lines([low, high], [first, last])
    assert (x0, x1) == (-1.0, 101.0)
    at = [first + (last - first) * (x / 10 - low) / (high - low) for x in (x0, x1)]
    assert (y0, y1) == pytest.approx([50 - 50 * y for y in at], abs=1e-3)


def test_there_and_back():
    assert FRAME.value_x(FRAME.pixel_x(3.7)) == pytest.approx(3.7)
