"""Splitting and thinning by index: seeded, stratified, without touching any global state."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


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
