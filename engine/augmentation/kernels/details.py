"""Blur, noise and erased rectangles."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from engine.augmentation.kernels import Draws
from engine.augmentation.kernels.tables import gaussians

_WIDTHS = 256
_THINNEST = 0.1


class Blurred:
    """A Gaussian whose deviation is evenly spread up to `sigma` pixels, cut off at twice that."""

    def __init__(self, sigma: float) -> None:
        self._radius = max(1, math.ceil(2 * sigma))
        step = (sigma - _THINNEST) / (_WIDTHS - 1)
        self._weights = gaussians([_THINNEST + step * n for n in range(_WIDTHS)], self._radius)

    def __call__(self, images: Tensor, draws: Draws) -> Tensor:
        """Images (N, C, H, W), continued outside by their edge."""
        which = (draws.uniforms(1)[:, 0] * _WIDTHS).long()
        weights = self._weights.to(images.device).index_select(0, which)[:, :, None, None, None]
        images, radius = images.float(), self._radius
        wide = functional.pad(images, (radius, radius, 0, 0), mode="replicate")
        images = _summed(wide, weights, 3, images.shape[3])
        tall = functional.pad(images, (0, 0, radius, radius), mode="replicate")
        return _summed(tall, weights, 2, images.shape[2])


def _summed(padded: Tensor, weights: Tensor, axis: int, size: int) -> Tensor:
    """The weighted sum of all shifts along one axis."""
    found = padded.narrow(axis, 0, size) * weights[:, 0]
    for place in range(1, weights.shape[1]):
        found += padded.narrow(axis, place, size) * weights[:, place]
    return found


class Noisy:
    """Normal noise of the deviations `std`, which broadcast against a sample."""

    def __init__(self, std: Tensor) -> None:
        self._std = std.detach().cpu().float()

    def __call__(self, inputs: Tensor, draws: Draws) -> Tensor:
        """Inputs (N, ...) of any kind of number."""
        noise = draws.normals(math.prod(inputs.shape[1:])).view(inputs.shape)
        return inputs + noise * self._std.to(inputs.device)


class Erased:
    """A rectangle anywhere, its sides at most as 1 to 2, becomes the mean."""

    def __init__(self, area: float, mean: Tensor) -> None:
        self._area, self._mean = area, mean.detach().cpu().float()

    def __call__(self, images: Tensor, draws: Draws) -> Tensor:
        """Images (N, C, H, W); the area is evenly spread."""
        numbers = draws.uniforms(4)
        height, width = images.shape[2:]
        area = numbers[:, 0] * (self._area * height * width)
        shape = numbers[:, 1] * 2 - 1
        ratio = torch.where(shape < 0, 1 / (1 - shape), 1 + shape)
        rows = _within(height, (area * ratio).sqrt(), numbers[:, 2])
        columns = _within(width, (area / ratio).sqrt(), numbers[:, 3])
        hidden = (rows[:, :, None] & columns[:, None, :])[:, None]
        return torch.where(hidden, self._mean.to(images.device), images)


def _within(size: int, side: Tensor, place: Tensor) -> Tensor:
    """Which of `size` pixels are inside a span of length `side`, placed at random: (N, size)."""
    length = side.round().long().clamp(max=size)
    start = (place * (size - length + 1)).long()
    pixels = torch.arange(size, device=side.device)
    return (pixels >= start[:, None]) & (pixels < (start + length)[:, None])
