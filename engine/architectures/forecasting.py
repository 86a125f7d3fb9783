"""The layers of linear forecasts (Zeng and others 2023): windows (N, W, C) to (N, horizon * T)."""

from __future__ import annotations

from math import sqrt

from torch import Tensor, cat, empty, nn

from engine.architectures.layers import dropout_layer
from engine.facts import Facts


class StepsAhead(nn.Module):
    """From the window of each target to its next steps, by a matrix a target or one for all:
    (N, W, T) to (N, horizon, T)."""

    def __init__(self, facts: Facts, shared: bool) -> None:
        super().__init__()
        window, count = facts.shape[0], 1 if shared else len(facts.target_channels)
        self.weight = nn.Parameter(empty(count, window, facts.horizon))
        self.bias = nn.Parameter(empty(facts.horizon, count))
        for parameter in (self.weight, self.bias):  # as nn.Linear does
            nn.init.uniform_(parameter, -1 / sqrt(window), 1 / sqrt(window))

    def forward(self, windows: Tensor) -> Tensor:
        """Each target from its own window alone."""
        ahead = windows.permute(2, 0, 1) @ self.weight  # (T, N, horizon)
        return ahead.permute(1, 2, 0) + self.bias


class SinceLast(nn.Module):
    """What is told is the change since the last value, whatever the level (NLinear)."""

    def __init__(self, facts: Facts, shared: bool, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout_layer(dropout)
        self.ahead = StepsAhead(facts, shared)

    def forward(self, windows: Tensor) -> Tensor:
        """(N, W, T) to (N, horizon, T)."""
        last = windows[:, -1:]
        changes: Tensor = self.ahead(self.dropout(windows - last))
        return changes + last


class MovingAverage(nn.Module):
    """The mean over `steps` round each step; the first and last value go on beyond the ends."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.before, self.after = (steps - 1) // 2, steps // 2
        self.mean = nn.AvgPool1d(steps, stride=1)

    def forward(self, windows: Tensor) -> Tensor:
        """(N, W, T) to the same."""
        first = windows[:, :1].expand(-1, self.before, -1)
        last = windows[:, -1:].expand(-1, self.after, -1)
        longer = cat([first, windows, last], dim=1)
        averages: Tensor = self.mean(longer.transpose(1, 2))
        return averages.transpose(1, 2)


class TrendAndRest(nn.Module):
    """The moving average and what is left of the window, each told on its own (DLinear)."""

    def __init__(self, facts: Facts, shared: bool, steps: int, dropout: float) -> None:
        super().__init__()
        self.average = MovingAverage(steps)
        self.trend, self.rest = (
            nn.Sequential(dropout_layer(dropout), StepsAhead(facts, shared)) for _ in range(2)
        )

    def forward(self, windows: Tensor) -> Tensor:
        """(N, W, T) to (N, horizon, T)."""
        average = self.average(windows)
        ahead: Tensor = self.trend(average) + self.rest(windows - average)
        return ahead


class Forecast(nn.Module):
    """Each target from its own past, and (`others`) a linear layer on the other channels beside.

    Step-major, as the targets of a forecast are: all targets of the first step first.
    """

    def __init__(self, own: nn.Module, facts: Facts, others: bool) -> None:
        super().__init__()
        window, channels = facts.shape
        self.targets = facts.target_channels
        self.rest = tuple(c for c in range(channels) if c not in self.targets)
        self.own = own
        outputs = facts.horizon * len(self.targets)
        self.others = nn.Linear(window * len(self.rest), outputs) if others and self.rest else None

    def forward(self, windows: Tensor) -> Tensor:
        """(N, W, C) to (N, horizon * T)."""
        values: Tensor = self.own(_channels(windows, self.targets)).flatten(1)
        if self.others is not None:
            values = values + self.others(_channels(windows, self.rest).flatten(1))
        return values


def _channels(windows: Tensor, wanted: tuple[int, ...]) -> Tensor:
    """Some channels of windows (N, W, C)."""
    if wanted == tuple(range(windows.shape[2])):
        return windows
    return cat([windows[:, :, place : place + 1] for place in wanted], dim=2)
