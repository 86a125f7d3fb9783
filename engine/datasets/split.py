"""Splitting and thinning by index: seeded, stratified, without touching any global state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]

LEAST = 2
"""Training samples that are left whatever the fractions: batch norm needs more than one."""


@dataclass(frozen=True)
class Parts:
    """Which samples are in which split."""

    train: Indices
    val: Indices
    test: Indices


def three_ways(
    groups: Indices, fractions: tuple[float, float], seed: int, subset: int | None = None
) -> Parts:
    """The splits of samples that come in one piece: thinned to `subset`, then the test part is
    cut off, then validation. `fractions` are those of test and validation."""
    random = np.random.default_rng(seed)
    kept = np.arange(len(groups)) if subset is None else thinned(groups, subset, random)
    test, rest = cut(groups[kept], fractions[0], random, keep=LEAST + 1)
    val, train = cut(groups[kept[rest]], fractions[1], random)
    return Parts(kept[rest[train]], kept[rest[val]], kept[test])


def thinned(groups: Indices, size: int, random: np.random.Generator) -> Indices:
    """`size` samples. They are what is left after the others were taken: rare ones stay."""
    if size >= len(groups):
        return np.arange(len(groups))
    return split_off(groups, len(groups) - size, random)[1]


def cut(
    groups: Indices, fraction: float, random: np.random.Generator, keep: int = LEAST
) -> tuple[Indices, Indices]:
    """The fraction, at least one sample, and the rest, at least `keep` if there are so many."""
    size = min(round(fraction * len(groups)), len(groups) - keep)
    return split_off(groups, size, random)


def split_off(groups: Indices, size: int, random: np.random.Generator) -> tuple[Indices, Indices]:
    """Two disjoint, shuffled index sets that together are everything: `size` of them, the rest.

    `groups` (N,) holds the class of each sample; every class is divided in the same proportion
    (stratified; all zeros for no classes). Of two samples or more neither set is left empty.
    """
    size = min(max(1, size), len(groups) - 1)
    labels, counts = np.unique(groups, return_counts=True)
    taken: list[Indices] = []
    left: list[Indices] = []
    for label, share in zip(labels, apportion(size, counts), strict=True):
        shuffled = random.permutation(np.flatnonzero(groups == label))
        taken.append(shuffled[:share])
        left.append(shuffled[share:])
    return random.permutation(np.concatenate(taken)), random.permutation(np.concatenate(left))


def apportion(size: int, counts: Indices) -> Indices:
    """How many of each class make up `size`, in proportion to `counts`, by largest remainders.

    Then rare classes are looked after, as far as the others can spare: one of two samples or
    more is neither left out nor used up, and a single sample is not taken.
    """
    quotas: npt.NDArray[np.float64] = size * counts / counts.sum()
    shares: Indices = np.floor(quotas).astype(np.int64)
    missing = size - int(shares.sum())
    shares[np.argsort(shares - quotas, kind="stable")[:missing]] += 1
    for poor in np.flatnonzero((shares == 0) & (counts > 1)):
        rich = int(np.argmax(shares))
        if shares[rich] > 1:
            shares[rich], shares[poor] = shares[rich] - 1, 1
    for full in np.flatnonzero(shares == counts):
        roomy = int(np.argmax(counts - shares))
        if counts[roomy] - shares[roomy] > 1:
            shares[full], shares[roomy] = shares[full] - 1, shares[roomy] + 1
    return shares
