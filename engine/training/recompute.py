"""Activation checkpointing: blocks of a network keep only their input while it learns, and compute
the rest again for the gradient (Chen and others 2016)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from math import isqrt, prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.views import Layer

MIXED = (nn.RNNBase, nn.MultiheadAttention)
"""Layers that are one already: their parts are no blocks."""


def blocks_of(network: nn.Module) -> list[str]:
    """The names of the blocks: the parts of a sequence or list that are made of parts themselves
    and hold weights. Where a sequence has only one of these, the blocks within it, if any."""
    return _blocks_in("", network)


def _blocks_in(name: str, part: nn.Module) -> list[str]:
    children = [(f"{name}.{key}" if name else key, child) for key, child in part.named_children()]
    if not isinstance(part, nn.Sequential | nn.ModuleList):
        return [block for path, child in children for block in _blocks_in(path, child)]
    blocks = [(path, child) for path, child in children if _is_block(child)]
    if len(blocks) > 1:
        return [path for path, _ in blocks]
    return [block for path, child in blocks for block in _blocks_in(path, child) or [path]]


def segments_of(network: nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    """Sequences of single layers, cut into about as many pieces as each has layers: the name of the
    sequence, and where its pieces begin."""
    blocks = blocks_of(network)
    return [
        (name, tuple(range(0, len(part), max(2, isqrt(len(part))))))
        for name, part in network.named_modules()
        if isinstance(part, nn.Sequential) and len(part) >= 4 and not _is_in(name, blocks)
        and not any(_is_block(child) for child in part)
    ]  # fmt: skip


def kept_bytes(network: nn.Module, layers: Sequence[Layer]) -> int:
    """The bytes of a sample's activations that are in memory at once: outputs of the blocks, all
    that is in none, and within the largest block everything."""
    pieces = {name: name for name in blocks_of(network)}
    for name, starts in segments_of(network):
        keys = [f"{name}.{key}" if name else key for key, _ in _children(network, name)]
        for first in starts[:-1]:  # the last piece keeps all
            size = starts[1] - starts[0]
            pieces |= dict.fromkeys(keys[first : first + size], f"{name}/{first}")
    total, inside, last = 0, dict[str, int](), dict[str, int]()
    for layer in layers:
        piece = next((p for n, p in pieces.items() if _is_in(layer.name, [n])), None)
        if piece is None:
            total += layer.activation_bytes
        else:
            inside[piece] = inside.get(piece, 0) + layer.activation_bytes
            last[piece] = prod(layer.output_shape) * 4
    return total + sum(last.values()) + max(inside.values(), default=0)


def _children(network: nn.Module, name: str) -> list[tuple[str, nn.Module]]:
    return list(network.get_submodule(name).named_children())


def _is_in(name: str, blocks: list[str]) -> bool:
    return any(name == block or name.startswith(f"{block}.") for block in blocks)


def _is_block(part: nn.Module) -> bool:
    if isinstance(part, MIXED) or next(part.parameters(), None) is None:
        return False
    return sum(1 for child in part.modules() if next(child.children(), None) is None) > 1


def checkpoint_activations(network: nn.Module) -> int:
    """Let the blocks compute again instead of keeping; how many pieces there are.

    Only their class changes: names, order and copies of the network stay what they were.
    """
    blocks, segments = blocks_of(network), segments_of(network)
    for name in blocks:
        block = network.get_submodule(name)
        block.__class__ = _again(type(block))  # type: ignore[arg-type]
    for name, _ in segments:
        sequence = network.get_submodule(name)
        sequence.__class__ = _piecewise(type(sequence))  # type: ignore[arg-type]
    return len(blocks) + sum(len(starts) for _, starts in segments)


@lru_cache(maxsize=256)
def _again(cls: type[nn.Module]) -> type[nn.Module]:
    """The class with a forward that keeps only its inputs while it learns."""

    def forward(self: nn.Module, *inputs: Any, **named: Any) -> Any:
        def plain(*inputs: Any, **named: Any) -> Any:
            return cls.forward(self, *inputs, **named)

        return _kept_small(self, [self], plain, inputs, named)

    return type(cls.__name__, (cls,), {"forward": forward, "__doc__": cls.__doc__})


@lru_cache(maxsize=16)
def _piecewise(cls: type[nn.Module]) -> type[nn.Module]:
    """A Sequential whose layers go piece by piece; the last piece keeps all, since its gradient
    comes first."""

    def forward(self: nn.Sequential, inputs: Any) -> Any:
        size = max(2, isqrt(len(self)))
        layers = list(self)
        for start in range(0, len(layers), size):
            piece = layers[start : start + size]

            def plain(inputs: Any, piece: list[nn.Module] = piece) -> Any:
                for layer in piece:
                    inputs = layer(inputs)
                return inputs

            last = start + size >= len(layers)
            inputs = plain(inputs) if last else _kept_small(self, piece, plain, (inputs,), {})
        return inputs

    return type(cls.__name__, (cls,), {"forward": forward, "__doc__": cls.__doc__})


def _kept_small(
    owner: nn.Module, parts: list[nn.Module], plain: Any, inputs: tuple[Any, ...], named: Any
) -> Any:
    if not owner.training or not torch.is_grad_enabled():
        return plain(*inputs, **named)
    norms = [m for part in parts for m in part.modules()
             if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.training]  # fmt: skip
    return checkpoint(
        plain, *inputs, use_reentrant=False, context_fn=lambda: (nullcontext(), _at_rest(norms)),
        **named,
    )  # fmt: skip


@contextmanager
def _at_rest(norms: list[nn.modules.batchnorm._BatchNorm]) -> Iterator[None]:
    """Batch normalization has taken these activations into its statistics once already."""
    kept = [(n.momentum, None if n.num_batches_tracked is None else n.num_batches_tracked.clone())
            for n in norms]  # fmt: skip
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, (momentum, count) in zip(norms, kept, strict=True):
            norm.momentum = momentum
            counter = norm.num_batches_tracked
            if isinstance(count, Tensor) and counter is not None:
                counter.copy_(count)
