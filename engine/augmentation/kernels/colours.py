"""Mixtures of the channels, each pixel by itself: a matrix and an offset a sample.

Tints that follow each other are multiplied and applied once. Intensities are not cut off at the
ends of their range: the network gets normalised numbers, for which there is no end.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from engine.augmentation.kernels import Draws
from engine.augmentation.kernels.tables import drawn, turns

LUMA = (0.299, 0.587, 0.114)
"""How much red, green and blue make a grey (ITU-R BT.601)."""

# The turn of the colour circle as W3C's Filter Effects has it (feColorMatrix, hueRotate).
_STAYS = [[0.213, 0.715, 0.072]] * 3
_WITH_COS = [[0.787, -0.715, -0.072], [-0.213, 0.285, -0.072], [-0.213, -0.715, 0.928]]
_WITH_SIN = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]]

Mixture = tuple[Tensor, Tensor]
"""Weights (N, C, C), or (N, 1, 1) for a plain factor, and offsets (N, C), both float64."""


class Tint(Protocol):
    """A random mixture of the channels."""

    def mixture(self, draws: Draws, channels: int) -> Mixture:
        """The weights and the offsets of each sample."""


class Relit:
    """Intensity multiplied, then stretched about the mean of the training split."""

    def __init__(self, mean: Tensor, brightness: float = 0.0, contrast: float = 0.0) -> None:
        self._mean = mean.detach().cpu().double().flatten()
        self._parts = (brightness, contrast)

    def mixture(self, draws: Draws, channels: int) -> Mixture:
        """A plain factor."""
        numbers = draws.uniforms(2)
        light, contrast = (
            1 + part * (2 * numbers[:, number] - 1) for number, part in enumerate(self._parts)
        )
        mean = self._mean.to(numbers.device)
        return (light * contrast)[:, None, None], mean * (1 - contrast)[:, None]


class Recoloured:
    """Another light, another saturation, and the colour circle turned."""

    def __init__(self, light: Relit, saturation: float, hue: float) -> None:
        self._light, self._saturation, self._turns = light, saturation, turns(360 * hue)

    def mixture(self, draws: Draws, channels: int) -> Mixture:
        """A full matrix."""
        numbers = draws.uniforms(4)
        factor = (1 + self._saturation * (2 * numbers[:, 2] - 1))[:, None, None]
        colourful = factor * _eye(numbers) + (1 - factor) * _grey(numbers)
        cos, sin = drawn(self._turns, numbers[:, 3])[:, :, None, None]
        stays, with_cos, with_sin = (
            numbers.new_tensor(part) for part in (_STAYS, _WITH_COS, _WITH_SIN)
        )
        turned = stays + cos * with_cos + sin * with_sin
        none = numbers.new_zeros(len(numbers), 3)
        mixed = mixed_after(self._light.mixture(draws, channels), (colourful, none))
        return mixed_after(mixed, (turned, none))


class Grey:
    """Every channel becomes the luma."""

    def mixture(self, draws: Draws, channels: int) -> Mixture:
        """Always the same matrix."""
        numbers = draws.uniforms(1)
        weights = _grey(numbers).expand(len(numbers), 3, 3)
        return weights, numbers.new_zeros(len(numbers), 3)


def unmixed(like: Tensor, channels: int) -> Mixture:
    """The mixtures that change nothing, for numbers (N, ...) of the same device."""
    return like.new_ones(len(like), 1, 1), like.new_zeros(len(like), channels)


def chosen_of(chosen: Tensor, mixture: Mixture) -> Mixture:
    """The mixture where a sample is chosen (N,), nothing where it is not."""
    weights, offsets = mixture
    none = _eye(weights) if weights.shape[1] > 1 else torch.ones_like(weights)
    return (
        torch.where(chosen[:, None, None], weights, none),
        torch.where(chosen[:, None], offsets, torch.zeros_like(offsets)),
    )


def mixed_after(first: Mixture, then: Mixture) -> Mixture:
    """One mixture and then another as one. Written out, for the same bits in any batch."""
    (weights, offsets), (later, added) = first, then
    if weights.shape[1] == 1 or later.shape[1] == 1:
        if later.shape[1] == 1:
            return weights * later, offsets * later[:, :, 0] + added
        return weights * later, _applied(later, offsets) + added
    rows = [_applied(later, weights[:, :, column]) for column in range(weights.shape[2])]
    return torch.stack(rows, 2), _applied(later, offsets) + added


def tinted(images: Tensor, mixture: Mixture) -> Tensor:
    """Images (N, C, H, W) of any type with their channels mixed: float32."""
    weights, offsets = (part.float() for part in mixture)
    if weights.shape[1] == 1:
        return images * weights[..., None] + offsets[:, :, None, None]
    images = images.float()
    found = torch.empty_like(images)
    for channel in range(images.shape[1]):
        row = weights[:, channel, :, None, None]
        mixed = images[:, 0] * row[:, 0]
        for other in range(1, images.shape[1]):
            mixed += images[:, other] * row[:, other]
        torch.add(mixed, offsets[:, channel, None, None], out=found[:, channel])
    return found


def _applied(weights: Tensor, values: Tensor) -> Tensor:
    """Matrices (N, 3, 3) times vectors (N, 3)."""
    found = weights[:, :, 0] * values[:, :1]
    for column in range(1, weights.shape[2]):
        found = found + weights[:, :, column] * values[:, column, None]
    return found


def _eye(like: Tensor) -> Tensor:
    return torch.eye(3, dtype=like.dtype, device=like.device)


def _grey(like: Tensor) -> Tensor:
    return like.new_tensor([LUMA, LUMA, LUMA])
