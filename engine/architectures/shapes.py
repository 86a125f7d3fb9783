"""A network of shapes without numbers, on torch's meta device: made, fed, run in milliseconds.

What looks at a network before it is trained builds on this: the dry run and the model view. No
random number is drawn, and no memory is needed, whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from engine.architectures.making import network_of
from engine.facts import Facts

if TYPE_CHECKING:
    from engine.recipe import Recipe

Note = Callable[[int], None]
"""Gets the floating-point operations of a forward pass, a multiplication and an addition as two."""


def meta_network(recipe: Recipe, facts: Facts) -> nn.Module:
    """The recipe's network in training mode; its recurrent layers still run step by step."""
    with torch.device("meta"):
        return network_of(recipe, facts)


def meta_samples(facts: Facts, count: int = 2) -> Tensor:
    """So many samples (count, *facts.shape) as a network gets them. Two by default, because batch
    normalization refuses a single one while it trains."""
    kind = torch.int64 if facts.kind == "text" else torch.float32
    return torch.empty(count, *facts.shape, dtype=kind, device="meta")


def skip_steps(network: nn.Module, note: Note | None = None) -> None:
    """Let every recurrent layer of a meta network give its shapes at once, and `note` its work.

    Run for real it would go through every step of the sequence, which takes a quarter of a
    second where all else takes milliseconds.
    """
    for part in network.modules():
        if isinstance(part, nn.RNNBase):
            part.forward = _shapes_alone(part, note)


def _shapes_alone(part: nn.RNNBase, note: Note | None) -> Callable[..., Any]:
    def forward(inputs: Tensor, _state: Any = None) -> tuple[Tensor, Any]:
        part.check_input(inputs, None)
        steps = inputs.shape[1 if part.batch_first else 0]
        batch = inputs.shape[0 if part.batch_first else 1]
        if note is not None:
            note(2 * steps * batch * sum(w.numel() for w in part.parameters() if w.dim() == 2))
        directions = 2 if part.bidirectional else 1
        width = part.proj_size or part.hidden_size
        output = inputs.new_empty(*inputs.shape[:2], directions * width)
        hidden = inputs.new_empty(part.num_layers * directions, batch, width)
        cell = inputs.new_empty(part.num_layers * directions, batch, part.hidden_size)
        return output, (hidden, cell) if isinstance(part, nn.LSTM) else hidden

    return forward
