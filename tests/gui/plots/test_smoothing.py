"""Smoothing is TensorBoard's, at any length, in any pieces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.plots.smoothing import Smoother, at_ends


def tensorboard(values, weight):
    """The loop of TensorBoard's line chart, word for word."""
    last, count, out = 0.0, 0, []
    for value in values:
        if not np.isfinite(value):
            out.append(value)
            continue
        last = last * weight + (1 - weight) * value
        count += 1
        out.append(last / (1 - weight**count))
    return np.array(out)


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("count", [1, 2, 47, 48, 1000, 10_007])
def test_it_is_the_debiased_average(weight, count):
    values = np.random.default_rng(count).normal(size=count) + 3.0
    np.testing.assert_allclose(
        Smoother(weight).extend(values), tensorboard(values, weight), rtol=1e-9, atol=1e-12
    )


@given(
    count=st.integers(0, 3000),
    cuts=st.lists(st.floats(0, 1), max_size=6),
    weight=st.sampled_from([0.0, 0.5, 0.97, 0.999]),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_pieces_give_what_the_whole_gives(count, cuts, weight, seed):
    generator = np.random.default_rng(seed)
    values = generator.normal(size=count)
    values[generator.random(count) < 0.05] = np.nan
    ends = [0, *sorted(int(cut * count) for cut in cuts), count]
    smoother = Smoother(weight)
    pieces = [smoother.extend(values[a:b]) for a, b in pairwise(ends)]
    np.testing.assert_allclose(
        np.concatenate(pieces), Smoother(weight).extend(values), rtol=1e-9, atol=1e-12
    )


def test_the_first_value_is_itself_and_a_constant_stays():
    smoothed = Smoother(0.99).extend(np.full(500, 2.5))
    np.testing.assert_allclose(smoothed, 2.5, rtol=1e-12)


def test_values_that_are_not_finite_pass_and_leave_the_average_alone():
    smoothed = Smoother(0.9).extend(np.array([1.0, np.nan, np.inf, 1.0, -np.inf]))
    np.testing.assert_allclose(smoothed, [1.0, np.nan, np.inf, 1.0, -np.inf])


def test_no_weight_changes_nothing_and_the_input_is_not_touched():
    values = np.array([3.0, 1.0, 2.0])
    assert Smoother(0.0).extend(values).tolist() == [3.0, 1.0, 2.0]
    Smoother(0.9).extend(values)
    assert values.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("weight", [-0.1, 1.0, 2.0, float("nan")])
def test_impossible_weights_are_refused(weight):
    with pytest.raises(ValueError, match="smoothing weight"):
        Smoother(weight)


@pytest.mark.parametrize("weight", [0.05, 0.8, 0.99, 0.999])
@pytest.mark.parametrize("count", [128, 1000, 40_007])
def test_only_the_ends_of_blocks_are_those_of_all_points(weight, count):
    values = np.random.default_rng(count).normal(3.0, 1.0, count)
    exact = Smoother(weight).extend(values)[127::128]
    np.testing.assert_allclose(at_ends(values, weight, 128), exact, rtol=1e-12)
