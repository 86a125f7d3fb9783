"""The transformer encoder, for texts, series and images in patches."""

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
class Transformer(Architecture):
    """Every token of a text, or patch of a series or an image, looks at all others.

    Images as in the ViT (Dosovitskiy and others 2021). What a patch lacks at the edge is zero.
    """

    title: ClassVar[str] = "Transformer"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image", "text", "series")
    name: Literal["transformer"] = "transformer"

    layers: int = option(2, "Blocks of attention and a two-layer network.", ge=1, le=256)
    heads: int = option(4, "Parts of the width that attend to different places.", ge=1, le=256)
    width: int = option(
        64, "Numbers that stand for a token or patch between the blocks.", ge=1, le=65_536,
        unit="numbers",
    )  # fmt: skip
    patch: int = option(
        4, "Side of an image's patch in pixels, or steps of a series' patch.", ge=1, le=1024
    )
    pooling: Literal["mean", "cls"] = option(
        "mean", "What is kept: the mean of all places, or one of its own that is learned."
    )

    def check(self, recipe: Any) -> Iterator[Problem]:
        """A width that the heads cannot share is a problem."""
        yield from super().check(recipe)
        yield from head_problems(self.width, self.heads)

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Vectors and places, blocks, pooling, norm, dropout, linear."""
        from torch import nn

        from engine.architectures.attention import Collecting, Positions, blocks_of
        from engine.architectures.layers import dropout_layer
        from engine.architectures.pooling import MeanOfSteps
        from engine.architectures.tokens import sequence_for

        reading, count = self._reading(facts)
        blocks = blocks_of(self.layers, self.width, self.heads, False, dropout)
        if self.pooling == "cls":
            places = Positions(count + 1, self.width)
            body: list[nn.Module] = [dropout_layer(dropout), Collecting(places, blocks, self.width)]
        else:
            places = Positions(count, self.width)
            body = [places, dropout_layer(dropout), *blocks, MeanOfSteps()]
        head = (nn.LayerNorm(self.width), dropout_layer(dropout), nn.Linear(self.width, outputs))
        return sequence_for(facts)(reading, *body, *head)

    def _reading(self, facts: Facts) -> tuple[nn.Module, int]:
        """What makes tokens of a sample, and how many."""
        from engine.architectures.attention import STD
        from engine.architectures.patches import PatchesOfImage, PatchesOfSeries
        from engine.architectures.tokens import embedding

        if facts.kind == "text":
            return embedding(facts, self.width, STD), facts.shape[0]
        cut = PatchesOfSeries if facts.kind == "series" else PatchesOfImage
        patches = cut(facts.shape, self.width, self.patch)
        return patches, patches.count
