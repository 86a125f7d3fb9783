"""Random numbers that only (seed, epoch, sample, number of the draw) decide.

A counter-based generator in whole-number arithmetic: SplitMix64 (Steele, Lea and Flood 2014) with
a stream for each sample. No state is kept, none of torch's is touched, and the bits depend neither
on threads nor on which samples are drawn for together. What is not whole comes from tables or
from single operations that IEEE 754 rounds correctly: a vectorised `log` or `cos` may round the
last elements of a tensor in another way than the rest.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import torch
from torch import Tensor

_GAMMA = 0x9E3779B97F4A7C15 - 2**64
_FIRST = 0xBF58476D1CE4E5B9 - 2**64
_SECOND = 0x94D049BB133111EB - 2**64
_LEVELS = 2**16
_A_HASH = 4
"""Normal numbers that the 64 bits of one hash give."""


def streams(seed: int, epoch: int, samples: Tensor) -> Tensor:
    """The streams of these samples (N,) int64 in one epoch, as (N,) int64."""
    return _mixed((samples + 1) * _GAMMA + _epoch_key(seed, epoch))


def uniforms(streams: Tensor, count: int) -> Tensor:
    """The first `count` draws of each stream, uniform in [0, 1): (N, count) float64."""
    return _shifted(_hashes(streams, 0, count), 11).double() * 2.0**-53


def normals(streams: Tensor, first: int, count: int) -> Tensor:
    """Standard normal numbers (N, count) float32 from the draws `first` and following.

    Quantiles of 65,536 equal probabilities, so none is beyond 4.3 deviations.
    """
    hashes = _hashes(streams, first, -(-count // _A_HASH))
    levels = hashes.view(torch.int16).to(torch.int32) + _LEVELS // 2
    table = _quantiles().to(streams.device)
    return table.index_select(0, levels.flatten()).view(levels.shape)[:, :count]


class Draws:
    """The random numbers of one place in a list of changes, a stream for each of N samples.

    The first number of a stream says whether anything happens at all; the others, what.
    """

    def __init__(self, streams: Tensor) -> None:
        self._streams = streams

    @classmethod
    def at(cls, streams: Tensor, place: int) -> Draws:
        """The draws of one place: whatever the other places draw does not disturb it."""
        return cls(_mixed(streams ^ _place_key(place)))

    def __len__(self) -> int:
        return len(self._streams)

    def of(self, rows: Tensor) -> Draws:
        """The draws of some of the samples."""
        return Draws(self._streams.index_select(0, rows))

    def chosen(self, p: float) -> Tensor:
        """Which samples something happens to that has this probability: (N,) bool."""
        return uniforms(self._streams, 1)[:, 0] < p

    def uniforms(self, count: int) -> Tensor:
        """Numbers in [0, 1): (N, count) float64, the same first ones whatever the count."""
        return uniforms(self._streams, count + 1)[:, 1:]

    def normals(self, count: int) -> Tensor:
        """Standard normal numbers: (N, count) float32."""
        return normals(self._streams, 1, count)


def _hashes(streams: Tensor, first: int, count: int) -> Tensor:
    """Draws `first` to `first + count` of each stream: (N, count) int64, all bits random."""
    numbers = torch.arange(first + 1, first + count + 1, device=streams.device)
    return _mixed(streams[:, None] + numbers * _GAMMA)


def _mixed(state: Tensor) -> Tensor:
    """SplitMix64's finalizer; changes and returns `state`, whose products wrap around."""
    state ^= _shifted(state, 30)
    state *= _FIRST
    state ^= _shifted(state, 27)
    state *= _SECOND
    state ^= _shifted(state, 31)
    return state


def _shifted(state: Tensor, bits: int) -> Tensor:
    """To the right as an unsigned number; torch's own shift drags the sign along."""
    ones: int = 2 ** (64 - bits) - 1
    return (state >> bits) & ones


@lru_cache(maxsize=8)
def _epoch_key(seed: int, epoch: int) -> int:
    key = _mixed(torch.tensor([seed]) + _GAMMA)
    return int(_mixed(torch.tensor([epoch + 1]) * _GAMMA + key))


@lru_cache(maxsize=256)
def _place_key(place: int) -> int:
    return int(_mixed(torch.tensor([place + 1]) * _SECOND))


@lru_cache(maxsize=1)
def _quantiles() -> Tensor:
    """The middles of equally probable intervals of the normal distribution, in order."""
    below = [NormalDist().inv_cdf((level + 0.5) / _LEVELS) for level in range(_LEVELS // 2)]
    return torch.tensor([*below, *(-value for value in reversed(below))], dtype=torch.float32)
