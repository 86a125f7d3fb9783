"""The temporal convolutional network, for series and texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.base import Architecture
from engine.architectures.heads import tie_problems
from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn

FURTHEST = 16
"""Blocks after which the dilation, doubled by each, is beyond any window."""


@register
class TCN(Architecture):
    """Dilated causal convolutions, each block looking twice as far back (Bai and others 2018).

    With a dataset of running text it is a language model.
    """

    title: ClassVar[str] = "TCN"
    shaped_by: ClassVar[str] = "channels"
    inputs: ClassVar[tuple[InputKind, ...]] = ("text", "series")
    tasks: ClassVar[tuple[Task, ...]] = ("classes", "multilabel", "regression", "tokens")
    name: Literal["tcn"] = "tcn"

    channels: Sizes = option((32, 32, 32, 32), "Channels of each block; each looks twice as far.")
    kernel: int = option(3, "Steps that a convolution sees at once.", ge=2, le=64, unit="steps")
    norm: Literal["none", "layer"] = option("layer", "Normalization after each convolution.")
    pooling: Literal["last", "mean", "max", "attention"] = option(
        "last", "What is kept of all steps; a language model answers at each of them."
    )
    embedding: int = option(
        64, "Numbers that stand for a token of a text.", ge=1, le=65_536, unit="numbers"
    )
    tie_weights: bool = option(
        False, "A language model tells tokens by the vectors that it reads them with.",
        advanced=True,
    )  # fmt: skip

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Too few or too many blocks, a norm of a single number and tied weights of two widths
        are problems."""
        yield from super().check(recipe)
        if not 1 <= len(self.channels) <= FURTHEST:
            sentence = f"tcn needs 1 to {FURTHEST} blocks, and there are {len(self.channels)}"
            yield Problem("architecture.channels", sentence, "write [32, 32, 32, 32]")
        if self.norm == "layer" and 1 in self.channels:
            sentence = "Normalizing a block of a single channel would make it constant"
            yield Problem("architecture.norm", sentence, "choose none, or more channels")
        if self.tie_weights and self.channels and recipe.dataset.facts().task == "tokens":
            yield from tie_problems(self.embedding, self.channels[-1], "channels")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Blocks with dilations 1, 2, 4, ..., pooling, dropout, linear."""
        from torch import nn

        from engine.architectures.convolutions import TemporalBlock
        from engine.architectures.layers import dropout_layer
        from engine.architectures.pooling import pooling_layer
        from engine.architectures.tokens import embedding, sequence_for

        layers: list[nn.Module] = []
        features = facts.shape[-1]
        if facts.kind == "text":
            features = self.embedding
            layers = [embedding(facts, features), dropout_layer(dropout)]
        for place, channels in enumerate(self.channels):
            sizes = (features, channels)
            layers.append(TemporalBlock(sizes, self.kernel, 2**place, self.norm, dropout))
            features = channels
        if facts.task != "tokens":
            layers.append(pooling_layer(self.pooling, features))
        head = nn.Linear(features, outputs)
        if self.tie_weights and facts.task == "tokens":
            head.weight = layers[0].weight  # type: ignore[assignment]
        return sequence_for(facts)(*layers, dropout_layer(dropout), head)
