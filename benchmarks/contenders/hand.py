"""A loop written by hand over tensors in memory: what the hardware and torch allow.

It is as quick as an honest loop can be: the data was normalised beforehand and lies in memory as
the network wants it, the optimizer steps as the recipe's run would, and nothing is recorded but
the loss, in a tensor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.contenders.base import StopWatch, Task, Values

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from engine.datasets.base import Splits
    from engine.recipe import Recipe
    from engine.training.resolve import Resolved


class HandLoop:
    """Network, criterion, optimizer and shuffled batches, without anything around them."""

    def __init__(self, recipe: Recipe, splits: Splits) -> None:
        import torch
        from torch import nn

        from engine.training.resolve import resolve

        facts, resolved = splits.facts, resolve(recipe)
        self.last = resolved.memory_format == "channels_last"
        self.batch_size = recipe.training.batch_size
        self.inputs = _ready(splits, self.last)
        self.targets = splits.train.targets
        self.network: nn.Module = recipe.architecture.build(facts, recipe.loss.outputs(facts), 0.0)
        if self.last:
            self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.criterion = recipe.loss.build(facts, None)
        self.optimizer = optimizer_of(recipe, resolved, self.network)
        self.losses = torch.zeros(1024)
        self._batches = self._endless()

    def _endless(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Shuffled batches, epoch after epoch."""
        import torch

        while True:
            for part in torch.split(torch.randperm(len(self.targets)), self.batch_size):
                inputs = self.inputs.index_select(0, part)
                yield inputs.permute(0, 3, 1, 2) if self.last else inputs, self.targets[part]

    def run(self, batches: int) -> int:
        """Learn from so many batches; the samples that were in them."""
        samples = 0
        for number in range(batches):
            inputs, targets = next(self._batches)
            loss = self.criterion(self.network(inputs), targets)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.losses[number % 1024] = loss.detach()
            samples += len(targets)
        return samples

    def floor(self, batches: int) -> None:
        """Only forward, backward and the optimizer's step, always on the same batch."""
        inputs, targets = next(self._batches)
        for _ in range(batches):
            loss = self.criterion(self.network(inputs), targets)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


def optimizer_of(
    recipe: Recipe, resolved: Resolved, network: torch.nn.Module
) -> torch.optim.Optimizer:
    """The recipe's, with steps made in the way that a run would choose."""
    component = recipe.optimizer
    if resolved.implementation:
        component = component.model_copy(update={"implementation": resolved.implementation})
    return component.build([{"params": list(network.parameters())}])


def _ready(splits: Splits, last: bool) -> Tensor:
    """The normalised training inputs: (N, C, H, W), or (N, H, W, C) to be seen as such."""
    import torch

    parts = [splits.preprocess(part) for part in torch.split(splits.train.inputs, 8192)]
    ready = torch.cat(parts)
    return ready.permute(0, 2, 3, 1).contiguous() if last else ready


def run(task: Task) -> Values:
    """The loop alone in a process."""
    import torch

    from engine import torchsetup

    torchsetup.use_threads(task.threads)
    torch.manual_seed(0)
    with task.data():
        loop = HandLoop(task.recipe, task.recipe.dataset.build(task.data_dir))
    watch = StopWatch(task.warm_up)
    for _ in range(task.warm_up + task.batches):
        watch.tick(loop.run(1))
    return watch.speed()
