"""A few steps of a recipe's own training on a copy of everything, that leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import count, islice
from pathlib import Path
from typing import Any

import torch

from engine import consent, torchsetup
from engine.architectures.dryrun import dry_run
from engine.architectures.weights.beginning import beginning
from engine.datasets.base import Splits
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs import owncode
from engine.training.augment import Augment
from engine.training.course import Course
from engine.training.endings import alone
from engine.training.exact import random_states, restore_random_states, seed_everything
from engine.training.groups import scale_of
from engine.training.loader import Batch, TrainLoader
from engine.training.order import order_of
from engine.training.ownmodule import training_module
from engine.training.resolve import resolve
from engine.training.settle import check_frozen_layers, freeze_for
from engine.training.speed import make_fast

Told = Callable[[str, float | None], None]
"""Gets what is done, and which part of it is over (None where that is unknown)."""


def told_to_nobody(_message: str, _fraction: float | None) -> None:
    """A `Told` that does nothing."""


@contextmanager
def undisturbed(seed: int) -> Iterator[None]:
    """All random numbers from a seed within, and afterwards as if nothing had been drawn. Raises
    ProblemError while a training is under way in this process, which would draw from them."""
    with alone():
        before, threads = random_states(), torch.get_num_threads()
        seed_everything(seed)
        try:
            yield
        finally:
            restore_random_states(before)
            torchsetup.use_threads(threads)
            torchsetup.use_tf32(False)


@contextmanager
def prepared(recipe: Recipe, data_dir: Path, told: Told) -> Iterator[Splits]:
    """The data that a training of the recipe would see; own code may run within. Raises
    ProblemError for whatever would keep the training from starting."""
    code = owncode.of_recipe(recipe)
    with ExitStack() as held:
        held.enter_context(consent.held(code.values()))
        splits = recipe.dataset.build(data_dir, told)
        splits = recipe.architecture.prepared(splits)
        dry_run(recipe, splits.facts)
        check_frozen_layers(recipe, splits.facts)
        yield splits


class Trial:
    """Network, optimizer and batches as a training of the recipe would have them at its start.

    Neither schedule nor averaging nor validation; 16-mixed is tried in 32.
    """

    def __init__(self, recipe: Recipe, splits: Splits, data_dir: Path) -> None:
        training = recipe.training
        self.resolved = resolve(
            recipe.model_copy(update={"training": training.model_copy(update={"compile": "off"})})
        )
        torchsetup.use_threads(self.resolved.threads)
        torchsetup.use_tf32(self.resolved.precision == "tf32")
        self._accumulate = training.accumulate
        self._loader = TrainLoader(
            splits.train, training.batch_size, training.seed, 0,
            Augment.of(recipe, splits.preprocess), order_of(training.balance, splits.train),
        )  # fmt: skip
        self._module = training_module(Course(recipe, len(self._loader)), splits)
        if self._module.steers_itself:
            sentence = "The own module has an optimizer of its own, which follows no recipe"
            raise ProblemError(Problem("architecture", sentence, "train it by the recipe's"))
        weights = beginning(recipe, splits.facts, data_dir)
        if weights is not None:
            weights.put_into(self._module.network)
        small = training.checkpoint_activations
        make_fast(self._module.network, None, self.resolved, lambda *_: None, small=small)
        self._module.to(self.resolved.device).train()
        freeze_for(self._module.network, recipe, 0)
        self._module.implementation = self.resolved.implementation
        self._optimizer = self._module.new_optimizer()

    def steps(self) -> Iterator[list[Batch]]:
        """The batches of one step after the other, without an end."""
        for epoch in count():
            self._loader.set_epoch(epoch)
            batches = iter(self._loader)
            while window := list(islice(batches, self._accumulate)):
                yield [self._moved(batch) for batch in window]

    def step(self, window: list[Batch], lr: float | None = None) -> float:
        """One step of the optimizer, at a rate of its own if one is given; the loss before it."""
        if lr is not None:
            for group in self._optimizer.param_groups:
                group["lr"] = lr * scale_of(group)
        losses: list[float] = []

        def closure() -> torch.Tensor:
            self._optimizer.zero_grad()
            total = torch.zeros((), device=self.resolved.device)
            for number, batch in enumerate(window):
                self._module.on_train_batch_start(batch, number)
                with self._numbers():
                    loss = self._module.batch_loss(batch, 0) / len(window)
                loss.backward()  # type: ignore[no-untyped-call]
                total += loss.detach()
            self._module.bound_gradients()
            losses.append(float(total))
            return total

        self._optimizer.step(closure)  # type: ignore[arg-type]  # LBFGS takes tensors, too
        return losses[0]

    def _moved(self, batch: Batch) -> Batch:
        inputs, targets = batch
        return inputs.to(self.resolved.device), targets.to(self.resolved.device)

    def _numbers(self) -> AbstractContextManager[Any]:
        if self.resolved.precision != "bf16-mixed":
            return nullcontext()
        kind, _, _ = self.resolved.device.partition(":")
        return torch.autocast(kind, dtype=torch.bfloat16)
