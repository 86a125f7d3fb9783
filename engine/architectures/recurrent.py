"""The layers of which recurrent networks are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from torch import Tensor, arange, cat, nn, where

from engine.architectures.base import Norm
from engine.architectures.layers import norm_1d
from engine.architectures.tokens import AlongText

Cell = Literal["rnn", "lstm", "gru"]
_CELLS: dict[Cell, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RowsOfImage(nn.Module):
    """Images (N, C, H, W) as sequences of rows (N, H, C*W)."""

    def forward(self, images: Tensor) -> Tensor:
        """One step a row; a row holds its pixels channel by channel."""
        return images.transpose(1, 2).flatten(2)


class Recurrent(AlongText):
    """One recurrent layer and its normalization: (N, T, F) to (N, T, size or twice that)."""

    def __init__(
        self, cell: Cell, features: int, size: int, bidirectional: bool, norm: Norm
    ) -> None:
        super().__init__()
        self.cell = _CELLS[cell](features, size, batch_first=True, bidirectional=bidirectional)
        width = size * (2 if bidirectional else 1)
        self.norm = nn.Sequential(*norm_1d(norm, width))

    def forward(self, steps: Tensor, real: Tensor | None = None) -> Tensor:
        """Every step's state, normalised over the features (batch norm: over N and T too).

        Padding after a text does not reach what was read before it, so one direction needs no
        care; `real` is for layers that have two.
        """
        states: Tensor = self.cell(steps)[0]
        return self._normalised(states)

    def _normalised(self, states: Tensor) -> Tensor:
        if len(self.norm) == 0:
            return states
        # As (N*T, features), which every norm reads alike: a step is normalised as a sample is.
        normalised: Tensor = self.norm(states.flatten(0, 1))
        return normalised.view_as(states)


class BothWays(Recurrent):
    """Two directions for texts with padding: the backward one starts at each text's own end.

    Packed sequences would do the same and cannot be exported.
    """

    def __init__(self, cell: Cell, features: int, size: int, norm: Norm) -> None:
        super().__init__(cell, features, size, False, "none")
        self.backward_cell = _CELLS[cell](features, size, batch_first=True)
        self.norm = nn.Sequential(*norm_1d(norm, 2 * size))

    def forward(self, steps: Tensor, real: Tensor | None = None) -> Tensor:
        """The states of both directions side by side: (N, T, 2 * size)."""
        forwards: Tensor = self.cell(steps)[0]
        turned = _turned(steps, real)
        backwards: Tensor = self.backward_cell(turned)[0]
        return self._normalised(cat([forwards, _turned(backwards, real)], dim=2))


def _turned(steps: Tensor, real: Tensor | None) -> Tensor:
    """Each sequence (N, T, F) reversed within its own length; padding stays where it is."""
    if real is None:
        return steps.flip(1)
    places = arange(steps.shape[1], device=steps.device)[None]
    mirrored = real.sum(1, keepdim=True) - 1 - places
    order = where(mirrored >= 0, mirrored, places)
    return steps.gather(1, order[:, :, None].expand_as(steps))
