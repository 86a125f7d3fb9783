"""The pyramid: each bucket shows its smallest and largest value, however it was grown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.plots.pyramid import BASE, LAG, Pyramid, extremes, width_of


def series(count, seed, gaps=0.0):
    generator = np.random.default_rng(seed)
    y = generator.normal(size=count)
    y[generator.random(count) < gaps] = np.nan
    y[generator.random(count) < gaps / 4] = np.inf
    return np.arange(float(count)), y


def by_hand(x, y):
    """The two points of one bucket."""
    finite = np.flatnonzero(np.isfinite(y))
    if not len(finite):
        return [(x[0], y[0])] * 2
    lowest = finite[y[finite].argmin()]
    highest = finite[y[finite].argmax()]
    return [(x[place], y[place]) for place in sorted((lowest, highest))]


@given(
    count=st.integers(0, 3_000),
    pieces=st.integers(1, 30),
    seed=st.integers(0, 99),
    gaps=st.sampled_from([0.0, 0.02, 0.9]),
)
@settings(max_examples=40, deadline=None)
def test_every_bucket_of_every_level_is_what_one_finds_by_hand(count, pieces, seed, gaps):
    x, y = series(count, seed, gaps)
    pyramid = Pyramid()
    for end in np.linspace(0, count, pieces + 1).astype(int):
        pyramid.update(x[:end], y[:end])
    assert count - pyramid.reach < LAG + BASE
    for level in range(len(pyramid.levels)):
        width = width_of(level)
        whole = pyramid.reach // width * width
        expected = [
            by_hand(x[at : at + width], y[at : at + width]) for at in range(0, whole, width)
        ]
        found = np.array(pyramid.points(level, 0, whole)).T
        np.testing.assert_array_equal(found, np.array(expected).reshape(-1, 2))


def test_a_bucket_is_computed_once():
    x, y = series(10_000, 0)
    pyramid = Pyramid()
    pyramid.update(x[:8_192], y[:8_192])
    held = [level.y.view.copy() for level in pyramid.levels]
    pyramid.update(x, np.where(np.arange(10_000) < 8_192, 99.0, y))  # the past is not looked at
    for before, level in zip(held, pyramid.levels, strict=False):
        np.testing.assert_array_equal(level.y.view[: len(before)], before)
    assert pyramid.reach == 10_000


def test_clear_forgets():
    pyramid = Pyramid()
    pyramid.update(*series(5_000, 0))
    pyramid.clear()
    assert (pyramid.levels, pyramid.reach) == ([], 0)


@pytest.mark.parametrize("last", [1.0, np.nan, np.inf])
def test_the_earlier_point_comes_first(last):
    x, y = extremes(np.arange(4.0), np.array([3.0, 5.0, 2.0, last]), 4)
    assert x.tolist() == ([1.0, 3.0] if last == 1.0 else [1.0, 2.0])
    assert y.tolist() == ([5.0, 1.0] if last == 1.0 else [5.0, 2.0])
