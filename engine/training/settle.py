"""Brings optimizer, network and trainer in line with the recipe as it is now.

Everything here may be done again without effect: after an intervention, after a resume, in a fork.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.architectures.layers import set_dropout
from engine.architectures.making import network_of
from engine.facts import Facts
from engine.problems import Problem, ProblemError, suggest
from engine.recipe import Recipe
from engine.training.course import Course
from engine.training.lightning import pl

if TYPE_CHECKING:
    from engine.training.module import TrainingModule


def settle(trainer: pl.Trainer, module: TrainingModule, course: Course) -> None:
    """Make every live option of the recipe effective."""
    recipe, plan = course.recipe, course.plan
    set_dropout(module.network, recipe.regularization.dropout)
    freeze(module.network, recipe.training.freeze)
    _hyperparameters(trainer.optimizers[0], module)
    settle_rate(trainer, recipe.optimizer.lr)
    trainer.fit_loop.max_epochs = -1 if plan.epochs is None else plan.epochs
    trainer.fit_loop.epoch_loop.max_steps = plan.total_steps if plan.epochs is None else -1


def settle_rate(trainer: pl.Trainer, lr: float | None = None) -> None:
    """Set every group's rate to what the schedule says for this step; `lr` changes its base.

    LambdaLR would do so itself, but only with the next step.
    """
    schedule: Any = trainer.lr_scheduler_configs[0].scheduler
    if lr is not None:
        schedule.base_lrs = [lr] * len(schedule.optimizer.param_groups)
    for index, group in enumerate(schedule.optimizer.param_groups):
        group["initial_lr"] = schedule.base_lrs[index]
        group["lr"] = schedule.base_lrs[index] * schedule.lr_lambdas[index](schedule.last_epoch)
    schedule._last_lr = [group["lr"] for group in schedule.optimizer.param_groups]


def _hyperparameters(optimizer: torch.optim.Optimizer, module: TrainingModule) -> None:
    """Weight decay, momentum, betas: whatever a new optimizer of the recipe would have."""
    fresh = module.course.recipe.optimizer.build(module.groups())
    for group, wanted in zip(optimizer.param_groups, fresh.param_groups, strict=True):
        group.update({k: v for k, v in wanted.items() if k not in ("params", "lr", "initial_lr")})
        if group.get("momentum", 0) > 0 and "alpha" in group:
            _give_momentum(optimizer, group)


def _give_momentum(optimizer: torch.optim.Optimizer, group: dict[str, Any]) -> None:
    """RMSprop makes its momentum buffers with its first step, and only if it has momentum then."""
    for parameter in group["params"]:
        state = optimizer.state.get(parameter)
        if state and "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(parameter)


def forget_directions(optimizer: torch.optim.Optimizer) -> None:
    """L-BFGS moves all weights along the steps that it remembers, those without a gradient too:
    when other layers are frozen, it begins to remember anew."""
    if isinstance(optimizer, torch.optim.LBFGS):
        optimizer.state.clear()


# --- Frozen layers -----------------------------------------------------------------------------


def check_frozen_layers(recipe: Recipe, facts: Facts) -> None:
    """The same before there is a network, from one without weights. Raises ProblemError."""
    if recipe.training.freeze:
        with torch.device("meta"):
            network = network_of(recipe, facts)
        check_freeze(network, recipe.training.freeze)


def check_freeze(network: nn.Module, names: Sequence[str]) -> None:
    """Raises ProblemError for a name that is no layer, or when nothing would be left to learn."""
    known = [name for name, _ in network.named_modules() if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        sentence = f"There is no layer {unknown[0]!r} in this network"
        learning = [name for name, part in network.named_modules() if name and _learns(part)]
        hint = suggest(unknown[0], learning)
        raise ProblemError(Problem("training.freeze", sentence, hint))
    frozen = {id(p) for name in names for p in network.get_submodule(name).parameters()}
    if frozen and all(id(parameter) in frozen for parameter in network.parameters()):
        sentence = "With these layers frozen there is nothing left to learn"
        raise ProblemError(Problem("training.freeze", sentence, "leave one layer free"))


def freeze(network: nn.Module, names: Sequence[str]) -> None:
    """Frozen layers get no gradient, and their normalization keeps its statistics; all others
    learn again."""
    frozen = {id(m) for name in names for m in network.get_submodule(name).modules()}
    for module in network.modules():
        learns = id(module) not in frozen
        for parameter in _own(module):
            parameter.requires_grad_(learns)
            if not learns:
                parameter.grad = None
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and network.training:
            module.train(learns)


def _learns(module: nn.Module) -> bool:
    return next(module.parameters(), None) is not None


def _own(module: nn.Module) -> list[nn.Parameter]:
    return list(module.parameters(recurse=False))
