"""The one place where a recipe's network is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.architectures.initialisation import initialise
from engine.facts import Facts

if TYPE_CHECKING:
    from torch import nn

    from engine.recipe import Recipe


def network_of(recipe: Recipe, facts: Facts) -> nn.Module:
    """The network, sized for the data; on whatever device is torch's default."""
    outputs = recipe.loss.outputs(facts)
    network = recipe.architecture.build(facts, outputs, recipe.regularization.dropout)
    initialise(network, recipe.architecture)
    return network
