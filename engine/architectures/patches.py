"""Images and series cut into patches, each a step of a sequence: (N, *shape) to (N, T, width).

`count` is T. `shape` is that of a sample without the batch.
"""

from __future__ import annotations

from torch import Tensor, nn


class PatchesOfImage(nn.Module):
    """Images (N, C, H, W) as squares of `side` pixels, row by row; zeros at the right and bottom
    edge where they do not come out even."""

    def __init__(self, shape: tuple[int, ...], width: int, side: int) -> None:
        super().__init__()
        channels, rows, columns = shape
        self.lacking = (0, -columns % side, 0, -rows % side)
        self.count = -(-rows // side) * -(-columns // side)
        self.vectors = nn.Conv2d(channels, width, side, stride=side)

    def forward(self, images: Tensor) -> Tensor:
        """One vector a patch."""
        if any(self.lacking):
            images = nn.functional.pad(images, self.lacking)
        vectors: Tensor = self.vectors(images)
        return vectors.flatten(2).transpose(1, 2)


class PatchesOfSeries(nn.Module):
    """Windows (N, W, C) as stretches of `steps`, the last ending where the window does; zeros
    before the beginning where they do not come out even."""

    def __init__(self, shape: tuple[int, ...], width: int, steps: int) -> None:
        super().__init__()
        window, channels = shape
        self.lacking = -window % steps
        self.count = -(-window // steps)
        self.vectors = nn.Conv1d(channels, width, steps, stride=steps)

    def forward(self, windows: Tensor) -> Tensor:
        """One vector a stretch."""
        channels = windows.transpose(1, 2)
        if self.lacking:
            channels = nn.functional.pad(channels, (self.lacking, 0))
        vectors: Tensor = self.vectors(channels)
        return vectors.transpose(1, 2)
