"""Axis limits: seldom changed, round, and never hiding the data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.ranges import Course, Limits, round_step, x_limits, y_limits

LIVE = Course(least=100.0, live=True)


def follow(highest, course=LIVE):
    """All limits of x that a growing run shows, one after another."""
    limits, seen = None, []
    for high in range(1, highest + 1):
        new = x_limits(limits, Limits(1.0, float(high)), course)
        if new != limits:
            seen.append(new)
        limits = new
    return seen


def test_x_grows_in_coarse_steps_and_always_holds_the_data():
    seen = follow(20_000)
    assert [limits.high for limits in seen[:4]] == [100.0, 125.0, 150.0, 200.0]
    assert len(seen) < 30
    assert all(limits.low == 0.0 for limits in seen)


@given(st.floats(1.0, 1e9), st.floats(1.0, 1e9))
def test_x_holds_the_data_and_is_filled_well(first, second):
    limits = x_limits(None, Limits(0.0, first), LIVE)
    limits = x_limits(limits, Limits(0.0, max(first, second)), LIVE)
    assert limits.holds(Limits(0.0, max(first, second)))
    assert max(first, second, LIVE.least) >= 0.6 * limits.high


def test_x_stops_at_the_known_end_but_never_before_the_data():
    course = Course(least=100.0, end=18_400.0, live=True)
    assert x_limits(None, Limits(1.0, 17_000.0), course).high == 18_400.0
    assert x_limits(None, Limits(1.0, 19_000.0), course).high == 20_000.0
    assert x_limits(None, Limits(1.0, 200.0), course).high == 200.0


def test_x_is_exact_when_nothing_grows_any_more():
    assert x_limits(Limits(0.0, 2000.0), Limits(1.0, 1234.0), Course()) == Limits(0.0, 1234.0)


def test_x_begins_where_data_does_that_is_far_from_zero():
    assert x_limits(None, Limits(9000.0, 10_000.0), Course()) == Limits(9000.0, 10_000.0)


def test_x_draws_in_after_a_run_went_back():
    assert x_limits(Limits(0.0, 20_000.0), Limits(1.0, 900.0), LIVE).high == 1000.0


def test_y_stays_while_the_data_is_inside_and_fills_it():
    current = Limits(0.0, 2.5)
    assert y_limits(current, Limits(0.1, 2.4)) is current
    assert y_limits(current, Limits(0.3, 1.5)) is current


def test_y_changes_when_the_data_leaves_or_fills_too_little():
    assert y_limits(Limits(0.0, 2.5), Limits(0.1, 3.1)) == Limits(0.0, 4.0)
    assert y_limits(Limits(0.0, 8.0), Limits(0.1, 0.9)) == Limits(0.0, 1.0)


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        ((0.01, 2.4), (0.0, 2.5)),
        ((0.9, 0.98), (0.9, 0.98)),
        ((0.0, 1.0), (0.0, 1.0)),
        ((-0.5, 0.8), (-0.5, 1.0)),
        ((0.003, 0.003), (0.0, 0.006)),
        ((-2.0, -2.0), (-4.0, 0.0)),
        ((0.0, 0.0), (-1.0, 1.0)),
    ],
)
def test_y_is_round(data, limits):
    found = y_limits(None, Limits(*data))
    assert (found.low, found.high) == pytest.approx(limits)


@pytest.mark.parametrize(
    ("data", "limits"),
    [((0.013, 2.4), (0.01, 5.0)), ((0.9, 0.98), (0.9, 0.98)), ((0.003, 0.003), (3e-4, 3e-2))],
)
def test_y_is_round_on_a_logarithmic_axis(data, limits):
    found = y_limits(None, Limits(*data), log=True)
    assert (found.low, found.high) == pytest.approx(limits)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_y_holds_the_data_and_has_a_span(low, span):
    data = Limits(low, low + span)
    limits = y_limits(None, data)
    tolerance = 1e-6 * limits.span
    assert limits.span > 0
    assert limits.low - tolerance <= data.low <= data.high <= limits.high + tolerance
    assert y_limits(limits, data) == limits


@given(st.floats(1e-9, 1e6), st.floats(1.001, 1e6))
def test_a_logarithmic_y_holds_the_data_and_stays_positive(low, factor):
    limits = y_limits(None, Limits(low, low * factor), log=True)
    assert 0 < limits.low <= low * 1.000001
    assert limits.high >= low * factor * 0.999999


@pytest.mark.parametrize(
    ("span", "parts", "step"), [(1, 5, 0.2), (2.4, 6, 0.5), (18_400, 6, 5000), (0.003, 6, 5e-4)]
)
def test_round_step(span, parts, step):
    assert round_step(span, parts) == pytest.approx(step)
