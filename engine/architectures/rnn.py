"""The recurrent network, which reads an image row by row, a series or a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.base import Architecture, Norm
from engine.architectures.heads import tie_problems
from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn


@register
class RNN(Architecture):
    """Recurrent layers that read a text, a series, or an image from its top row to its bottom row.

    With a dataset of running text it is a language model.
    """

    title: ClassVar[str] = "RNN, LSTM, GRU"
    also: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "lstm": {"cell": "lstm"}, "gru": {"cell": "gru"},
    }  # fmt: skip
    shaped_by: ClassVar[str] = "hidden"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image", "text", "series")
    tasks: ClassVar[tuple[Task, ...]] = ("classes", "multilabel", "regression", "tokens")
    name: Literal["rnn"] = "rnn"

    cell: Literal["rnn", "lstm", "gru"] = option(
        "lstm", "What carries the memory: plain (Elman), LSTM or GRU."
    )
    hidden: Sizes = option((64,), "Units of each recurrent layer.", unit="units")
    bidirectional: bool = option(
        False, "Read from the end (an image: from the bottom row) to the beginning as well."
    )
    pooling: Literal["last", "mean", "max", "attention"] = option(
        "last", "What is kept of all steps; a language model answers at each of them."
    )
    norm: Norm = option("none", "Normalization after each recurrent layer.")
    embedding: int = option(
        64, "Numbers that stand for a token of a text.", ge=1, le=65_536, unit="numbers"
    )
    tie_weights: bool = option(
        False, "A language model tells tokens by the vectors that it reads them with.",
        advanced=True,
    )  # fmt: skip

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Without a layer there is nothing that reads; a language model must not see what it is
        to tell; tied weights need layers of the same width."""
        yield from super().check(recipe)
        if not self.hidden:
            sentence = "rnn needs at least one recurrent layer"
            yield Problem("architecture.hidden", sentence, "write [64]")
        if recipe.dataset.facts().task != "tokens":
            return
        if self.bidirectional:
            sentence = "A language model that reads backwards sees the tokens that it is to tell"
            yield Problem("architecture.bidirectional", sentence, "choose false")
        if self.tie_weights and self.hidden:
            yield from tie_problems(self.embedding, self.hidden[-1], "units")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Steps (N, T, F) through the layers; what pooling keeps, dropout and linear give logits.

        Steps are the rows (N, H, C*W) of an image and the embedded tokens of a text.
        """
        from torch import nn

        from engine.architectures.layers import dropout_layer
        from engine.architectures.pooling import pooling_layer
        from engine.architectures.tokens import sequence_for

        layers, features = self._reading(facts, dropout)
        vectors = layers[0].weight if facts.task == "tokens" else None
        for position, size in enumerate(self.hidden):
            if position:
                layers.append(dropout_layer(dropout))
            layers.append(self._layer(facts, features, size))
            features = size * (2 if self.bidirectional else 1)
        if facts.task != "tokens":
            layers.append(pooling_layer(self.pooling, features, self.bidirectional))
        head = nn.Linear(features, outputs)
        if self.tie_weights and isinstance(vectors, nn.Parameter):
            head.weight = vectors
        return sequence_for(facts)(*layers, dropout_layer(dropout), head)

    def _reading(self, facts: Facts, dropout: float) -> tuple[list[nn.Module], int]:
        """What makes steps of a sample, and the width of a step."""
        from engine.architectures.layers import dropout_layer
        from engine.architectures.recurrent import RowsOfImage
        from engine.architectures.tokens import embedding

        if facts.kind == "text":
            return [embedding(facts, self.embedding), dropout_layer(dropout)], self.embedding
        if facts.kind == "series":
            return [], facts.shape[1]
        channels, _height, width = facts.shape
        return [RowsOfImage()], channels * width

    def _layer(self, facts: Facts, features: int, size: int) -> nn.Module:
        from engine.architectures.recurrent import BothWays, Recurrent
        from engine.architectures.tokens import is_padded

        if self.bidirectional and is_padded(facts):
            return BothWays(self.cell, features, size, self.norm)
        return Recurrent(self.cell, features, size, self.bidirectional, self.norm)
