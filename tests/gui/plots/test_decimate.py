"""Decimation: a spike is never lost at any zoom, and the number of points is bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.plots.decimate import LIMIT, Envelope
from gui.plots.pyramid import BASE, LAG

MORE = LAG + 3 * BASE + 80
"""Points that the newest ones, and finer buckets at both ends, may come to."""


def envelope(x, y, pieces=1):
    made = Envelope()
    for some_x, some_y in zip(np.array_split(x, pieces), np.array_split(y, pieces), strict=True):
        made.append(some_x, some_y)
    return made


def noise(count, seed=0):
    return np.random.default_rng(seed).normal(size=count)


class Spikes(dict):
    """Curves with one spike each, at 500 of a thousand, made once."""

    def __missing__(self, key):
        sign, thousand = key
        y = noise(300_000)
        y[thousand * 1000 + 500] = sign * 50.0
        made = self[key] = envelope(np.arange(300_000.0), y, 3)
        return made


SPIKES = Spikes()


@pytest.mark.parametrize("place", [0, 1, 777, 50_000, 99_998, 99_999])
def test_a_single_spike_is_never_lost(place):
    y = noise(100_000)
    y[place] = 50.0
    x, shown = envelope(np.arange(100_000.0), y).visible(0, 100_000)
    assert shown.max() == 50.0
    assert x[shown.argmax()] == place


@given(
    place=st.integers(0, 299_999),
    before=st.floats(0, 1),
    span=st.floats(1.0, 400_000.0),
    sign=st.sampled_from([1.0, -1.0]),
)
@settings(max_examples=150, deadline=None)
def test_a_spike_is_seen_at_every_zoom(place, before, span, sign):
    shown = SPIKES[sign, place // 1000].visible(low := place - before * span, low + span)
    spike = place // 1000 * 1000 + 500
    if low <= spike <= low + span:
        assert sign * 50.0 in shown[1][shown[0] == spike]


def test_both_ends_are_kept():
    made = Envelope()
    for start in range(0, 60_000, 7_000):
        made.append(np.arange(start, start + 7_000.0), noise(7_000))
        x, _y = made.visible(0, 1e5)
        assert (x[0], x[-1]) == (0, start + 6_999)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_every_one_of_many_spikes_is_kept(sign):
    y = noise(200_000)
    places = np.arange(500, 200_000, 2_000)
    y[places] = sign * (20.0 + np.arange(len(places)))
    _x, shown = envelope(np.arange(200_000.0), y).visible(0, 200_000)
    assert set(y[places]) <= set(shown)


@given(
    count=st.integers(1, 30_000),
    limit=st.sampled_from([8, 100, 1000]),
    window=st.tuples(st.floats(-0.2, 1.2), st.floats(0.01, 1.5)),
)
@settings(max_examples=60, deadline=None)
def test_points_are_bounded_ordered_and_real(count, limit, window):
    x, y = np.arange(float(count)), noise(count)
    low, high = window[0] * count, (window[0] + window[1]) * count
    shown_x, shown_y = envelope(x, y).visible(low, high, limit)
    assert len(shown_x) <= limit + MORE
    assert (np.diff(shown_x) >= 0).all()
    assert (y[shown_x.astype(int)] == shown_y).all()


@given(
    count=st.integers(2, 40_000),
    seed=st.integers(0, 1000),
    pieces=st.integers(2, 40),
    window=st.tuples(st.floats(0.0, 0.9), st.floats(0.05, 1.5)),
)
@settings(max_examples=60, deadline=None)
def test_whatever_has_grown_the_extremes_of_every_stretch_are_there(count, seed, pieces, window):
    generator = np.random.default_rng(seed)
    x = np.cumsum(generator.integers(0, 3, count)).astype(float)  # ties, as with accumulation
    y = generator.normal(size=count)
    y[generator.random(count) < 0.01] = np.nan
    low, high = window[0] * x[-1], (window[0] + window[1]) * x[-1] + 1.0
    grown, limit = Envelope(), 200
    for some_x, some_y in zip(np.array_split(x, pieces), np.array_split(y, pieces), strict=True):
        grown.append(some_x, some_y)
        shown_x, shown_y = grown.visible(low, high, limit)
        inside = np.flatnonzero((grown.x >= low) & (grown.x <= high))
        width = 2 ** int(np.ceil(np.log2(max(2.0, 2 * (len(inside) + 2) / limit))))
        for stretch in np.array_split(inside, max(1, len(inside) // (8 * width))):
            if np.isfinite(y[stretch]).any():
                ends = x[stretch[0]], x[stretch[-1]]
                seen = shown_y[(shown_x >= ends[0]) & (shown_x <= ends[1])]
                among = np.isin(y[stretch], shown_y)
                assert np.isfinite(seen).any()
                assert among[np.nanargmax(y[stretch])] or _larger_beside(y, stretch, width, max)
                assert among[np.nanargmin(y[stretch])] or _larger_beside(y, stretch, width, min)


def _larger_beside(y, stretch, width, choose):
    """Whether the bucket of the stretch's extreme reaches out of it to one that is beyond it."""
    inner = y[stretch]
    extreme = np.nanmax(inner) if choose is max else np.nanmin(inner)
    place = stretch[0] + int(np.flatnonzero(inner == extreme)[0])
    bucket = y[place // width * width : (place // width + 1) * width]
    return (np.nanmax(bucket) if choose is max else np.nanmin(bucket)) != extreme


def test_where_points_are_few_they_are_all_seen():
    x = np.concatenate([np.arange(100_000.0), 1e5 + 1e4 * np.arange(1.0, 101.0)])
    y = noise(len(x))
    shown_x, _y = envelope(x, y).visible(0, 2e6)
    seen = np.isin(x[-100:], shown_x)
    assert seen.mean() > 0.5
    assert len(shown_x) < LIMIT + MORE


def test_within_a_range_only_its_points_and_one_beyond_either_end():
    shown, _y = envelope(np.arange(100.0), noise(100)).visible(9.5, 20.5)
    assert shown.tolist() == list(range(9, 22))


def test_few_points_stay_as_they_are_with_their_gaps():
    y = np.array([1.0, np.nan, 2.0, np.inf, 3.0])
    _x, shown = envelope(np.arange(5.0), y).visible(0, 5)
    np.testing.assert_array_equal(shown, y)


def test_a_long_gap_shows_and_infinities_hide_no_value():
    y = noise(50_000)
    y[10_000:20_000] = np.nan
    y[30_000] = np.inf
    y[30_001] = 40.0
    x, shown = envelope(np.arange(50_000.0), y).visible(0, 50_000)
    assert np.isnan(shown[(x > 11_000) & (x < 19_000)]).all()
    assert ((x > 11_000) & (x < 19_000)).any()
    assert 40.0 in shown


def test_x_that_falls_is_taken_as_the_largest_so_far():
    made = envelope(np.array([1.0, 5.0, 3.0, 6.0]), np.arange(4.0))
    made.append(np.array([2.0]), np.array([9.0]))
    assert made.x.tolist() == [1.0, 5.0, 5.0, 6.0, 6.0]


def test_nothing_gives_nothing_and_clear_forgets():
    made = Envelope()
    assert len(made.visible(0, 1)[0]) == 0
    assert made.nearest(3.0) is None
    made.append(np.arange(5000.0), noise(5000))
    made.visible(0, 5000)
    made.clear()
    made.append(np.arange(2000.0), np.zeros(2000))
    assert len(made) == 2000
    assert made.visible(0, 2000)[1].max() == 0


@pytest.mark.parametrize(("x", "index"), [(-5, 0), (0.4, 0), (0.6, 1), (2.5, 2), (9, 3)])
def test_nearest(x, index):
    assert envelope(np.array([0.0, 1.0, 2.0, 4.0]), np.zeros(4)).nearest(x) == index
