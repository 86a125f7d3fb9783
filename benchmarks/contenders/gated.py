"""Lightning and the tutorial a few batches at a time, to take turns with others in one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.contenders import plain_lightning
from benchmarks.contenders.base import StopWatch, Task
from benchmarks.contenders.hand import optimizer_of

if TYPE_CHECKING:
    from engine.datasets.base import Splits

ENDLESS = 1_000_000
"""Steps that nobody waits for: the process ends before."""


class Tutorial:
    """The tutorial's loop; its DataLoader begins anew with each epoch."""

    def __init__(self, task: Task, splits: Splits) -> None:
        import torch

        recipe = task.recipe
        self._network = recipe.architecture.build(splits.facts, len(splits.facts.targets), 0.0)
        self._criterion = torch.nn.CrossEntropyLoss()
        self._optimizer = optimizer_of(recipe, plain_lightning.resolved(task), self._network)
        self._batches = self._endless(plain_lightning.tutorial_loader(task, splits))

    def run(self, batches: int) -> int:
        """Learn from so many batches; the samples that were in them."""
        samples = 0
        for _ in range(batches):
            inputs, targets = next(self._batches)
            self._optimizer.zero_grad()
            loss = self._criterion(self._network(inputs), targets)
            loss.backward()
            self._optimizer.step()
            samples += len(targets)
        return samples

    @staticmethod
    def _endless(loader: Any) -> Iterator[Any]:
        while True:
            yield from loader


class GatedLightning:
    """`Trainer.fit` on a thread of its own, which waits at its next batch until it has a turn."""

    def __init__(self, task: Task, splits: Splits, *, log: bool, settings: dict[str, Any]) -> None:
        self._turn, self._over = threading.Semaphore(0), threading.Semaphore(0)
        self._left = 0
        self._ready = plain_lightning.Ready(splits, task.recipe.training.batch_size)
        module = plain_lightning.plain_module(task, splits, StopWatch(ENDLESS), log)
        threading.Thread(target=self._fit, args=(task, module, settings), daemon=True).start()

    def _fit(self, task: Task, module: Any, settings: dict[str, Any]) -> None:
        from engine import torchsetup

        torchsetup.use_threads(task.threads)
        plain_lightning.trainer_of(task, ENDLESS, settings).fit(module, self)

    def __len__(self) -> int:
        return len(self._ready)

    def __iter__(self) -> Iterator[Any]:
        """The batches for Lightning, each of them when it is its turn."""
        for batch in self._ready:
            if self._left == 0:
                self._over.release()
                self._turn.acquire()
            self._left -= 1
            yield batch

    def run(self, batches: int) -> None:
        """Let Lightning learn from so many batches, up to its asking for one more."""
        self._over.acquire()
        self._left = batches
        self._turn.release()
        self._over.acquire()
        self._over.release()
