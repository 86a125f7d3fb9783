"""Splitting and thinning by index: seeded, evenly by class, without touching any global state."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


def take_apart(
    count: int, fractions: tuple[float, ...], seed: int, classes: Indices | None = None
) -> list[Indices]:
    """Disjoint, shuffled index sets: one for each fraction, then the rest.

    With `classes` (N,), each class is divided in the same proportions (stratified), with at
    least one sample of a class in every set as long as it has that many.
    """
    random = np.random.default_rng(seed)
    groups = [np.arange(count)] if classes is None else [
        np.flatnonzero(classes == label) for label in np.unique(classes)
    ]  # fmt: skip
    parts: list[list[Indices]] = [[] for _ in range(len(fractions) + 1)]
    for group in groups:
        shuffled = random.permutation(group)
        sizes = [round(fraction * len(group)) for fraction in fractions]
        if len(group) > len(fractions):
            sizes = [max(1, size) for size in sizes]
        borders = np.cumsum(sizes).clip(max=len(group))
        for part, piece in zip(parts, np.split(shuffled, borders), strict=True):
            part.append(piece)
    return [random.permutation(np.concatenate(part)) for part in parts]
