"""The convolutional network for texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.base import Architecture
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn


@register
class TextCNN(Architecture):
    """Convolutions of several widths over a text; each keeps where it answers most (Kim 2014)."""

    title: ClassVar[str] = "Text CNN"
    inputs: ClassVar[tuple[InputKind, ...]] = ("text",)
    name: Literal["text_cnn"] = "text_cnn"

    embedding: int = option(
        64, "Numbers that stand for a token.", ge=1, le=65_536, unit="numbers"
    )  # fmt: skip
    widths: Sizes = option((3, 4, 5), "Tokens that a convolution sees at once.", unit="tokens")
    channels: int = option(
        64, "Patterns that are looked for at each width.", ge=1, le=65_536, unit="channels"
    )

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Without a width there is nothing that reads."""
        yield from super().check(recipe)
        if not self.widths:
            sentence = "text_cnn needs at least one width"
            yield Problem("architecture.widths", sentence, "write [3, 4, 5]")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Embedding, convolutions, maximum over the text, dropout, linear."""
        from torch import nn

        from engine.architectures.convolutions import WidthsOverText
        from engine.architectures.layers import dropout_layer
        from engine.architectures.tokens import PaddedTexts, embedding

        return PaddedTexts(
            embedding(facts, self.embedding),
            WidthsOverText(self.embedding, self.widths, self.channels),
            dropout_layer(dropout),
            nn.Linear(len(self.widths) * self.channels, outputs),
        )
