"""Convolutions along the steps of a sequence."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, cat, nn

from engine.architectures.layers import dropout_layer
from engine.architectures.tokens import AlongText


class WidthsOverText(AlongText):
    """Convolutions of several widths, each kept where it answers most: (N, T, F) to
    (N, len(widths) * channels)."""

    def __init__(self, features: int, widths: tuple[int, ...], channels: int) -> None:
        super().__init__()
        self.widths = widths
        self.convolutions = nn.ModuleList(nn.Conv1d(features, channels, w) for w in widths)
        self.activation = nn.ReLU()

    def forward(self, steps: Tensor, real: Tensor | None = None) -> Tensor:
        """A window counts if it begins at a token. All may reach beyond the end, by zeros, so
        that the answer does not depend on how much padding there is."""
        channels = steps.transpose(1, 2)
        found = []
        for width, convolution in zip(self.widths, self.convolutions, strict=True):
            answers = convolution(nn.functional.pad(channels, (0, width - 1)))
            if real is not None:
                answers = answers.masked_fill(~real[:, None], float("-inf"))
            found.append(answers.amax(2))
        strongest: Tensor = self.activation(cat(found, dim=1))
        return strongest


class CausalConvolution(nn.Module):
    """A convolution that sees a step and earlier ones `dilation` apart: (N, T, F) to (N, T, C).

    One product over the steps side by side: on a CPU half the time of a dilated `nn.Conv1d`.
    """

    def __init__(self, features: int, channels: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.kernel, self.dilation = kernel, dilation
        self.weights = nn.Linear(kernel * features, channels)

    def forward(self, steps: Tensor) -> Tensor:
        """Before the beginning there are zeros."""
        length = steps.shape[1]
        padded = nn.functional.pad(steps, (0, 0, (self.kernel - 1) * self.dilation, 0))
        starts = range(0, self.kernel * self.dilation, self.dilation)
        answers: Tensor = self.weights(cat([padded[:, s : s + length] for s in starts], dim=2))
        return answers


class TemporalBlock(nn.Module):
    """Two causal convolutions with norm, activation and dropout, and a way past them."""

    def __init__(
        self,
        sizes: tuple[int, int],
        kernel: int,
        dilation: int,
        norm: Literal["none", "layer"],
        dropout: float,
    ) -> None:
        super().__init__()
        features, channels = sizes
        layers: list[nn.Module] = []
        for inputs in (features, channels):
            layers.append(CausalConvolution(inputs, channels, kernel, dilation))
            if norm == "layer":
                layers.append(nn.LayerNorm(channels))
            layers += [nn.ReLU(), dropout_layer(dropout)]
        self.layers = nn.Sequential(*layers)
        self.past = nn.Linear(features, channels) if features != channels else None

    def forward(self, steps: Tensor) -> Tensor:
        """(N, T, features) to (N, T, channels), `sizes` being both."""
        states: Tensor = self.layers(steps)
        return states + (steps if self.past is None else self.past(steps))
