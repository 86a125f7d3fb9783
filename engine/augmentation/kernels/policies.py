"""RandAugment, TrivialAugment and AutoAugment: which operations each image undergoes.

The spaces of operations are those of torchvision 0.28, which follows the papers; the pairs of
AutoAugment are read from it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine import torchsetup as torchsetup  # before torchvision
from engine.augmentation.kernels import Draws
from engine.augmentation.kernels.operations import Levels, Space, apply

_CHOICES = [
    "Identity", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color",
    "Contrast", "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize",
]  # fmt: skip
_RAND = Space(31, shear=0.3, rotate=30, light=0.9, bits=4, translate=150 / 331)
_WIDE = Space(31, shear=0.99, rotate=135, light=0.99, bits=6, translate=32)
_AUTO = Space(10, shear=0.3, rotate=30, light=0.9, bits=4, translate=150 / 331)


class RandAugmented:
    """Some operations after each other, all of the same level."""

    def __init__(self, operations: int, magnitude: int, brightest: int) -> None:
        self._operations, self._magnitude, self._brightest = operations, magnitude, brightest

    def __call__(self, images: Tensor, draws: Draws) -> Tensor:
        """Images (N, C, H, W); two numbers a sample for each operation."""
        numbers = draws.uniforms(2 * self._operations)
        pixels = _as_bytes(images, self._brightest)
        level = torch.full((len(images),), self._magnitude, device=images.device)
        for chosen, side in _pairs(numbers):
            levels = (level, _sign(side))
            pixels = apply(pixels, _CHOICES, _which(chosen, len(_CHOICES)), levels, _RAND)
        return _as_before(pixels, images, self._brightest)


class TriviallyAugmented:
    """One operation of any level."""

    def __init__(self, brightest: int) -> None:
        self._brightest = brightest

    def __call__(self, images: Tensor, draws: Draws) -> Tensor:
        """Images (N, C, H, W); three numbers a sample."""
        chosen, level, side = draws.uniforms(3).unbind(1)
        levels = (_which(level, _WIDE.bins), _sign(side))
        pixels = _as_bytes(images, self._brightest)
        pixels = apply(pixels, _CHOICES, _which(chosen, len(_CHOICES)), levels, _WIDE)
        return _as_before(pixels, images, self._brightest)


class AutoAugmented:
    """One of the pairs of a learned policy; each of the two with its own probability."""

    def __init__(self, policy: str, brightest: int) -> None:
        from torchvision.transforms import AutoAugment, AutoAugmentPolicy

        pairs = AutoAugment(AutoAugmentPolicy(policy)).policies
        self._names = sorted({name for pair in pairs for name, _, _ in pair})
        self._which = torch.tensor(
            [[self._names.index(name) for name, _, _ in pair] for pair in pairs]
        )
        self._chances = torch.tensor([[p for _, p, _ in pair] for pair in pairs]).double()
        self._levels = torch.tensor([[level or 0 for _, _, level in pair] for pair in pairs])
        self._brightest = brightest

    def __call__(self, images: Tensor, draws: Draws) -> Tensor:
        """Images (N, C, H, W); five numbers a sample."""
        numbers = draws.uniforms(5)
        pair = _which(numbers[:, 0], len(self._which))
        pixels = _as_bytes(images, self._brightest)
        for turn, (chance, side) in enumerate(_pairs(numbers[:, 1:])):
            which, least, level = (
                table.to(images.device)[:, turn].index_select(0, pair)
                for table in (self._which, self._chances, self._levels)
            )
            which = torch.where(chance < least, which, -1)
            levels: Levels = (level, _sign(side))
            pixels = apply(pixels, self._names, which, levels, _AUTO)
        return _as_before(pixels, images, self._brightest)


def _pairs(numbers: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Columns (N, 2 K) two by two."""
    columns = numbers.unbind(1)
    return list(zip(columns[::2], columns[1::2], strict=True))


def _which(numbers: Tensor, count: int) -> Tensor:
    return (numbers * count).long()


def _sign(numbers: Tensor) -> Tensor:
    return torch.where(numbers < 0.5, -1.0, 1.0).double()


def _as_bytes(images: Tensor, brightest: int) -> Tensor:
    """Images of intensities from 0 to `brightest` as uint8 from 0 to 255."""
    if images.dtype == torch.uint8 and brightest == 255:
        return images
    return (images.float() * (255 / brightest)).round().clamp(0, 255).to(torch.uint8)


def _as_before(pixels: Tensor, images: Tensor, brightest: int) -> Tensor:
    """On the scale from 0 to `brightest` again, in the type of `images`."""
    if images.dtype == torch.uint8 and brightest == 255:
        return pixels
    scaled = pixels.float() * (brightest / 255)
    return scaled.round().to(torch.uint8) if images.dtype == torch.uint8 else scaled
