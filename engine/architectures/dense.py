"""Hidden layers in a row, each with its norm, activation and dropout."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from engine.architectures.base import Activation, Norm
from engine.architectures.layers import activation, dropout_layer, norm_1d


class Residual(nn.Module):
    """Layers whose input is added to their output (He and others 2016), through a linear layer
    where the two are not equally wide."""

    def __init__(self, layers: Sequence[nn.Module], width: int, size: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.shortcut = nn.Identity() if width == size else nn.Linear(width, size, bias=False)

    def forward(self, inputs: Tensor) -> Tensor:
        """(N, width) to (N, size)."""
        added: Tensor = self.shortcut(inputs) + self.layers(inputs)
        return added


def hidden_layers(
    width: int,
    sizes: Sequence[int],
    norm: Norm,
    kind: Activation,
    dropout: float,
    residual: bool = False,
) -> list[nn.Module]:
    """Linear, norm, activation, dropout for each size, from inputs (N, width)."""
    layers: list[nn.Module] = []
    for size in sizes:
        own = [
            nn.Linear(width, size), *norm_1d(norm, size), activation(kind), dropout_layer(dropout)
        ]  # fmt: skip
        layers += [Residual(own, width, size)] if residual else own
        width = size
    return layers
