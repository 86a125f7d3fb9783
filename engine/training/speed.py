"""What makes a network faster or smaller without being another one: how its numbers lie in memory,
what it keeps for the gradient, whether it is compiled."""

from __future__ import annotations

import torch
from torch import nn

from engine.training.compiling import Begins, Told, compile_in_place
from engine.training.recompute import checkpoint_activations
from engine.training.resolve import Resolved


def put_in_order(network: nn.Module, memory_format: str) -> None:
    """Let the weights of convolutions lie with the channels last, if that is asked for: whatever
    goes through them then does, too."""
    if memory_format == "channels_last":
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def make_fast(
    network: nn.Module, average: nn.Module | None, resolved: Resolved, told: Told,
    begins: Begins = lambda: None, *, small: bool,
) -> None:  # fmt: skip
    """Prepare a network, and the one that averages it, for its training. `small` lets it compute
    activations again instead of keeping them."""
    for each in (network, average):
        if each is not None:
            put_in_order(each, resolved.memory_format)
    if small:
        checkpoint_activations(network)
    if resolved.compile != "off":
        compile_in_place(network, resolved.compile, told, begins)
