"""The bag of words: the baseline of texts, which does not know their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.architectures.base import Activation, Architecture
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn


@register
class Bag(Architecture):
    """The mean of the tokens' vectors, then fully connected layers; order counts in n-grams only.

    As fastText (Joulin and others 2017).
    """

    title: ClassVar[str] = "Bag of words"
    inputs: ClassVar[tuple[InputKind, ...]] = ("text",)
    name: Literal["bag"] = "bag"

    embedding: int = option(
        64, "Numbers that stand for a token.", ge=1, le=65_536, unit="numbers"
    )  # fmt: skip
    pooling: Literal["mean", "max"] = option("mean", "What is kept of all tokens.")
    ngrams: int = option(
        1, "Count pairs (2), triples (3) of neighbouring tokens as well.", ge=1, le=5, unit="tokens"
    )
    buckets: int = option(
        16_384, "Vectors that all pairs and triples share, by hashing.", ge=1, le=1_048_576,
        advanced=True,
    )  # fmt: skip
    hidden: Sizes = option((64,), "Units of each hidden layer after the mean.", unit="units")
    activation: Activation = option("relu", "Nonlinearity after each hidden layer.")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Vectors, their mean, dropout; linear, activation, dropout for each size; linear."""
        from torch import nn

        from engine.architectures.layers import activation, dropout_layer
        from engine.architectures.pooling import pooling_layer
        from engine.architectures.tokens import Ngrams, PaddedTexts, embedding

        more = self.buckets if self.ngrams > 1 else 0
        layers: list[nn.Module] = [
            embedding(facts, self.embedding, more=more),
            pooling_layer(self.pooling, self.embedding),
            dropout_layer(dropout),
        ]
        width = self.embedding
        for size in self.hidden:
            layers += [
                nn.Linear(width, size), activation(self.activation), dropout_layer(dropout)
            ]  # fmt: skip
            width = size
        network = PaddedTexts(*layers, nn.Linear(width, outputs))
        if self.ngrams == 1:
            return network
        return nn.Sequential(Ngrams(self.ngrams, facts.vocabulary, self.buckets), network)
