"""The FT-Transformer: attention among the features of a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.base import Architecture
from engine.architectures.heads import head_problems
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn


@register
class FTTransformer(Architecture):
    """Every feature of a row becomes a token that looks at all others (Gorishniy and others 2021).

    Categories come as numbers with `dataset.categories_as: codes`. The blocks are those of
    `transformer`: a GELU, and a norm before the first attention too.
    """

    title: ClassVar[str] = "FT-Transformer"
    inputs: ClassVar[tuple[InputKind, ...]] = ("table",)
    reads_codes: ClassVar[bool] = True
    name: Literal["ft_transformer"] = "ft_transformer"

    layers: int = option(2, "Blocks of attention and a two-layer network.", ge=1, le=256)
    heads: int = option(4, "Parts of the width that attend to different features.", ge=1, le=256)
    width: int = option(
        64, "Numbers that stand for a feature between the blocks.", ge=1, le=65_536,
        unit="numbers",
    )  # fmt: skip

    def check(self, recipe: Any) -> Iterator[Problem]:
        """A width that the heads cannot share is a problem."""
        yield from super().check(recipe)
        yield from head_problems(self.width, self.heads)

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Tokens, blocks after a class token, whose last state gives norm, ReLU, linear."""
        from torch import nn

        from engine.architectures.attention import ClassToken, blocks_of
        from engine.architectures.categories import Answer, FeatureTokens
        from engine.architectures.layers import dropout_layer

        numbers = facts.inputs - len(facts.cardinalities)
        blocks = blocks_of(self.layers, self.width, self.heads, False, dropout)
        return nn.Sequential(
            FeatureTokens(numbers, facts.cardinalities, self.width),
            Answer(ClassToken(self.width), blocks),
            nn.LayerNorm(self.width),
            nn.ReLU(),
            dropout_layer(dropout),
            nn.Linear(self.width, outputs),
        )
