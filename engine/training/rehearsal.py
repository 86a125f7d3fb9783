"""One batch of own code before a training begins with it.

It tells what would only show later: a network that does not fit the data, a step that fails, a
state that a checkpoint cannot hold. What is tried is thrown away, and draws from random states
that the training seeds after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engine.architectures.own.running import spoken
from engine.datasets.base import Splits, TensorData
from engine.interrupting import Waiting, interruptible
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.checkable import plain_state, random_sources, unreadable
from engine.training.course import Course
from engine.training.exact import seed_everything
from engine.training.lightning import TorchCheckpointIO, pl
from engine.training.loader import TrainLoader
from engine.training.metrics import evaluating
from engine.training.module import TrainingModule
from engine.training.ownmodule import OwnTrainingModule, training_module
from engine.wording import counted

WHERE = "architecture.path"
SAMPLES = 4
"""Of the training part: batch normalization wants more than one."""


def rehearse(recipe: Recipe, splits: Splits, waiting: Waiting) -> tuple[str, ...]:
    """Train one batch of the network's own code on the CPU and take a checkpoint; what is to be
    said of it in the run's log.

    Raises ProblemError with what is wrong, and what `waiting` raises: code that never ends is ended
    so.
    """
    file = Path(recipe.architecture.own_code())
    seed_everything(recipe.training.seed)
    with interruptible(waiting), spoken(file):
        module = training_module(Course(recipe, 1), splits)
        few = TensorData(splits.train.inputs[:SAMPLES], splits.train.targets[:SAMPLES])
        _check_learns(module.network, file.name)
        _check_answer(module, few, file.name)
        before = plain_state(module.network)
        content = _one_batch(module, few)
        after = plain_state(module.network)
        _check_readable(content, file.name)
    return (*_unkept(before, after, file.name), *_drawing(module), *_unused(module))


def _check_learns(network: nn.Module, name: str) -> None:
    if not any(parameter.requires_grad for parameter in network.parameters()):
        sentence = f"The network of {name} has no weights that could learn"
        hint = "give its layers to self in __init__; a plain list hides them: use nn.ModuleList"
        raise ProblemError(Problem(WHERE, sentence, hint))


def _check_answer(module: TrainingModule, few: TensorData, name: str) -> None:
    """Raises ProblemError when the answer has not the shape that losses and metrics read."""
    facts, count = module.facts, len(few)
    outputs = module.course.recipe.loss.outputs(facts)
    with torch.no_grad(), evaluating(module.network):
        answer = module.network(module.preprocess(few.inputs))
    wanted = (count, *facts.shape, outputs) if facts.task == "tokens" else (count, outputs)
    given = tuple(answer.shape) if isinstance(answer, Tensor) else f"a {type(answer).__name__}"
    if given != wanted:
        sentence = f"{name} answers {given} to {counted(count, 'sample')}, where {wanted} is wanted"
        hint = (
            f"let its last layer give {counted(outputs, 'number')} a sample: the parameter outputs"
        )
        raise ProblemError(Problem(WHERE, sentence, hint))


def _check_readable(content: dict[str, Any], name: str) -> None:
    problems = [
        Problem(
            WHERE,
            f"{name} keeps what a checkpoint cannot hold: {place} is a {kind}",
            "keep tensors, numbers and texts, alone or in lists and dicts",
        )
        for place, kind in unreadable(content)
    ]
    if problems:
        raise ProblemError(problems)


# --- One batch -----------------------------------------------------------------------------------


class _Keeping(TorchCheckpointIO):
    """Keeps what a checkpoint would be made of."""

    def __init__(self) -> None:
        super().__init__()
        self.content: dict[str, Any] = {}

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None):  # type: ignore[no-untyped-def]
        """Write nothing."""
        self.content = checkpoint


class _Once(pl.Callback):
    """Takes a checkpoint after the first batch, and ends."""

    def on_train_batch_end(self, trainer: pl.Trainer, *_args: object) -> None:
        trainer.save_checkpoint("rehearsal", weights_only=False)
        trainer.should_stop = True


def _one_batch(module: TrainingModule, few: TensorData) -> dict[str, Any]:
    keeping, plan = _Keeping(), module.course.plan
    trainer = pl.Trainer(
        accelerator="cpu", devices=1, plugins=[keeping], callbacks=[_Once()],
        max_epochs=-1 if plan.epochs is None else plan.epochs,
        max_steps=plan.total_steps if plan.epochs is None else -1,
        limit_val_batches=0, num_sanity_val_steps=0, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, TrainLoader(few, len(few), module.course.recipe.training.seed))
    return keeping.content


# --- What is said --------------------------------------------------------------------------------


def _unkept(before: dict[str, str], after: dict[str, str], file: str) -> Iterator[str]:
    for name in before:
        if after.get(name, before[name]) != before[name]:
            yield (
                f"{file} changes {name} while training, which no checkpoint keeps: a run that goes "
                "on begins with its first value (register_buffer keeps a tensor)"
            )


def _drawing(module: TrainingModule) -> Iterator[str]:
    for place in random_sources(module.network):
        yield f"{place} draws random numbers of its own, of which no checkpoint knows"


def _unused(module: TrainingModule) -> Iterator[str]:
    if isinstance(module, OwnTrainingModule) and (names := module.unused()):
        yield f"{type(module.own).__name__} defines what is not called here: {', '.join(names)}"
