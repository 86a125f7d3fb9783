"""Brings optimizer, network and trainer in line with the recipe as it is now.

Everything here may be done again without effect: after an intervention, after a resume, in a fork.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.architectures.heading import Headed, dropping
from engine.architectures.layers import set_dropout
from engine.architectures.making import network_of
from engine.facts import Facts
from engine.problems import Problem, ProblemError, suggest
from engine.recipe import Recipe
from engine.training.course import Course
from engine.training.groups import scale_of
from engine.training.lightning import pl

if TYPE_CHECKING:
    from engine.training.module import TrainingModule


def settle(trainer: pl.Trainer, module: TrainingModule, course: Course) -> None:
    """Make every live option of the recipe effective."""
    recipe, plan = course.recipe, course.plan
    set_dropout(dropping(module.network), recipe.regularization.dropout)
    freeze_for(module.network, recipe, trainer.current_epoch)
    if not module.steers_itself:
        _hyperparameters(trainer.optimizers[0], module)
    settle_rate(trainer)
    trainer.fit_loop.max_epochs = -1 if plan.epochs is None else plan.epochs
    trainer.fit_loop.epoch_loop.max_steps = plan.total_steps if plan.epochs is None else -1


def settle_rate(trainer: pl.Trainer) -> None:
    """Set every group's rate to what recipe and schedule say for this step. A module with an
    optimizer of its own is left alone."""
    module: Any = trainer.lightning_module
    if not module.steers_itself:
        set_rates(trainer.optimizers[0], module, trainer.global_step)


def set_rates(optimizer: torch.optim.Optimizer, module: TrainingModule, step: int) -> None:
    """The rate of every group of parameters for optimizer step `step` (from 0)."""
    lr, factor = module.course.recipe.optimizer.lr, module.factor(step)
    for group in optimizer.param_groups:
        group["lr"] = lr * scale_of(group) * factor


def _hyperparameters(optimizer: torch.optim.Optimizer, module: TrainingModule) -> None:
    """Weight decay, momentum, betas: whatever a new optimizer of the recipe would have."""
    fresh = module.new_optimizer()
    for group, wanted in zip(optimizer.param_groups, fresh.param_groups, strict=True):
        group.update({k: v for k, v in wanted.items() if k not in ("params", "lr")})
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
        # own code may not know the meta device
        with torch.device("cpu" if recipe.architecture.own_code() else "meta"):
            network = network_of(recipe, facts)
        check_learns(network, recipe)


def check_learns(network: nn.Module, recipe: Recipe) -> None:
    """The same with what the architecture's own way of tuning freezes at first."""
    check_freeze(network, recipe.training.freeze)
    names = recipe.training.freeze and frozen_names(recipe, network, 0)
    frozen = {id(p) for name in names for p in _below(network, name)}
    if frozen and all(id(parameter) in frozen for parameter in network.parameters()):
        sentence = (
            f"With these layers frozen and tune={_tune(recipe)} there is nothing left to learn"
        )
        raise ProblemError(Problem("training.freeze", sentence, "leave the head free"))


def check_freeze(network: nn.Module, names: Sequence[str]) -> None:
    """Raises ProblemError for a name that is no layer and no parameter, or when nothing would be
    left to learn."""
    known = [name for name, _ in network.named_modules() if name]
    known += [name for name, _ in network.named_parameters()]
    unknown = [name for name in names if name not in known]
    if unknown:
        sentence = f"There is no layer {unknown[0]!r} in this network"
        learning = [name for name, part in network.named_modules() if name and _learns(part)]
        hint = suggest(unknown[0], learning)
        raise ProblemError(Problem("training.freeze", sentence, hint))
    frozen = {id(p) for name in names for p in _below(network, name)}
    if frozen and all(id(parameter) in frozen for parameter in network.parameters()):
        sentence = "With these layers frozen there is nothing left to learn"
        raise ProblemError(Problem("training.freeze", sentence, "leave one layer free"))


def frozen_names(recipe: Recipe, network: nn.Module, epoch: int) -> tuple[str, ...]:
    """All that does not learn in an epoch (from 0): names of layers, each with all below it, or of
    single parameters; those of the recipe first, then those of the architecture's tuning."""
    tuned = recipe.architecture.frozen(network, epoch)
    return tuple(dict.fromkeys((*recipe.training.freeze, *tuned)))


def freeze_for(network: nn.Module, recipe: Recipe, epoch: int) -> None:
    """Freeze what does not learn in this epoch, and free all else."""
    if network.training and isinstance(network, Headed):
        network.train()  # what rested may rest no longer
    freeze(network, frozen_names(recipe, network, epoch))
    if network.training:
        layers = dict(network.named_modules())
        for name in recipe.architecture.resting(network, epoch):
            if name in layers:
                layers[name].eval()


def freeze(network: nn.Module, names: Sequence[str]) -> None:
    """Frozen layers get no gradient, and their normalization keeps its statistics; all others
    learn again."""
    layers = dict(network.named_modules())
    frozen = {id(m) for name in names if name in layers for m in layers[name].modules()}
    single = {id(network.get_parameter(name)) for name in names if name not in layers}
    for module in network.modules():
        learns = id(module) not in frozen
        for parameter in _own(module):
            parameter.requires_grad_(learns and id(parameter) not in single)
            if not parameter.requires_grad:
                parameter.grad = None
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and network.training:
            module.train(learns)


def _below(network: nn.Module, name: str) -> Iterator[nn.Parameter]:
    """The parameters of a layer, or the one of that name."""
    layer, _, last = name.rpartition(".")
    own = dict(network.get_submodule(layer).named_parameters(recurse=False))
    yield from (own[last],) if last in own else network.get_submodule(name).parameters()


def _tune(recipe: Recipe) -> str:
    return str(getattr(recipe.architecture, "tune", "all"))


def _learns(module: nn.Module) -> bool:
    return next(module.parameters(), None) is not None


def _own(module: nn.Module) -> list[nn.Parameter]:
    return list(module.parameters(recurse=False))
