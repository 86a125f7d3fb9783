"""Which parameters the optimizer treats alike."""

from __future__ import annotations

from typing import Any

from torch import nn

from engine.recipe import Recipe


def parameter_groups(recipe: Recipe, network: nn.Module) -> list[dict[str, Any]]:
    """The parameters by what decays; always the same groups, since the decay may change."""
    decay = recipe.regularization.weight_decay
    parameters = list(network.parameters())
    if not recipe.regularization.exempt:
        return [{"params": parameters, "weight_decay": decay}]
    weights = [p for p in parameters if p.dim() > 1]
    others = [p for p in parameters if p.dim() <= 1]  # biases, normalization weights
    return [
        {"params": weights, "weight_decay": decay},
        {"params": others, "weight_decay": 0.0},
    ]
