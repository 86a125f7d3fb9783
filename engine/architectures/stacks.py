"""The blocks of N-BEATS (Oreshkin and others 2020): windows (..., W) to what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

from torch import Tensor, arange, cat, cos, nn, ones, outer, sin, zeros_like

from engine.architectures.layers import dropout_layer


class Explained(nn.Module):
    """From the numbers that a block has found to a window and what follows it.

    `numbers` is how many there are of a block: (..., numbers) to (..., W) and (..., horizon).
    """

    numbers: int

    def forward(self, found: Tensor) -> tuple[Tensor, Tensor]:
        """The part of the window that is explained, and how it goes on."""
        raise NotImplementedError


class Generic(Explained):
    """The numbers are the window and its forecast themselves."""

    def __init__(self, window: int, horizon: int) -> None:
        super().__init__()
        self.window, self.numbers = window, window + horizon

    def forward(self, found: Tensor) -> tuple[Tensor, Tensor]:
        """Cut in two."""
        return found[..., : self.window], found[..., self.window :]


class Made(Explained):
    """Sums of fixed curves, with one half of the numbers for the window and one for the forecast.

    `behind` (curves, W) and `ahead` (curves, horizon) are made anew with the network, and so are
    no part of its weights.
    """

    behind: Tensor
    ahead: Tensor

    def __init__(self, behind: Tensor, ahead: Tensor) -> None:
        super().__init__()
        self.curves = behind.shape[0]
        self.numbers = 2 * self.curves
        self.register_buffer("behind", behind, persistent=False)
        self.register_buffer("ahead", ahead, persistent=False)

    def forward(self, found: Tensor) -> tuple[Tensor, Tensor]:
        """Each curve as often as its number says."""
        return found[..., : self.curves] @ self.behind, found[..., self.curves :] @ self.ahead


class Trend(Made):
    """Powers of time up to `degree`, which runs from 0 to nearly 1 over the window and over the
    horizon: a slow movement."""

    def __init__(self, window: int, horizon: int, degree: int) -> None:
        super().__init__(_powers(window, degree), _powers(horizon, degree))


class Seasons(Made):
    """A level, and waves that fit once, twice, ... `harmonics` times into the horizon; the window
    has the same, with the first step that is forecast at time 0."""

    def __init__(self, window: int, horizon: int, harmonics: int) -> None:
        behind, ahead = arange(-window, 0) / horizon, arange(horizon) / horizon
        super().__init__(_waves(behind, harmonics), _waves(ahead, harmonics))


def _powers(steps: int, degree: int) -> Tensor:
    time = arange(steps) / steps
    return cat([(time**power)[None] for power in range(degree + 1)])


def _waves(time: Tensor, harmonics: int) -> Tensor:
    angles = 2 * pi * outer(arange(1, harmonics + 1).float(), time)
    return cat([ones(1, len(time)), cos(angles), sin(angles)])


class Block(nn.Module):
    """Fully connected layers that find the numbers of what the window is made of."""

    def __init__(
        self, window: int, layers: int, width: int, parts: Explained, dropout: float
    ) -> None:
        super().__init__()
        found: list[nn.Module] = []
        for inputs in (window, *[width] * (layers - 1)):
            found += [nn.Linear(inputs, width), nn.ReLU(), dropout_layer(dropout)]
        self.layers = nn.Sequential(*found)
        self.numbers = nn.Linear(width, parts.numbers)
        self.parts = parts

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """(..., W) to the part of it that is explained, and how that goes on (..., horizon)."""
        explained: tuple[Tensor, Tensor] = self.parts(self.numbers(self.layers(windows)))
        return explained


class Stacks(nn.Module):
    """Blocks in a row: each gets what those before it have left, and their forecasts are added.

    A block that stands in the row several times has its weights once.
    """

    def __init__(self, row: Sequence[Block], since_last: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(dict.fromkeys(row))
        self.order = [list(self.blocks).index(block) for block in row]
        self.since_last = since_last

    def forward(self, windows: Tensor) -> Tensor:
        """Each target by itself: (N, W, T) to (N, horizon, T)."""
        rest = windows.transpose(1, 2)
        last = rest[..., -1:]
        level = last if self.since_last else zeros_like(last)
        rest, ahead = rest - level, level
        for place in self.order:
            explained, goes_on = self.blocks[place](rest)
            rest, ahead = rest - explained, ahead + goes_on
        return ahead.transpose(1, 2)
