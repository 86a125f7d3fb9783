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
    small = recipe.training.checkpoint_activations
    kept = kept_bytes(found.network, found.layers) if small else sum(
        row.activation_bytes for row in found.layers
    )  # fmt: skip
    activations = facts.inputs * FLOAT_BYTES + kept
    free, memory = free_memory(recipe)
    return _with_reach(
        ModelView(
            layers=tuple(found.layers),
            parameters=count,
            weight_bytes=weight_bytes,
            training_bytes=weight_bytes
            + round(learning * FLOAT_BYTES * (1 + state_per_weight(recipe, found.network)))
            + activations * recipe.training.batch_size,
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
