"""The network layer by layer, and what a training of it costs: shapes without numbers.

Everything is built on torch's meta device, so it takes milliseconds, no memory and no random
numbers, whatever the size.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch import Tensor, nn

from engine.architectures.weights.beginning import foreseen
from engine.facts import Facts
from engine.model.memory import free_memory, state_per_weight
from engine.model.passing import FLOAT_BYTES, Passage, passed
from engine.model.reach import axes_of, reaches
from engine.problems import ProblemError
from engine.training.recompute import kept_bytes
from engine.views import ModelView

if TYPE_CHECKING:
    from engine.recipe import Recipe

_AT_LAST = 1_000_000
"""An epoch by which everything that is freed while training has been freed."""
_MEASURED = 256
"""Samples that are measured together: as in `engine.training.metrics`, which imports slowly."""


def model_view(recipe: Recipe) -> ModelView:
    """The recipe's network with shapes, parameters, memory, work and reach.

    `flops` are those of one sample's forward pass, a multiplication and an addition counted as
    two. Raises ProblemError when the dataset's facts cannot be had, or a layer cannot take what
    it gets.
    """
    facts = recipe.dataset.facts()
    found = passed(recipe, facts, record=True)
    count = sum(parameter.numel() for parameter in found.network.parameters())
    learning = sum(p.numel() for p in found.network.parameters() if p.requires_grad)
    weight_bytes = sum(tensor.nbytes for tensor in _state(found.network))
    copies = 1 + state_per_weight(recipe, found.network)
    first = _first_learning(recipe, found)
    activations = facts.inputs * FLOAT_BYTES + _kept(recipe, found, first)
    free, memory = free_memory(recipe)
    return _with_reach(
        ModelView(
            layers=tuple(found.layers),
            parameters=count,
            weight_bytes=weight_bytes,
            training_bytes=weight_bytes
            + round(_learning_at_last(recipe, found.network) * FLOAT_BYTES * copies)
            + activations * recipe.training.batch_size
            + _passing(found, first) * _at_once(recipe, facts),
            flops=found.flops,
            frozen=count - learning,
            free_bytes=free,
            memory=memory,
            note=found.note,
            begins=_begins(recipe, facts, found.network),
        ),
        found,
        facts,
    )


def work_per_step(recipe: Recipe) -> int:
    """Floating-point operations of one training step, roughly: the backward pass costs two
    forward passes."""
    found = passed(recipe, recipe.dataset.facts())
    return 3 * found.flops * recipe.training.batch_size


def _kept(recipe: Recipe, found: Passage, first: int) -> int:
    """The bytes of a sample's activations that are kept for the gradient: those of the `first`
    layer that learns and of all behind it."""
    rows = found.layers[first:]
    if recipe.training.checkpoint_activations:
        return kept_bytes(found.network, rows)
    return sum(row.activation_bytes for row in rows)


def _passing(found: Passage, first: int) -> int:
    """The bytes of a sample while it passes the layers before the `first` that learns: what the
    largest of them takes and gives. Nothing of them is kept for the gradient, so that the passes of
    most samples at once are those of a validation."""
    return 2 * max((row.activation_bytes for row in found.layers[:first]), default=0)


def _at_once(recipe: Recipe, facts: Facts) -> int:
    """How many samples pass the network together, at most."""
    batch = recipe.training.batch_size
    if getattr(recipe.architecture, "tune", "") == "head":
        from engine.training.features import BLOCK, why_not  # imports slowly

        if not why_not(recipe):
            return BLOCK
    return batch if facts.task == "tokens" else min(facts.samples, max(batch, _MEASURED))


def _first_learning(recipe: Recipe, found: Passage) -> int:
    """How many layers run before the first that ever learns; 0 where that is not certain."""
    frozen = (recipe.architecture.frozen(found.network, epoch) for epoch in (0, _AT_LAST))
    learning = [place for place, row in enumerate(found.layers) if row.trainable]
    # the row of a layer with parts stands behind them, wherever its own weights are at work
    if len(set(frozen)) > 1 or any(found.layers[place].own for place in learning):
        return 0
    return next(iter(learning), 0)


def _learning_at_last(recipe: Recipe, network: nn.Module) -> int:
    """How many parameters a training may come to change: those that are freed on the way, too."""
    frozen = (*recipe.training.freeze, *recipe.architecture.frozen(network, _AT_LAST))
    return sum(
        parameter.numel()
        for name, parameter in network.named_parameters()
        if not any(name == part or name.startswith(f"{part}.") for part in frozen)
    )


def _state(network: nn.Module) -> list[Tensor]:
    """What is kept of a network, tied weights once although they have two names."""
    named = network.state_dict(keep_vars=True)
    tensors = [value for value in named.values() if isinstance(value, Tensor)]
    return list({id(tensor): tensor for tensor in tensors}.values())


def _begins(recipe: Recipe, facts: Facts, network: nn.Module) -> str:
    """How the recipe's file of weights fits; a file that is refused is a problem of the recipe."""
    try:
        report = foreseen(recipe, facts, network)
    except ProblemError:
        return ""
    if report is None:
        return ""
    return f"{report.headline} ({report.advice})." if report.advice else f"{report.headline}."


def _with_reach(view: ModelView, found: Passage, facts: Facts) -> ModelView:
    axes, places = axes_of(facts)
    if found.recorder is None or not axes:
        return view
    reach = reaches(found.recorder, facts)
    layers = tuple(replace(row, receptive=reach.of(row.name)) for row in view.layers)
    return replace(view, layers=layers, axes=axes, places=places, receptive=reach.whole)
