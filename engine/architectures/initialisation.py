"""First weights in another way than the layers' own, as the recipe asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torch import Tensor, contiguous_format, empty_like, nn

from engine.architectures.attention import SelfAttention
from engine.architectures.forecasting import StepsAhead

if TYPE_CHECKING:
    from engine.architectures.base import Architecture

Draw = Callable[[Tensor], Any]
_DRAWS: dict[str, Draw] = {
    "kaiming": lambda matrix: nn.init.kaiming_normal_(matrix, nonlinearity="relu"),
    "xavier": nn.init.xavier_uniform_,
    "orthogonal": nn.init.orthogonal_,
}
_GATES: dict[type[nn.RNNBase], int] = {nn.RNN: 1, nn.GRU: 3, nn.LSTM: 4}
_FORGET = 1
"""Which of an LSTM's gates it is: torch has them as input, forget, cell, output."""


def initialise(network: nn.Module, architecture: Architecture) -> None:
    """Draw the weights anew as `architecture.init` says, then empty the last layer if it is to be.

    kaiming: normal, variance 2 / fan in (He and others 2015); xavier: uniform, variance
    2 / (fan in + fan out) (Glorot and Bengio 2010); orthogonal: Saxe and others 2014, a convolution
    as the matrix (out, in * window). Each matrix of a layer that holds several (the gates of a
    recurrent layer; query, key and value) counts alone. The matrices from state to state of a
    recurrent layer are orthogonal with all three (Le and others 2015). Biases become zero, those
    of an LSTM's forget gate one (Gers and others 2000; Jozefowicz and others 2015).

    Left as they are: vectors that are looked up or learned one by one (embeddings, places, class
    and feature tokens), a last layer that is tied to them, and the weights of norms: of those
    the spread does not depend on how many inputs a layer has.

    Drawn from torch's global generator, layer by layer in the order of `network.modules()`. On the
    meta device nothing is done, and with the defaults nothing is drawn.
    """
    if any(parameter.is_meta for parameter in network.parameters()):
        return
    if architecture.init != "default":
        _draw_all(network, _DRAWS[architecture.init])
    if architecture.zero_last:
        for layer in architecture.last_layers(network):
            for parameter in layer.parameters(recurse=False):
                nn.init.zeros_(parameter)


def layers_with_matrices(network: nn.Module) -> list[nn.Module]:
    """The linear, convolution and attention layers, in the order in which they were declared."""
    return [part for part in network.modules() if next(_matrices(part, 1), None) is not None]


def _draw_all(network: nn.Module, draw: Draw) -> None:
    parts = list(network.modules())
    vectors = {id(part.weight) for part in parts if isinstance(part, nn.Embedding)}
    in_thirds = {id(part.query_key_value) for part in parts if isinstance(part, SelfAttention)}
    for part in parts:
        if isinstance(part, nn.RNNBase):
            _draw_recurrent(part, draw)
        elif not any(id(own) in vectors for own in part.parameters(recurse=False)):
            for matrix in _matrices(part, 3 if id(part) in in_thirds else 1):
                _draw(matrix, draw)
            bias = _bias(part)
            if bias is not None:
                nn.init.zeros_(bias)


def _draw(matrix: Tensor, draw: Draw) -> None:
    """By way of a tensor of its own, since a view may not lie in one piece."""
    fresh = empty_like(matrix, memory_format=contiguous_format)
    draw(fresh)
    matrix.copy_(fresh)


def _matrices(part: nn.Module, count: int) -> Iterator[Tensor]:
    """The matrices (out, in, ...) of a layer, as views; none of a layer without any."""
    if isinstance(part, nn.Linear):
        yield from part.weight.detach().chunk(count)
    elif isinstance(part, nn.modules.conv._ConvNd):
        weight = part.weight.detach()
        yield weight.transpose(0, 1) if part.transposed else weight
    elif isinstance(part, nn.MultiheadAttention):
        joint = part.in_proj_weight
        own = (part.q_proj_weight, part.k_proj_weight, part.v_proj_weight)
        yield from (w.detach() for w in own) if joint is None else joint.detach().chunk(3)
    elif isinstance(part, StepsAhead):
        yield from (weight.T for weight in part.weight.detach())


def _bias(part: nn.Module) -> Tensor | None:
    if isinstance(part, nn.MultiheadAttention):
        return part.in_proj_bias
    has_one = isinstance(part, nn.Linear | nn.modules.conv._ConvNd | StepsAhead)
    return part.bias if has_one else None  # type: ignore[return-value]


def _draw_recurrent(part: nn.RNNBase, draw: Draw) -> None:
    """Gate by gate; a projection of the state (weight_hr) has none."""
    gates = next(count for kind, count in _GATES.items() if isinstance(part, kind))
    for name, parameter in part.named_parameters(recurse=False):
        weights = parameter.detach()
        if name.startswith("bias"):
            nn.init.zeros_(weights)
            if isinstance(part, nn.LSTM) and name.startswith("bias_ih"):
                nn.init.ones_(weights.chunk(gates)[_FORGET])
            continue
        between = name.startswith("weight_hh")
        for matrix in weights.chunk(1 if name.startswith("weight_hr") else gates):
            _draw(matrix, nn.init.orthogonal_ if between else draw)
