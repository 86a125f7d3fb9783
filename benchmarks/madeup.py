"""Random pictures in the place of a dataset's own: as many as asked for, without a file.

Only for processes that measure: the dataset's class is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from engine.datasets.base import Dataset, Progress, Splits, TensorData, silent

HELD_BACK = 64
"""Samples of validation and of test: the least that everything works with."""


@contextmanager
def made_up(kind: type[Dataset], samples: int) -> Iterator[None]:
    """While this lasts, datasets of that kind are random bytes with random labels, always the
    same, of which so many are for training."""

    def build(dataset: Dataset, data_dir: Path, progress: Progress = silent) -> Splits:
        return drawn(dataset, samples)

    def on_disk(dataset: Dataset, data_dir: Path) -> bool:
        return True

    with patch.object(kind, "build", build), patch.object(kind, "on_disk", on_disk):
        yield


def drawn(dataset: Dataset, samples: int) -> Splits:
    """Random splits of the dataset's shape and classes."""
    import torch

    from engine.datasets.tensors import finish

    facts, generator = dataset.facts(), torch.Generator().manual_seed(0)

    def part(count: int) -> TensorData:
        shape = (count, *facts.shape)
        inputs = torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
        targets = torch.randint(0, len(facts.targets), (count,), generator=generator)
        return TensorData(inputs, targets)

    return finish(facts, part(samples), part(HELD_BACK), part(HELD_BACK))
