"""Pictures that are nearly the same: brighter, recompressed, or of another size before.

A picture's perceptual hash here is itself at 16x16 grey levels, centred and of length 1, so that
the product of two is their correlation, and all pairs are products of matrices. What correlates so
is then compared more finely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.datasets.base import Progress, Splits, TensorData
from engine.inspection.duplicates import Pair

SIDE = 16
LEAST_SIDE = 16
"""Smaller pictures look alike for being small."""
ROUGH, FINE = 0.99, 0.985
"""Correlations from which on two pictures are looked at again, and from which on they are one.
MNIST, where one 1 is much like another, has three such pairs in 6,000 pictures."""
COLOURS = 0.9
"""What the colours must correlate with each other, too."""
LEAST_CONTRAST = 4.0
"""Deviation of the grey levels, of 255: flat pictures are all alike."""
MOST_TRAIN, MOST_HELD = 20_000, 3_000
"""Pictures that are compared; of more evenly spread ones are."""
_BLOCK = 1_000
_MOST_PAIRS = 2_000


@dataclass(frozen=True)
class Compared:
    """The pairs found, and of how many pictures."""

    pairs: list[Pair]
    pictures: int


def near_duplicates(splits: Splits, exact: set[tuple[str, int]], progress: Progress) -> Compared:
    """Pictures of validation and test that nearly are one of training. `exact` are those of which
    that is known already."""
    if min(splits.facts.shape[1:]) < LEAST_SIDE:
        return Compared([], 0)
    train_places = _spread(len(splits.train), MOST_TRAIN)
    train = _hashes(splits.train, train_places)
    pairs: list[Pair] = []
    seen = len(train_places)
    for name in ("val", "test"):
        part = splits.named()[name]
        places = _spread(len(part), MOST_HELD)
        held = _hashes(part, places)
        seen += len(places)
        for start in range(0, len(places), _BLOCK):
            progress("Comparing pictures", start / max(1, len(places)))
            alike = held[start : start + _BLOCK] @ train.T
            best, column = alike.max(dim=1)
            for row in torch.nonzero(best > ROUGH).flatten().tolist():
                place = int(places[start + row])
                other = int(train_places[int(column[row])])
                if (name, place) not in exact and len(pairs) < _MOST_PAIRS:
                    pairs.append(Pair(name, place, "train", other))
    return Compared([pair for pair in pairs if _same(splits, pair)], seen)


def _spread(total: int, most: int) -> Tensor:
    return torch.from_numpy(
        np.unique(np.linspace(0, max(0, total - 1), min(total, most)).round().astype(np.int64))
    )


def _hashes(part: TensorData, places: Tensor) -> Tensor:
    """Unit vectors (n, 256); zeros for flat pictures, which are like none."""
    blocks = [torch.zeros(0, SIDE * SIDE)]
    for chosen in torch.split(places, _BLOCK):
        grey = part.inputs[chosen].float().mean(dim=1)
        rows, columns = _shrinking(grey.shape[1]), _shrinking(grey.shape[2])
        small = (rows @ grey @ columns.T).flatten(1)
        blocks.append(_unit(small, grey.flatten(1).std(dim=1, keepdim=True)))
    return torch.cat(blocks)


def _shrinking(size: int, to: int = SIDE) -> Tensor:
    """The matrix (to, size) whose product with pixels averages them over even stretches."""
    eye = torch.eye(size)[None]
    return functional.adaptive_avg_pool1d(eye, to)[0].T.contiguous()


def _unit(values: Tensor, contrast: Tensor) -> Tensor:
    centred = values - values.mean(dim=1, keepdim=True)
    length = centred.norm(dim=1, keepdim=True)
    flat = (contrast < LEAST_CONTRAST) | (length < 1e-6)
    return torch.where(flat, torch.zeros_like(centred), centred / length.clamp(min=1e-6))


def _same(splits: Splits, pair: Pair) -> bool:
    """Whether two pictures are one on a second look: finer, and in their colours."""
    one = splits.named()[pair.part].inputs[pair.place].float()
    other = splits.train.inputs[pair.other].float()
    if _correlation(_finer(one), _finer(other)) < FINE:
        return False
    return len(one) < 2 or _correlation(one, other) > COLOURS


def _finer(image: Tensor) -> Tensor:
    """Grey levels, shrunk to 32 x 32 if larger: what a camera or a format adds is smaller."""
    grey = image.mean(dim=0)
    rows, columns = (_shrinking(size, min(size, 2 * SIDE)) for size in grey.shape)
    return rows @ grey @ columns.T


def _correlation(one: Tensor, other: Tensor) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float((one * other).sum() / (one.norm() * other.norm()).clamp(min=1e-6))
