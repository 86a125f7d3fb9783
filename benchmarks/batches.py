"""A look at a training from outside: something is called before each of its batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


@contextmanager
def before_each_batch(call: Callable[[], object]) -> Iterator[None]:
    """While this lasts, trainings call on their own thread, right before a batch is handed out.
    No callback of Lightning's: a further one would make every step dearer."""
    from engine import torchsetup as torchsetup  # isort: skip
    from engine.training.loader import TrainLoader

    original = TrainLoader.__iter__

    def batches(loader: TrainLoader) -> Iterator[Any]:
        for batch in original(loader):
            call()
            yield batch

    with patch.object(TrainLoader, "__iter__", batches):
        yield
