"""The decoder that writes texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.base import Architecture
from engine.architectures.heads import head_problems
from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn


@register
class GPT(Architecture):
    """A small transformer that tells the next token at each place of a text, as GPT-2 does."""

    title: ClassVar[str] = "GPT"
    inputs: ClassVar[tuple[InputKind, ...]] = ("text",)
    tasks: ClassVar[tuple[Task, ...]] = ("tokens",)
    name: Literal["gpt"] = "gpt"

    layers: int = option(4, "Blocks of attention and a two-layer network.", ge=1, le=256)
    heads: int = option(4, "Parts of the width that attend to different tokens.", ge=1, le=256)
    width: int = option(
        128, "Numbers that stand for a token between the blocks.", ge=1, le=65_536, unit="numbers"
    )
    tie_weights: bool = option(
        True, "Tell tokens by the vectors that they are read with.", advanced=True
    )

    def check(self, recipe: Any) -> Iterator[Problem]:
        """A width that the heads cannot share is a problem."""
        yield from super().check(recipe)
        yield from head_problems(self.width, self.heads)

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Vectors and places, blocks that look back only, norm, linear: (N, T) to (N, T, V)."""
        from torch import nn

        from engine.architectures.attention import STD, Positions, blocks_of
        from engine.architectures.layers import dropout_layer
        from engine.architectures.tokens import Sequence, embedding

        (length,) = facts.shape
        vectors = embedding(facts, self.width, STD)
        head = nn.Linear(self.width, outputs, bias=False)
        nn.init.normal_(head.weight, std=STD)
        if self.tie_weights:
            head.weight = vectors.weight
        return Sequence(
            vectors,
            Positions(length, self.width),
            dropout_layer(dropout),
            *blocks_of(self.layers, self.width, self.heads, True, dropout),
            nn.LayerNorm(self.width),
            head,
        )
