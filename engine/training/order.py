"""The order of an epoch's samples: a pure function of (seed, epoch), with classes balanced or not.

An order holds numbers (length,) int64. Where a sample comes more than once in an epoch, its second
number is its index plus the count of samples, and so on: so each time it is augmented in another
way, and `number % count` is its index.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from engine.datasets.base import TensorData
from engine.training.options import Balance


class Order(Protocol):
    """How many samples an epoch has, and which."""

    length: int

    def __call__(self, seed: int, epoch: int) -> Tensor:
        """The numbers (length,) int64 of one epoch."""


def order_of(balance: Balance, data: TensorData) -> Order:
    """The order that an option asks for; `data` has classes if it is not `none`."""
    if balance == "weighted":
        return Weighted(data.targets)
    if balance == "oversample":
        return Oversampled(data.targets)
    return Shuffled(len(data))


def epoch_order(count: int, seed: int, epoch: int) -> Tensor:
    """The shuffle of one epoch, a pure function of its arguments. (count,) int64."""
    return torch.randperm(count, generator=_generator(seed, epoch))


class Shuffled:
    """Every sample once."""

    def __init__(self, count: int) -> None:
        self.length = count

    def __call__(self, seed: int, epoch: int) -> Tensor:
        """A permutation."""
        return epoch_order(self.length, seed, epoch)


class Weighted:
    """As many samples as there are, drawn with replacement: each class that has any is as likely,
    and within it each sample."""

    def __init__(self, targets: Tensor) -> None:
        self.length = len(targets)
        self._members, self._counts = _by_class(targets)

    def __call__(self, seed: int, epoch: int) -> Tensor:
        """A class for each place, then one of its samples."""
        generator = _generator(seed, epoch)
        classes = torch.randint(len(self._counts), (self.length,), generator=generator)
        places = torch.rand(self.length, dtype=torch.float64, generator=generator)
        counts, firsts = self._counts[classes], (self._counts.cumsum(0) - self._counts)[classes]
        return _numbered(self._members[firsts + (places * counts).long()], self.length)


class Oversampled:
    """Every sample, and those of the rarer classes repeated until each class is as large as the
    largest; what does not go into it evenly is drawn, without replacement."""

    def __init__(self, targets: Tensor) -> None:
        self._count = len(targets)
        self._members, self._counts = _by_class(targets)
        self.length = len(self._counts) * int(self._counts.max())

    def __call__(self, seed: int, epoch: int) -> Tensor:
        """The repeated samples, shuffled."""
        generator = _generator(seed, epoch)
        most = int(self._counts.max())
        parts: list[Tensor] = []
        for members in torch.split(self._members, self._counts.tolist()):
            rest = torch.randperm(len(members), generator=generator)[: most % len(members)]
            parts += [members.repeat(most // len(members)), members[rest]]
        chosen = torch.cat(parts)
        shuffled = chosen[torch.randperm(len(chosen), generator=generator)]
        return _numbered(shuffled, self._count)


def _by_class(targets: Tensor) -> tuple[Tensor, Tensor]:
    """All samples sorted by class, and how many each class has that has any."""
    targets = targets.cpu()
    counts = targets.bincount()
    return targets.argsort(stable=True), counts[counts > 0]


def _numbered(chosen: Tensor, count: int) -> Tensor:
    """Indices, plus `count` for each time that a sample has come before."""
    places = chosen.argsort(stable=True)
    ordered = chosen[places]
    firsts = torch.searchsorted(ordered, ordered)
    times = torch.empty_like(chosen)
    times[places] = torch.arange(len(chosen)) - firsts
    return chosen + times * count


def _generator(seed: int, epoch: int) -> torch.Generator:
    return torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)
