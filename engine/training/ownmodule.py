"""The training of a person's own LightningModule: its step and optimizer, everything else ours."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau

from engine.architectures.making import network_of
from engine.datasets.base import Splits
from engine.problems import Problem, ProblemError
from engine.training.course import Course
from engine.training.lightning import pl
from engine.training.loader import Batch
from engine.training.metrics import aligned
from engine.training.module import TrainingModule

logger = logging.getLogger(__name__)

WHERE = "architecture.path"
STATE = "own_module"
"""Under this key a checkpoint has what the module's own `on_save_checkpoint` puts into it."""

_STEP_HOOKS = ("on_train_batch_start", "on_before_zero_grad", "on_before_backward",
               "on_after_backward", "on_before_optimizer_step")  # fmt: skip
"""The hooks that are called: those within a batch, whose effect a checkpoint after it has."""

_USED = frozenset({*_STEP_HOOKS, "training_step", "configure_optimizers", "forward",
                   "on_save_checkpoint", "on_load_checkpoint"})  # fmt: skip
_LOUD = ("log", "log_dict", "print")


def training_module(course: Course, splits: Splits) -> TrainingModule:
    """The module that trains a recipe's network. Raises ProblemError when it cannot be made."""
    network = network_of(course.recipe, splits.facts)
    if isinstance(network, pl.LightningModule):
        return OwnTrainingModule(course, splits, network)
    return TrainingModule(course, splits, network)


class OwnTrainingModule(TrainingModule):
    """Calls the steps that the own module defines, on batches as our own step has them: inputs
    preprocessed, targets of a regression scaled. Validation, metrics and checkpoints are ours."""

    def __init__(self, course: Course, splits: Splits, network: pl.LightningModule) -> None:
        super().__init__(course, splits, network)
        for module in (network, self.average):
            if module is not None:
                vars(module).update(dict.fromkeys(_LOUD, _unheard))
        self._has_step = _defines(network, "training_step")
        wanted = getattr(course.recipe.architecture, "trained_by", "own") == "own"
        self.steers_itself = wanted and _defines(network, "configure_optimizers")
        if not network.automatic_optimization:
            sentence = f"{_name(network)} optimizes by hand (automatic_optimization is False)"
            raise ProblemError(Problem(WHERE, sentence, "let training_step return the loss"))

    @property
    def own(self) -> pl.LightningModule:
        """The person's module."""
        return cast(pl.LightningModule, self.network)

    def unused(self) -> tuple[str, ...]:
        """The steps and hooks that the module defines and that nothing calls."""
        hooks = [name for name in dir(pl.LightningModule) if _is_hook(name)]
        return tuple(n for n in hooks if n not in _USED and _defines(self.own, n))

    # --- One step ---------------------------------------------------------------------------

    def batch_loss(self, batch: Batch, batch_idx: int) -> Tensor:
        """The own step's loss with our penalties; the score is of what its network answered."""
        if not self._has_step:
            return super().batch_loss(batch, batch_idx)
        inputs, targets = batch
        answers: list[Any] = []
        hook = self.network.register_forward_hook(lambda _m, _i, answer: answers.append(answer))
        try:
            given = (self.preprocess(inputs), self.preprocess.scale_targets(targets))
            loss = _loss_of(self.own.training_step(given, batch_idx), _name(self.own))
        finally:
            hook.remove()
        if not self.numbers.taken:
            self.numbers.taken = True
            self.numbers.loss = loss.detach()
            self._score(answers, targets, loss.device)
        penalty = self._penalty()
        return loss if penalty is None else loss + penalty

    def _score(self, answers: list[Any], targets: Tensor, device: torch.device) -> None:
        """By the first answer; nan where the step did not ask its network for these."""
        if not answers or not isinstance(answers[0], Tensor) or len(answers[0]) != len(targets):
            self.numbers.scores.put(torch.tensor(float("nan"), device=device))
        else:
            self.numbers.scores.add(*aligned(answers[0].detach(), targets, self.facts))

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Ours and the module's own."""
        super().on_train_batch_start(batch, batch_idx)
        self.own.on_train_batch_start(batch, batch_idx)

    def on_before_zero_grad(self, optimizer: torch.optim.Optimizer) -> None:
        """The module's own."""
        self.own.on_before_zero_grad(optimizer)

    def on_before_backward(self, loss: Tensor) -> None:
        """The module's own."""
        self.own.on_before_backward(loss)

    def on_after_backward(self) -> None:
        """The module's own."""
        self.own.on_after_backward()

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """The module's own, then ours."""
        self.own.on_before_optimizer_step(optimizer)
        super().on_before_optimizer_step(optimizer)

    # --- The optimizer ------------------------------------------------------------------------

    def configure_optimizers(self) -> Any:
        """The module's own optimizer and schedule, or the recipe's where it has none."""
        if not self.steers_itself:
            return super().configure_optimizers()
        optimizer, schedule = _configured(self.own.configure_optimizers(), _name(self.own))
        if schedule is None:
            schedule = {"scheduler": LambdaLR(optimizer, lambda _step: 1.0), "interval": "step"}
        self._every_step = schedule.get("interval", "epoch") == "step"
        self._frequency = schedule.get("frequency", 1)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule["scheduler"]}}

    def move_rates(self, batch_idx: int) -> None:
        """Step the module's own schedule when it is due, as Lightning would."""
        if not self.steers_itself:
            super().move_rates(batch_idx)
            return
        ends_epoch = batch_idx + 1 == self.course.plan.batches
        number = batch_idx + 1 if self._every_step else self.current_epoch + 1
        if (self._every_step or ends_epoch) and number % self._frequency == 0:
            self.trainer.lr_scheduler_configs[0].scheduler.step()  # type: ignore[call-arg]

    # --- Checkpoints --------------------------------------------------------------------------

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Ours, and in a part of its own what the module adds."""
        super().on_save_checkpoint(checkpoint)
        own: dict[str, Any] = {}
        self.own.on_save_checkpoint(own)
        if own:
            checkpoint[STATE] = own

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take it up again."""
        super().on_load_checkpoint(checkpoint)
        self.own.on_load_checkpoint(checkpoint.get(STATE, {}))


