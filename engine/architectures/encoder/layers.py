"""The network around a pretrained encoder: token numbers in, one vector a text out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from engine.architectures.heading import Headed
from engine.architectures.tokens import real_places

MODEL = "model"
"""The name that the encoder of transformers has in the backbone."""


class TextFeatures(nn.Module):
    """An encoder of transformers and what makes one vector of those of a text's tokens.

    Numbers of tokens are here one more than the tokenizer's, since 0 is padding; `padding` is what
    the encoder itself is given there, which its attention does not see.
    """

    def __init__(self, model: nn.Module, padding: int, pooling: str) -> None:
        super().__init__()
        self.model = model
        self.padding, self.pooling = padding, pooling

    def forward(self, numbers: Tensor) -> Tensor:
        """Token numbers (N, length) int64, 0 where a text is over, to (N, F)."""
        if not _follows(numbers):
            numbers = numbers[:, : _longest(numbers)]
        real = real_places(numbers)
        ids = torch.where(numbers > 0, numbers - 1, self.padding)
        # a mask without numbers cannot be looked at, and changes no shape
        mask = None if ids.is_meta else real.long()
        vectors: Tensor = self.model(input_ids=ids, attention_mask=mask)[0]
        if self.pooling == "cls":
            return vectors[:, 0]
        weight = real.unsqueeze(-1).to(vectors.dtype)
        return (vectors * weight).sum(1) / weight.sum(1)


def _follows(numbers: Tensor) -> bool:
    """Whether operations are written down for any numbers, so that a length must not depend on
    those at hand."""
    tracing = torch._C._get_tracing_state() is not None
    return numbers.is_meta or tracing or torch.compiler.is_compiling()


def _longest(numbers: Tensor) -> int:
    """Tokens of the longest text of a batch: what is padding in all takes time for nothing."""
    used = (numbers != 0).any(0).nonzero()
    return int(used[-1]) + 1 if len(used) else 1


class TextNetwork(Headed):
    """A pretrained encoder and a new head."""

    def merged(self) -> nn.Module:
        """The same with LoRA's matrices added to the encoder's own, which it changes."""
        from engine.architectures.encoder.adapters import merge

        merge(self)
        return self


def blocks_of(backbone: nn.Module) -> list[tuple[str, ...]]:
    """What comes before the layers of an encoder (embeddings), each layer, and what comes behind
    with the last one; as names below the backbone."""
    stack = _stack(backbone)
    rows = [f"{stack}.{key}" for key, _ in backbone.get_submodule(stack).named_children()]
    blocks: list[list[str]] = [[], *([row] for row in rows)]
    behind = False
    for name, part in _leaves(backbone):
        if name.startswith(f"{stack}."):
            behind = True
        elif next(part.parameters(recurse=False), None) is not None:
            blocks[-1 if behind else 0].append(name)
    return [tuple(block) for block in blocks if block]


def _stack(backbone: nn.Module) -> str:
    """The name of the longest list of layers."""
    lists: list[tuple[int, str]] = [(len(part), name) for name, part in backbone.named_modules()
             if isinstance(part, nn.ModuleList)]  # fmt: skip
    if not lists:
        return MODEL
    longest = max(length for length, _ in lists)
    return next(name for length, name in lists if length == longest)


def _leaves(module: nn.Module) -> Iterator[tuple[str, Any]]:
    """The modules with parameters of their own, in the order of the network."""
    for name, part in module.named_modules():
        if name and next(part.parameters(recurse=False), None) is not None:
            yield name, part
