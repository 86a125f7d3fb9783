"""Splitting by index: disjoint, complete, in proportion, and kind to rare classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.datasets.split import apportion, split_off, three_ways

GROUPS = st.lists(st.integers(0, 5), min_size=2, max_size=80).map(np.array)


@given(GROUPS, st.integers(0, 100), st.integers(0, 3))
def test_both_sets_together_are_everything_once(groups, size, seed):
    part, rest = split_off(groups, size, np.random.default_rng(seed))
    assert sorted([*part, *rest]) == list(range(len(groups)))
    assert len(part) == min(max(1, size), len(groups) - 1)
    assert len(rest) >= 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8).map(np.array), st.floats(0, 1))
def test_shares_add_up_and_are_in_proportion(counts, fraction):
    size = round(fraction * counts.sum())
    shares = apportion(size, counts)
    assert shares.sum() == size
    assert ((shares >= 0) & (shares <= counts)).all()
    # Looking after rare classes moves at most one sample for each of them.
    assert (np.abs(shares - size * counts / counts.sum()) < 1 + len(counts)).all()


def test_large_classes_get_their_exact_proportion():
    assert apportion(30, np.array([100, 50, 150])).tolist() == [10, 5, 15]


def test_a_rare_class_is_in_both_sets():
    assert apportion(10, np.array([2, 198])).tolist() == [1, 9]
    assert apportion(190, np.array([2, 198])).tolist() == [1, 189]


def test_a_single_sample_stays_in_the_rest():
    assert apportion(10, np.array([1, 9, 9]))[0] == 0


def test_the_seed_decides_and_nothing_else():
    groups = np.arange(100) % 3
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    first, _ = split_off(groups, 20, np.random.default_rng(1))
    np.random.seed(0)
    again, _ = split_off(groups, 20, np.random.default_rng(1))
    other, _ = split_off(groups, 20, np.random.default_rng(2))
    assert (first == again).all()
    assert not np.array_equal(first, other)
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize("position", [0, 1])
def test_both_sets_are_shuffled(position):
    groups = np.repeat([0, 1], 200)
    indices = split_off(groups, 200, np.random.default_rng(0))[position]
    assert 20 < groups[indices][:100].sum() < 80
    assert (np.diff(indices) < 0).any()


@given(GROUPS.filter(lambda groups: len(groups) > 9), st.integers(0, 3), st.integers(10, 90))
def test_three_ways_are_disjoint_and_together_the_subset(groups, seed, subset):
    parts = three_ways(groups, (0.2, 0.3), seed, subset)
    found = [*parts.train, *parts.val, *parts.test]
    assert len(set(found)) == len(found) == min(subset, len(groups))
    assert min(len(parts.train), len(parts.val), len(parts.test)) >= 1
