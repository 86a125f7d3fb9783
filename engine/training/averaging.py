"""What is done to the weights right after a step: their moving average, and their norm's bound."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def warmed_up(decay: float, updates: int) -> float:
    """The decay after so many updates: (1 + n) / (10 + n) at first, `decay` in the long run.

    With a constant decay the average would consist of the random first weights for a long time.
    """
    return min(decay, (1 + updates) / (10 + updates))


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average towards the network: a = decay a + (1 - decay) w (Polyak and Juditsky 1992).

    Running statistics of normalization layers are averaged alike; counters are copied.
    """
    averaged, current = _tensors(average), _tensors(network)
    floating = [(a, c) for a, c in zip(averaged, current, strict=True) if a.is_floating_point()]
    torch._foreach_lerp_([a for a, _ in floating], [c for _, c in floating], 1 - decay)
    for a, c in zip(averaged, current, strict=True):
        if not a.is_floating_point():
            a.copy_(c)


def _tensors(module: nn.Module) -> list[Tensor]:
    """Each tensor of the state once: tied weights have two names and would be moved twice."""
    found = {id(tensor): tensor for tensor in module.state_dict(keep_vars=True).values()}
    return [tensor.detach() for tensor in found.values()]


@torch.no_grad()
def bound_norms(network: nn.Module, max_norm: float) -> None:
    """Shrink each unit's incoming weight vector to at most `max_norm` (Srebro and Shraibman 2005).

    A unit is a row of a linear layer or a filter of a convolution; recurrent layers' rows too.
    Frozen weights stay as they are.
    """
    for parameter in network.parameters():
        if parameter.dim() > 1 and parameter.requires_grad:
            norms = parameter.flatten(1).norm(dim=1).clamp(min=1e-12)
            scale = (max_norm / norms).clamp(max=1.0)
            parameter.mul_(scale.view(-1, *[1] * (parameter.dim() - 1)))
