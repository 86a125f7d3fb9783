"""Which parameters the optimizer treats alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from engine.recipe import Recipe


def parameter_groups(recipe: Recipe, network: nn.Module) -> list[dict[str, Any]]:
    """The parameters by what decays, and as the optimizer wants them; always the same groups,
    since the decay may change."""
    groups = _by_rate(_by_decay(recipe, network), recipe, network)
    return recipe.optimizer.regrouped(groups, network)


def _by_decay(recipe: Recipe, network: nn.Module) -> list[dict[str, Any]]:
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


def _by_rate(
    groups: list[dict[str, Any]], recipe: Recipe, network: nn.Module
) -> list[dict[str, Any]]:
    """Each group parted by the factor of the learning rate (`lr_scale`, 1 if it is not there);
    the head's, whose rate is shown, first."""
    scales = {id(p): recipe.architecture.lr_scale(name) for name, p in network.named_parameters()}
    if set(scales.values()) <= {1.0}:
        return groups
    parted = [
        {**group, "params": [p for p in group["params"] if scales[id(p)] == scale],
         "lr_scale": scale}
        for scale in sorted(set(scales.values()), key=lambda scale: scale != 1.0)
        for group in groups
    ]  # fmt: skip
    return [group for group in parted if group["params"]]


def scale_of(group: Mapping[str, Any]) -> float:
    """The factor of the learning rate of an optimizer's group."""
    return float(group.get("lr_scale", 1.0))
