"""Where the pixels of a batch are read: maps for each sample, and one reading for several of them.

A map (2, 3) tells for a place in the changed image, in pixels right of and below the middle, the
place in the image before. Maps of moves that follow each other are multiplied, so that nothing is
blurred twice; where all of them are mirrorings and whole pixels, pixels are moved, not computed.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from engine.augmentation.kernels import Draws
from engine.augmentation.kernels.tables import drawn, powers, slants, turns

_PADDING = {"zero": "zeros", "edge": "border", "mirror": "reflection"}


class Move(Protocol):
    """A random move."""

    @property
    def whole(self) -> bool:
        """Whether it mirrors and moves by whole pixels only."""

    @property
    def border(self) -> str | None:
        """What comes in from outside; None where nothing does."""

    def maps(self, draws: Draws, size: tuple[int, int]) -> Tensor:
        """The maps (N, 2, 3) float64 for images of this height and width."""


class Mirrored:
    """Left and right (or top and bottom) exchanged."""

    whole, border = True, None

    def __init__(self, across: bool) -> None:
        self._axis = 0 if across else 1

    def maps(self, draws: Draws, size: tuple[int, int]) -> Tensor:
        """Always the same map."""
        maps = identity(draws.uniforms(1)[:, 0])
        maps[:, self._axis, self._axis] = -1
        return maps


class Shifted:
    """Moved by up to so many whole pixels each way."""

    whole = True

    def __init__(self, pixels: int, border: str) -> None:
        self._most, self.border = pixels, border

    def maps(self, draws: Draws, size: tuple[int, int]) -> Tensor:
        """Every whole number of pixels is as likely as any other."""
        numbers = draws.uniforms(2)
        maps = identity(numbers[:, 0])
        maps[:, :, 2] = self._most - (numbers * (2 * self._most + 1)).floor()
        return maps


class CutOut:
    """A rectangle of the image is enlarged to the whole."""

    whole, border = False, None

    def __init__(self, smallest: float, ratio: float) -> None:
        self._smallest, self._ratios = smallest, powers(ratio)

    def maps(self, draws: Draws, size: tuple[int, int]) -> Tensor:
        """The area is evenly spread, the shape in its logarithm, the place over all there are."""
        numbers = draws.uniforms(4)
        maps = identity(numbers[:, 0])
        area = 1 - numbers[:, 0] * (1 - self._smallest)
        (ratio,) = drawn(self._ratios, numbers[:, 1])
        sides = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()], 1).clamp(max=1)
        maps[:, 0, 0], maps[:, 1, 1] = sides[:, 0], sides[:, 1]
        height, width = size
        pixels = sides.new_tensor([width, height])
        maps[:, :, 2] = (numbers[:, 2:] - 0.5) * (1 - sides) * pixels
        return maps


class Turned:
    """Slanted, enlarged and turned about the middle, then moved by a part of the sides."""

    whole = False

    def __init__(
        self,
        border: str,
        degrees: float = 0.0,
        zoom: float = 0.0,
        shear: float = 0.0,
        shift: float = 0.0,
    ) -> None:
        self.border = border
        self._turns, self._slants = turns(degrees), slants(shear)
        self._zoom, self._shift = zoom, shift

    def maps(self, draws: Draws, size: tuple[int, int]) -> Tensor:
        """Angles, factors and shifts are each evenly spread."""
        numbers = draws.uniforms(5)
        maps = identity(numbers[:, 0])
        factor = 1 + self._zoom * (2 * numbers[:, 1] - 1)
        cos, sin = drawn(self._turns, numbers[:, 0]) / factor
        (slant,) = drawn(self._slants, numbers[:, 2])
        maps[:, 0, 0], maps[:, 0, 1] = cos + slant * sin, sin - slant * cos
        maps[:, 1, 0], maps[:, 1, 1] = -sin, cos
        height, width = size
        moved = (2 * numbers[:, 3:] - 1) * self._shift * numbers.new_tensor([width, height])
        maps[:, :, 2] = -(
            maps[:, :, 0] * moved[:, 0].unsqueeze(1) + maps[:, :, 1] * moved[:, 1].unsqueeze(1)
        )
        return maps


def identity(like: Tensor) -> Tensor:
    """Maps (N, 2, 3) float64 that change nothing, for numbers (N,) of the same device."""
    maps = like.new_zeros(len(like), 2, 3)
    maps[:, 0, 0] = maps[:, 1, 1] = 1
    return maps


def after(first: Tensor, then: Tensor) -> Tensor:
    """The maps of one move and then another. Written out: a matrix product may add up in another
    order for another number of samples."""
    columns = [
        first[:, :, 0] * then[:, 0, column, None] + first[:, :, 1] * then[:, 1, column, None]
        for column in range(3)
    ]
    columns[2] = columns[2] + first[:, :, 2]
    return torch.stack(columns, 2)


# --- One reading ----------------------------------------------------------------------------------


def moved(images: Tensor, maps: Tensor, border: str) -> Tensor:
    """Images (N, C, H, W) of any type, read by maps of whole pixels."""
    count, channels, height, width = images.shape
    columns = _sources(maps[:, 0, 0], maps[:, 0, 2], width, border)
    rows = _sources(maps[:, 1, 1], maps[:, 1, 2], height, border)
    if border == "zero":
        images = functional.pad(images, (1, 1, 1, 1))
        columns, rows, width = columns + 1, rows + 1, width + 2
    places = (rows[:, :, None] * width + columns[:, None, :]).view(count, 1, -1)
    found = images.flatten(2).gather(2, places.expand(-1, channels, -1))
    return found.view(count, channels, rows.shape[1], columns.shape[1])


def resampled(images: Tensor, maps: Tensor, border: str, mode: str = "bilinear") -> Tensor:
    """Images (N, C, H, W) float32, read between the pixels."""
    height, width = images.shape[2:]
    x = torch.arange(width, device=images.device) - (width - 1) / 2
    y = torch.arange(height, device=images.device) - (height - 1) / 2
    # grid_sample counts from -1 to 1 over the whole image
    to_x = _plane(maps[:, 0] * (2 / width), x, y)
    to_y = _plane(maps[:, 1] * (2 / height), x, y)
    return functional.grid_sample(
        images, torch.stack([to_x, to_y], 3), mode, _PADDING[border], align_corners=False
    )


def _sources(sign: Tensor, offset: Tensor, size: int, border: str) -> Tensor:
    """Where along one axis each pixel comes from: (N, size) int64; -1 or `size` for a zero."""
    middle = (size - 1) / 2
    places = torch.arange(size, device=sign.device) - middle
    found = (sign[:, None] * places + (offset[:, None] + middle)).long()
    if border == "mirror":
        found = found.remainder(2 * size)
        return torch.where(found < size, found, 2 * size - 1 - found)
    return found.clamp(-1, size) if border == "zero" else found.clamp(0, size - 1)


def _plane(row: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """a x + b y + c at every pixel: (N, H, W) float32 from (N, 3), (W,) and (H,)."""
    along = (row[:, :1] * x + row[:, 2:]).float()
    down = (row[:, 1:2] * y).float()
    return along[:, None, :] + down[:, :, None]
