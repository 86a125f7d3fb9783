"""The network layer by layer, and what a training of it costs: shapes without numbers.

Everything is built on torch's meta device, so it takes milliseconds, no memory and no random
numbers, whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from engine.architectures.making import network_of
from engine.facts import Facts
from engine.views import Layer, ModelView

if TYPE_CHECKING:
    from engine.recipe import Recipe

FLOAT_BYTES = 4
USUAL_STATE = 2.0
"""Numbers an optimizer keeps for each weight when it will not say: those of Adam."""


def model_view(recipe: Recipe) -> ModelView:
    """The recipe's network with shapes, parameters, memory and work.

    `flops` are those of one sample's forward pass, a multiplication and an addition counted as
    two. Raises ProblemError when the dataset's facts cannot be had.
    """
    facts = recipe.dataset.facts()
    network = _network(recipe, facts)
    layers, flops = _walk(network, facts)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    weight_bytes = sum(tensor.nbytes for tensor in _state(network))
    activations = facts.inputs * FLOAT_BYTES + sum(layer.activation_bytes for layer in layers)
    return ModelView(
        layers=tuple(layers),
        parameters=parameters,
        weight_bytes=weight_bytes,
        training_bytes=weight_bytes
        + round(parameters * FLOAT_BYTES * (1 + _state_per_weight(recipe, network)))
        + activations * recipe.training.batch_size,
        flops=flops,
    )


def work_per_step(recipe: Recipe) -> int:
    """Floating-point operations of one training step, roughly: the backward pass costs two
    forward passes."""
    facts = recipe.dataset.facts()
    _, flops = _walk(_network(recipe, facts), facts)
    return 3 * flops * recipe.training.batch_size


def _network(recipe: Recipe, facts: Facts) -> nn.Module:
    with torch.device("meta"):
        return network_of(recipe, facts)


def _state(network: nn.Module) -> list[Tensor]:
    """What is kept of a network, tied weights once although they have two names."""
    named = network.state_dict(keep_vars=True)
    return list({id(tensor): tensor for tensor in named.values()}.values())


# --- One forward pass ----------------------------------------------------------------------------


def _walk(network: nn.Module, facts: Facts) -> tuple[list[Layer], int]:
    """The leaf layers in the order in which they run, and the operations of one sample.

    In training mode, where dropout needs memory too; two samples, because batch normalization
    then refuses a single one. Dropout of nothing is left out: it does nothing.
    """
    layers: list[Layer] = []
    recurrent: list[int] = []
    counted: set[int] = set()
    for name, part in network.named_modules():
        if isinstance(part, nn.RNNBase):
            part.forward = _shapes_alone(part, recurrent)
        # what has parts is told by them, unless it has weights of its own
        whole = next(part.children(), None) is None
        if (whole or next(part.parameters(recurse=False), None) is not None) and not _idle(part):
            part.register_forward_hook(_noting(layers, name, counted))
    kind = torch.int64 if facts.kind == "text" else torch.float32
    samples = torch.empty(2, *facts.shape, dtype=kind, device="meta")
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        network(samples)
    return layers, (int(counter.get_total_flops()) + sum(recurrent)) // 2


def _noting(layers: list[Layer], name: str, counted: set[int]) -> Callable[..., None]:
    """A forward hook that adds the layer it hangs on to `layers`, with the parameters that no
    layer before it has: tied weights count once."""

    def note(part: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        first = output[0] if isinstance(output, tuple) else output
        own = {id(parameter): parameter for parameter in part.parameters()}
        parameters = sum(own[key].numel() for key in own.keys() - counted)
        counted.update(own)
        shape = tuple(first.shape[1:])
        kept = 0 if _shares_memory(inputs[0], first) else prod(shape) * FLOAT_BYTES
        layers.append(Layer(name or "network", type(part).__name__, shape, parameters, kept))

    return note


def _idle(part: nn.Module) -> bool:
    return isinstance(part, nn.Dropout) and part.p == 0


def _shares_memory(one: Tensor, other: Tensor) -> bool:
    """Whether a layer only looked at its input in another way, as Flatten does."""
    return bool(one.untyped_storage()._cdata == other.untyped_storage()._cdata)


def _shapes_alone(part: nn.RNNBase, flops: list[int]) -> Callable[..., Any]:
    """A forward for a recurrent layer on the meta device: shapes, and the work by formula.

    Run for real it would go through every step of the sequence, which takes a quarter of a
    second where all else takes milliseconds.
    """

    def forward(inputs: Tensor, _state: Any = None) -> tuple[Tensor, Any]:
        steps = inputs.shape[1 if part.batch_first else 0]
        batch = inputs.shape[0 if part.batch_first else 1]
        flops.append(2 * steps * batch * sum(w.numel() for w in part.parameters() if w.dim() == 2))
        directions = 2 if part.bidirectional else 1
        width = part.proj_size or part.hidden_size
        output = inputs.new_empty(*inputs.shape[:2], directions * width)
        hidden = inputs.new_empty(part.num_layers * directions, batch, width)
        cell = inputs.new_empty(part.num_layers * directions, batch, part.hidden_size)
        return output, (hidden, cell) if isinstance(part, nn.LSTM) else hidden

    return forward


# --- The optimizer -------------------------------------------------------------------------------


def _state_per_weight(recipe: Recipe, network: nn.Module) -> float:
    """How many numbers the optimizer keeps for each weight, found by taking a step on meta."""
    parameters = list(network.parameters())
    if not parameters:
        return 0.0
    for parameter in parameters:
        parameter.grad = torch.empty_like(parameter)
    optimizer = recipe.optimizer.build([{"params": parameters, "weight_decay": 0.0}])
    if "history_size" in optimizer.defaults:  # LBFGS remembers pairs of steps and gradients
        return 2.0 * float(optimizer.defaults["history_size"])
    try:
        optimizer.step()
    except (RuntimeError, TypeError, NotImplementedError):  # its step reads numbers: there are none
        return USUAL_STATE
    kept = sum(
        value.numel()
        for state in optimizer.state.values()
        for value in state.values()
        if isinstance(value, Tensor)
    )
    return kept / sum(parameter.numel() for parameter in parameters)