def _unheard(*_args: Any, **_kwargs: Any) -> None:
    """What a module logs is heard by nobody: loss, score and rate of every step are recorded."""


def _name(module: Any) -> str:
    return type(module).__name__


def _defines(module: pl.LightningModule, name: str) -> bool:
    return getattr(type(module), name, None) is not getattr(pl.LightningModule, name, None)


def _is_hook(name: str) -> bool:
    return name.startswith(("on_", "validation_", "test_", "predict_", "configure_")) or (
        name.endswith(("_dataloader", "_step")) or name in ("backward", "setup", "teardown")
    )


def _loss_of(found: Any, name: str) -> Tensor:
    """The loss that a step returned, alone or in a dict. Raises ProblemError."""
    loss = found.get("loss") if isinstance(found, Mapping) else found
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        given = f"a {type(found).__name__}" if found is not None else "nothing"
        sentence = f"training_step of {name} returns {given}, where the loss of the batch is wanted"
        hint = "return one number as a tensor, or a dict with it under 'loss'"
        raise ProblemError(Problem(WHERE, sentence, hint))
    return loss.squeeze()


Configured = tuple[torch.optim.Optimizer, dict[str, Any] | None]


def _configured(found: Any, name: str) -> Configured:
    """One optimizer, and its schedule if there is one, in any way of returning them. Raises
    ProblemError."""
    optimizers, schedules = _taken_apart(found)
    if len(optimizers) != 1 or len(schedules) > 1:
        sentence = f"{name} configures {len(optimizers)} optimizers and {len(schedules)} schedules"
        hint = "return one of each, or set architecture.trained_by to recipe"
        raise ProblemError(Problem(WHERE, sentence, hint))
    (optimizer,) = optimizers
    if not isinstance(optimizer, torch.optim.Optimizer):
        sentence = f"configure_optimizers of {name} returns a {_name(optimizer)}"
        raise ProblemError(Problem(WHERE, sentence, "return an optimizer of torch.optim"))
    if not schedules:
        return optimizer, None
    (schedule,) = schedules
    whole = dict(schedule) if isinstance(schedule, Mapping) else {"scheduler": schedule}
    scheduler = whole.get("scheduler")
    if isinstance(scheduler, ReduceLROnPlateau) or not isinstance(scheduler, LRScheduler):
        sentence = f"{name} wants the schedule {_name(scheduler)}, which cannot be followed here"
        hint = "choose another one, or train by the recipe's: architecture.trained_by=recipe"
        raise ProblemError(Problem(WHERE, sentence, hint))
    _check_pace(whole, name)
    return optimizer, whole


def _check_pace(schedule: Mapping[str, Any], name: str) -> None:
    """Raises ProblemError when it is not said in Lightning's words when a schedule moves on."""
    interval, frequency = schedule.get("interval", "epoch"), schedule.get("frequency", 1)
    if interval not in ("epoch", "step") or not isinstance(frequency, int) or frequency < 1:
        sentence = f"{name} moves its schedule on every {frequency!r} {interval!r}"
        hint = "interval is 'epoch' or 'step', and frequency how many of them, 1 or more"
        raise ProblemError(Problem(WHERE, sentence, hint))


def _taken_apart(found: Any) -> tuple[list[Any], list[Any]]:
    if isinstance(found, Mapping):
        schedule = found.get("lr_scheduler")
        return [found.get("optimizer")], [schedule] if schedule is not None else []
    pair = isinstance(found, tuple | list) and len(found) == 2
    if pair and all(isinstance(part, tuple | list) for part in found):
        return list(found[0]), list(found[1])
    return (list(found), []) if isinstance(found, tuple | list) else ([found], [])
