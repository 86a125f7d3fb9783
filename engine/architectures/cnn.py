"""The convolutional network."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.architectures.base import Activation, Architecture, Norm
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn

SMALLEST = 4
"""Images with a side below this are pooled no further."""


@register
class CNN(Architecture):
    """Blocks of convolution and pooling, then fully connected layers; for images."""

    title: ClassVar[str] = "CNN"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image",)
    name: Literal["cnn"] = "cnn"

    channels: Sizes = option(
        (16, 32), "Channels of each block; a block halves the image while it is large enough."
    )
    depth: int = option(
        1, "Convolutions in each block, before its pooling.", ge=1, le=16, advanced=True
    )
    kernel: Literal[1, 3, 5, 7] = option(
        3, "Side of the convolution's window.", unit="pixels", advanced=True
    )
    norm: Norm = option("batch", "Normalization after each convolution and hidden layer.")
    activation: Activation = option("relu", "Nonlinearity after each normalization.")
    pool: Literal["max", "average"] = option(
        "max", "What a block keeps of each 2x2 pixels.", advanced=True
    )
    head: Literal["flatten", "average"] = option(
        "flatten", "How the last block's image becomes features: every pixel, or channel means."
    )
    hidden: Sizes = option((64,), "Units of each hidden layer after the blocks.", unit="units")

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
        for channels in self.channels:
            for _ in range(self.depth):
                layers += self._convolution(last, channels)
                last = channels
            if min(height, width) >= SMALLEST:
                layers.append(pooling(2))
                height, width = height // 2, width // 2
        if self.head == "average":
            layers.append(nn.AdaptiveAvgPool2d(1))
            height = width = 1
        return [*layers, nn.Flatten()], last * height * width

    def _convolution(self, inputs: int, channels: int) -> list[nn.Module]:
        from torch import nn

        from engine.architectures.layers import activation, norm_2d

        # The norm has a shift of its own, which takes over the work of the bias.
        bias = self.norm == "none"
        convolution = nn.Conv2d(inputs, channels, self.kernel, padding=self.kernel // 2, bias=bias)
        return [convolution, *norm_2d(self.norm, channels), activation(self.activation)]
