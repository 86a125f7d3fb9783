"""Which pictures are for training, validation and test: by index, before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.datasets.image_folder.layout import PARTS
from engine.datasets.split import LEAST, Indices, apportion, cut, thinned


@dataclass(frozen=True)
class Shares:
    """The options of the split."""

    val_fraction: float
    test_fraction: float
    seed: int
    subset: int | None


def divide(groups: Indices, parts: Indices, shares: Shares) -> dict[str, Indices]:
    """The indices of each part. `groups` (N,) are classes, or zeros where there are none; `parts`
    (N,) are indices into PARTS.

    A part that is given stays as it is; test, then validation are cut from the training pictures
    where they are not. A subset takes its share of every part that is given.
    """
    random = np.random.default_rng(shares.seed)
    found = {name: np.flatnonzero(parts == number) for number, name in enumerate(PARTS)}
    given = {name: indices for name, indices in found.items() if len(indices)}
    if shares.subset is not None and shares.subset < len(groups):
        sizes = apportion(shares.subset, np.array([len(indices) for indices in given.values()]))
        given = {
            name: indices[thinned(groups[indices], int(size), random)]
            for (name, indices), size in zip(given.items(), sizes, strict=True)
        }
    if "test" not in given:
        keep = LEAST if "val" in given else LEAST + 1
        _cut_off("test", given, groups, shares.test_fraction, random, keep)
    if "val" not in given:
        _cut_off("val", given, groups, shares.val_fraction, random, LEAST)
    return {name: given[name] for name in PARTS}


def _cut_off(
    name: str,
    given: dict[str, Indices],
    groups: Indices,
    fraction: float,
    random: np.random.Generator,
    keep: int,
) -> None:
    """Move a part of the training indices into a part of their own."""
    train = given["train"]
    taken, left = cut(groups[train], fraction, random, keep)
    given[name], given["train"] = train[taken], train[left]
