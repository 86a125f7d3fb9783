"""The layers of which recurrent networks are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from torch import Tensor, cat, nn

from engine.architectures.base import Norm
from engine.architectures.layers import norm_1d

Cell = Literal["rnn", "lstm", "gru"]
_CELLS: dict[Cell, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RowsOfImage(nn.Module):
    """Images (N, C, H, W) as sequences of rows (N, H, C*W)."""

    def forward(self, images: Tensor) -> Tensor:
        """One step a row; a row holds its pixels channel by channel."""
        return images.transpose(1, 2).flatten(2)


class Recurrent(nn.Module):
    """One recurrent layer and its normalization: (N, T, F) to (N, T, size or twice that)."""

    def __init__(
        self, cell: Cell, features: int, size: int, bidirectional: bool, norm: Norm
    ) -> None:
        super().__init__()
        self.cell = _CELLS[cell](features, size, batch_first=True, bidirectional=bidirectional)
        width = size * (2 if bidirectional else 1)
        self.norm = nn.Sequential(*norm_1d(norm, width))

    def forward(self, steps: Tensor) -> Tensor:
        """Every step's state, normalised over the features (batch norm: over N and T too)."""
        states: Tensor = self.cell(steps)[0]
        if len(self.norm) == 0:
            return states
        # As (N*T, features), which every norm reads alike: a step is normalised as a sample is.
        normalised: Tensor = self.norm(states.flatten(0, 1))
        return normalised.view_as(states)


class LastState(nn.Module):
    """The state after the whole sequence: (N, T, F) to (N, F).

    With two directions the second half of the features was read backwards, so that its last
    state stands at the first step.
    """

    def __init__(self, bidirectional: bool) -> None:
        super().__init__()
        self.bidirectional = bidirectional

    def forward(self, states: Tensor) -> Tensor:
        """Pick the last step, of each direction its own."""
        if not self.bidirectional:
            return states[:, -1]
        forwards, backwards = states.chunk(2, dim=2)
        return cat([forwards[:, -1], backwards[:, 0]], dim=1)
