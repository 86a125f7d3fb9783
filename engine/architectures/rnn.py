"""The recurrent network, which reads an image row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.base import Architecture, Norm
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn


@register
class RNN(Architecture):
    """Recurrent layers that read an image from its top row to its bottom row."""

    title: ClassVar[str] = "RNN"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image",)
    name: Literal["rnn"] = "rnn"

    cell: Literal["rnn", "lstm", "gru"] = option(
        "lstm", "What carries the memory: plain (Elman), LSTM or GRU."
    )
    hidden: Sizes = option((64,), "Units of each recurrent layer.", unit="units")
    bidirectional: bool = option(False, "Read from the bottom row to the top row as well.")
    norm: Norm = option("none", "Normalization after each recurrent layer.")

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Without a layer there is nothing that reads."""
        yield from super().check(recipe)
        if not self.hidden:
            sentence = "rnn needs at least one recurrent layer"
            yield Problem("architecture.hidden", sentence, "write [64]")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Rows (N, H, C*W) through the layers; the last state, dropout and linear give logits."""
        from torch import nn

        from engine.architectures.layers import dropout_layer
        from engine.architectures.recurrent import LastState, Recurrent, RowsOfImage

        channels, _height, width = facts.shape
        layers: list[nn.Module] = [RowsOfImage()]
        features = channels * width
        for position, size in enumerate(self.hidden):
            if position:
                layers.append(dropout_layer(dropout))
            layers.append(Recurrent(self.cell, features, size, self.bidirectional, self.norm))
            features = size * (2 if self.bidirectional else 1)
        last = LastState(self.bidirectional)
        return nn.Sequential(*layers, last, dropout_layer(dropout), nn.Linear(features, outputs))
