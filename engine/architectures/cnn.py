"""The convolutional network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from engine.architectures.base import Activation, Architecture, Norm
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn


def _listed(value: Any) -> Any:
    if isinstance(value, int):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Depth = Annotated[int, Field(ge=1, le=16)]
Depths = Annotated[
    tuple[Depth, ...], BeforeValidator(_listed, json_schema_input_type=Depth | list[Depth])
]
"""Whole numbers from 1 to 16, or a single one that counts for all."""
SMALLEST = 4
"""Images with a side below this are pooled no further."""


@register
class CNN(Architecture):
    """Blocks of convolution and pooling, then fully connected layers; for images."""

    title: ClassVar[str] = "CNN"
    shaped_by: ClassVar[str] = "channels"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image",)
    channels_last: ClassVar[bool] = True
    name: Literal["cnn"] = "cnn"

    channels: Sizes = option(
        (16, 32), "Channels of each block; a block halves the image while it is large enough."
    )
    depth: Depths = option(
        (1,), "Convolutions in each block before its pooling: one number for all, or one for each.",
        advanced=True,
    )  # fmt: skip
    kernel: Literal[1, 3, 5, 7] = option(
        3, "Side of the convolution's window.", unit="pixels", advanced=True
    )
    norm: Norm = option("batch", "Normalization after each convolution and hidden layer.")
    activation: Activation = option("relu", "Nonlinearity after each normalization.")
    pool: Literal["max", "average", "none"] = option(
        "max", "What a block keeps of each 2x2 pixels; none keeps them all.", advanced=True
    )
    head: Literal["flatten", "average", "max"] = option(
        "flatten",
        "How the last block's image becomes features: every pixel, or each channel's mean or "
        "largest value (global pooling).",
    )
    hidden: Sizes = option((64,), "Units of each hidden layer after the blocks.", unit="units")

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Depths and channels are those of the same blocks."""
        yield from super().check(recipe)
        if len(self.depth) not in (1, len(self.channels)):
            sentence = f"There are {len(self.depth)} depths for {len(self.channels)} blocks"
            hint = "write one number for all blocks, such as [2], or one for each"
            yield Problem("architecture.depth", sentence, hint)

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Blocks, then flatten or average; dropout stands before every linear layer."""
        from torch import nn

        from engine.architectures.layers import activation, dropout_layer, norm_1d

        layers, width = self._blocks(facts)
        for size in self.hidden:
            layers += [
                dropout_layer(dropout),
                nn.Linear(width, size),
                *norm_1d(self.norm, size),
                activation(self.activation),
            ]
            width = size
        return nn.Sequential(*layers, dropout_layer(dropout), nn.Linear(width, outputs))

    def _blocks(self, facts: Facts) -> tuple[list[nn.Module], int]:
        """The convolutional part, and how many features it gives."""
        from torch import nn

        pooling = nn.MaxPool2d if self.pool == "max" else nn.AvgPool2d
        layers: list[nn.Module] = []
        last, height, width = facts.shape
        for channels, depth in zip(self.channels, self._depths(), strict=True):
            for _ in range(depth):
                layers += self._convolution(last, channels)
                last = channels
            if self.pool != "none" and min(height, width) >= SMALLEST:
                layers.append(pooling(2))
                height, width = height // 2, width // 2
        if self.head != "flatten":
            whole = nn.AdaptiveAvgPool2d(1) if self.head == "average" else nn.AdaptiveMaxPool2d(1)
            layers.append(whole)
            height = width = 1
        return [*layers, nn.Flatten()], last * height * width

    def _depths(self) -> tuple[int, ...]:
        return self.depth * len(self.channels) if len(self.depth) == 1 else self.depth

    def _convolution(self, inputs: int, channels: int) -> list[nn.Module]:
        from torch import nn

        from engine.architectures.layers import activation, norm_2d

        # The norm has a shift of its own, which takes over the work of the bias.
        bias = self.norm == "none"
        convolution = nn.Conv2d(inputs, channels, self.kernel, padding=self.kernel // 2, bias=bias)
        return [convolution, *norm_2d(self.norm, channels), activation(self.activation)]
