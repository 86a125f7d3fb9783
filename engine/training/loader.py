"""Batches by index from tensors in memory, in an order that (seed, epoch) alone decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from engine.datasets.base import TensorData
from engine.training.augment import Augment
from engine.training.order import Order, Shuffled

AHEAD = 2
"""Batches that are read ahead where they are not in memory."""

P = TypeVar("P")
Batch = tuple[Tensor, Tensor]
Part = tuple[int, Tensor, Tensor]
"""An epoch, and of one of its batches the numbers (N,) int64 that `engine.training.order` gives
its samples, and their indices (N,)."""


def batch_borders(count: int, batch_size: int) -> list[int]:
    """Where batches begin, and the end. A last batch of one sample joins the one before it:
    batch normalization cannot learn from a single sample."""
    borders = [*range(0, count, batch_size), count]
    if len(borders) > 2 and borders[-1] - borders[-2] == 1 and batch_size > 1:
        del borders[-2]
    return borders


class TrainLoader:
    """Shuffled training batches that can be taken up again in the middle of an epoch.

    Lightning calls `set_epoch` on `loader.sampler` only, so the loader is its own sampler. It
    calls `iter()` before it sets the epoch and before the state is restored, so `__iter__` is a
    generator: nothing is decided before the first batch is asked for.
    """

    batch_sampler = None

    def __init__(
        self,
        data: TensorData,
        batch_size: int,
        seed: int,
        workers: int = 0,
        augment: Augment | None = None,
        order: Order | None = None,
    ) -> None:
        self.data = data
        self.seed = seed
        self.epoch = 0
        self.position = 0
        self._workers = workers
        self._order = order or Shuffled(len(data))
        self._borders = batch_borders(self._order.length, batch_size)
        self._by_index = _ByIndex(data, augment)
        self._pool: DataLoader[Batch] | None = None
        self._schedule = _Schedule()

    def learn_from(self, data: TensorData) -> None:
        """Give what was computed of the samples in their place; before the first batch."""
        self.data = data
        self._by_index = _ByIndex(data, None)

    @property
    def sampler(self) -> TrainLoader:
        """Itself, for Lightning's `set_epoch`."""
        return self

    def __len__(self) -> int:
        return len(self._borders) - 1

    def set_epoch(self, epoch: int) -> None:
        """Begin another epoch; the one in progress, if it is the same, keeps its position."""
        if epoch != self.epoch:
            self.epoch, self.position = epoch, 0

    def __iter__(self) -> Iterator[Batch]:
        if self.position >= len(self):
            self.position = 0
        borders = self._borders[self.position :]
        sizes = [b - a for a, b in pairwise(borders)]
        order = self._order(self.seed, self.epoch)[borders[0] :]
        samples = (order % len(self.data)).to(self.data.inputs.device)
        parts = [
            (self.epoch, *both)
            for both in zip(torch.split(order, sizes), torch.split(samples, sizes), strict=True)
        ]
        for batch in self._batches(parts):
            self.position += 1  # counted when handed out
            yield batch

    def _batches(self, parts: list[Part]) -> Iterator[Batch]:
        if self._workers == 0:
            for part in read_ahead(self.data, parts, lambda part: part[2]):
                yield self._by_index[part]
            return
        self._schedule.parts = parts
        yield from self._worker_pool()

    def _worker_pool(self) -> DataLoader[Batch]:
        """Processes started by spawn: forking a threaded Qt process can deadlock, and below a
        fork server workers do not notice that the training was killed."""
        if self._pool is None:
            self._pool = DataLoader(
                self._by_index,
                sampler=self._schedule,
                batch_size=None,
                num_workers=self._workers,
                persistent_workers=True,
                multiprocessing_context="spawn",
                # its own generator: the global one belongs to the training
                generator=torch.Generator().manual_seed(self.seed),
            )
        return self._pool

    def state_dict(self) -> dict[str, Any]:
        """The next batch to hand out; after the last one that is the next epoch's first."""
        if self.position >= len(self):
            return {"epoch": self.epoch + 1, "position": 0}
        return {"epoch": self.epoch, "position": self.position}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state; before the first batch is asked for."""
        self.epoch, self.position = int(state["epoch"]), int(state["position"])

    def close(self) -> None:
        """End the worker processes."""
        pool, self._pool = self._pool, None
        iterator = getattr(pool, "_iterator", None)
        if iterator is not None:
            iterator._shutdown_workers()


class _Schedule:
    """The parts of the epoch that are to come, as a sampler that a worker pool reads."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


class _ByIndex(TorchDataset[Batch]):
    """Whole batches by epoch and samples, in the training thread or in a worker process, where
    the data is in shared memory. The epoch travels along: it decides the augmentation, and worker
    processes outlive it."""

    def __init__(self, data: TensorData, augment: Augment | None) -> None:
        self._data = data
        self._augment = augment

    def __getitem__(self, part: Part) -> Batch:
        epoch, numbers, samples = part
        inputs = self._data.inputs.index_select(0, samples)
        if self._augment is not None:
            inputs = self._augment(inputs, numbers.to(inputs.device), epoch)
        return inputs, self._data.targets.index_select(0, samples)


def read_ahead(
    data: TensorData, parts: Sequence[P], samples_of: Callable[[P], Tensor]
) -> Iterator[P]:
    """The parts, one after the other. Data that is read when it is asked for is told which
    samples come next."""
    expect = getattr(data.inputs, "expect", None)
    for number, part in enumerate(parts):
        if expect is not None:
            for later in parts[number : number + 1 + AHEAD]:
                expect(samples_of(later))
        yield part


def in_order(data: TensorData, batch_size: int) -> Iterator[Batch]:
    """Batches in stored order, for evaluation."""

    def samples_of(start: int) -> Tensor:
        return torch.arange(start, min(len(data), start + batch_size))

    for start in read_ahead(data, range(0, len(data), batch_size), samples_of):
        batch = slice(start, start + batch_size)
        # samples that overlap are views, which metrics and networks may not take apart
        yield data.inputs[batch].contiguous(), data.targets[batch].contiguous()
