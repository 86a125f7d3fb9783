"""Counter-based random numbers: their distribution, their independence, their exactness."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.training.draws import normals, streams, uniforms

SAMPLES = torch.arange(20_000)
LIMIT = 4.5
"""Deviations from what is expected at which a statistic is wrong: once in 100,000 looks."""


def table(seed: int = 0, epoch: int = 0, count: int = 8) -> Tensor:
    return uniforms(streams(seed, epoch, SAMPLES), count)


def correlation(a: Tensor, b: Tensor) -> float:
    """In deviations of what independent draws would give."""
    return float(torch.corrcoef(torch.stack([a, b]))[0, 1]) * math.sqrt(len(a))


def test_known_values() -> None:
    """Those of SplitMix64 in Python's own whole numbers: a change here changes every run."""

    def mixed(z: int) -> int:
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        return z ^ (z >> 31)

    gamma = 0x9E3779B97F4A7C15
    for seed, epoch, sample in ((0, 0, 0), (3, 1, 2), (2**32 - 1, 999_999, 10**9)):
        key = mixed((mixed((seed + gamma) % 2**64) + (epoch + 1) * gamma) % 2**64)
        state = mixed(((sample + 1) * gamma + key) % 2**64)
        own = streams(seed, epoch, torch.tensor([sample]))
        assert int(own) % 2**64 == state
        expected = [(mixed((state + n * gamma) % 2**64) >> 11) / 2**53 for n in (1, 2, 3)]
        assert uniforms(own, 3).tolist() == [expected]


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_draws_are_uniform_over_the_samples(seed: int) -> None:
    for draw in table(seed).T:
        assert float(draw.min()) >= 0
        assert float(draw.max()) < 1
        counts = torch.histc(draw, 50, 0, 1)
        expected = len(SAMPLES) / 50
        chi2 = float(((counts - expected) ** 2 / expected).sum())
        assert abs(chi2 - 49) < LIMIT * math.sqrt(2 * 49)


def test_one_samples_draws_are_uniform_too() -> None:
    for sample in (0, 1, 12_345):
        draws = uniforms(streams(0, 0, torch.tensor([sample])), 20_000)[0]
        assert abs(float(draws.mean()) - 0.5) < LIMIT / math.sqrt(12 * 20_000)
        assert abs(correlation(draws[1:], draws[:-1])) < LIMIT


def test_draws_samples_epochs_and_seeds_are_independent() -> None:
    first = table()
    for other in (table(epoch=1), table(seed=1), table(seed=1, epoch=1)):
        for a, b in zip(first.T, other.T, strict=True):
            assert abs(correlation(a, b)) < LIMIT
            assert not (a == b).any()
    for one in range(8):
        assert abs(correlation(first[1:, one], first[:-1, one])) < LIMIT  # neighbouring samples
        for other_draw in range(one):
            assert abs(correlation(first[:, one], first[:, other_draw])) < LIMIT
    epochs = torch.stack([table(epoch=epoch, count=1)[:100, 0] for epoch in range(400)])
    for sample in epochs.T:
        assert abs(correlation(sample[1:], sample[:-1])) < LIMIT


def test_every_bit_of_a_hash_is_as_often_on_as_off() -> None:
    for bit in range(64):
        share = float((streams(0, 0, SAMPLES) >> bit & 1).double().mean())
        assert abs(share - 0.5) < LIMIT * 0.5 / math.sqrt(len(SAMPLES))


def test_normals_have_the_moments_of_the_normal_distribution() -> None:
    draws = normals(streams(0, 0, SAMPLES[:2000]), 64, 101).double()
    assert draws.shape == (2000, 101)
    count = draws.numel()
    for power, expected, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        error = float((draws**power).mean()) - expected
        assert abs(error) < LIMIT * math.sqrt(variance / count) + 0.002 * expected
    for one, other in ((0, 1), (1, 2), (2, 3), (3, 4), (0, 100)):  # of one hash, and of two
        assert abs(correlation(draws[:, one], draws[:, other])) < LIMIT
    inside = float((draws.abs() < 1).double().mean())
    assert abs(inside - 0.6827) < LIMIT * math.sqrt(0.22 / count) + 1e-4


@given(cut=st.integers(1, 49), count=st.integers(1, 9), threads=st.sampled_from([1, 2]))
def test_no_sample_knows_of_another(cut: int, count: int, threads: int) -> None:
    samples = torch.randperm(50, generator=torch.Generator().manual_seed(count))
    own = streams(1, 2, samples)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    for part in (samples[:cut], samples[cut:]):
        kept = torch.isin(samples, part)
        assert torch.equal(streams(1, 2, part), own[kept])
        assert torch.equal(uniforms(streams(1, 2, part), count), uniforms(own, count)[kept])
        assert torch.equal(normals(streams(1, 2, part), 5, count), normals(own, 5, count)[kept])
    torch.set_num_threads(before)


def test_the_global_random_state_is_left_alone() -> None:
    state = torch.get_rng_state()
    normals(streams(0, 0, SAMPLES[:5]), 0, 7)
    table()
    assert torch.equal(state, torch.get_rng_state())
