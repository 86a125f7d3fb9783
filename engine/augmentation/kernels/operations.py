"""The operations of the published policies on uint8 images, with a strength of each sample's own.

They do what torchvision's functions of the same names do to a single image; geometric ones read
the nearest pixel and bring in zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.augmentation.kernels.colours import LUMA
from engine.augmentation.kernels.moves import identity, moved, resampled

_TOP = 255.0


@dataclass(frozen=True)
class Space:
    """What the highest of `bins` levels means: the strengths grow evenly with the level."""

    bins: int
    shear: float
    """Pixels sideways for each pixel down."""
    rotate: float
    """Degrees."""
    light: float
    """By how much a factor differs from 1."""
    bits: int
    """Bits of each intensity that are dropped."""
    translate: float
    """Pixels, or a part of the side if less than 1."""


Levels = tuple[Tensor, Tensor]
"""The level of each sample (N,) int64, and its sign (N,) float64: 1 or -1."""
Operation = Callable[[Tensor, Levels, Space], Tensor]


def apply(images: Tensor, names: list[str], which: Tensor, levels: Levels, space: Space) -> Tensor:
    """Each image (N, C, H, W) uint8 changed by the operation whose number `which` (N,) says."""
    found = images.clone()
    for number, name in enumerate(names):
        operation = OPERATIONS.get(name)
        rows = (which == number).nonzero()[:, 0]
        if operation is not None and len(rows):
            own = (levels[0][rows], levels[1][rows])
            found[rows] = operation(images[rows], own, space)
    return found


# --- Geometry ------------------------------------------------------------------------------------


def _sheared(axis: int) -> Operation:
    """About the upper left corner, as in PIL."""

    def shear(images: Tensor, levels: Levels, space: Space) -> Tensor:
        slant = _strength(levels, space, space.shear)
        maps = identity(slant)
        maps[:, axis, 1 - axis] = slant
        maps[:, axis, 2] = slant * (images.shape[2 + axis] / 2)
        return _read(images, maps)

    return shear


def _translated(axis: int) -> Operation:
    def translate(images: Tensor, levels: Levels, space: Space) -> Tensor:
        most = space.translate * (images.shape[3 - axis] if space.translate < 1 else 1)
        maps = identity(levels[1])
        maps[:, axis, 2] = -_strength(levels, space, most).trunc()
        return moved(images, maps, "zero")

    return translate


def _rotated(images: Tensor, levels: Levels, space: Space) -> Tensor:
    most = math.radians(space.rotate)
    angles = [most * level / (space.bins - 1) for level in range(space.bins)]
    table = [[math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles]]
    cos, sin = levels[1].new_tensor(table).index_select(1, levels[0])
    maps = identity(cos)
    maps[:, 0, 0] = maps[:, 1, 1] = cos
    maps[:, 1, 0] = sin * levels[1]
    maps[:, 0, 1] = -maps[:, 1, 0]
    return _read(images, maps)


def _read(images: Tensor, maps: Tensor) -> Tensor:
    return resampled(images.float(), maps, "zero", "nearest").to(torch.uint8)


# --- Light and colour ----------------------------------------------------------------------------


def _brightened(images: Tensor, levels: Levels, space: Space) -> Tensor:
    return _blended(images, None, levels, space)


def _coloured(images: Tensor, levels: Levels, space: Space) -> Tensor:
    return _blended(images, _grey(images).float(), levels, space)


def _contrasted(images: Tensor, levels: Levels, space: Space) -> Tensor:
    grey = _grey(images)
    total = grey.flatten(1).sum(1)  # of whole numbers: the same in any order
    mean = (total / grey[0].numel()).float()
    return _blended(images, mean[:, None, None, None], levels, space)


def _sharpened(images: Tensor, levels: Levels, space: Space) -> Tensor:
    if min(images.shape[2:]) <= 2:
        return images
    pixels = images.to(torch.int16)
    rows = pixels[:, :, :-2] + pixels[:, :, 1:-1] + pixels[:, :, 2:]
    around = rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]
    around += 4 * pixels[:, :, 1:-1, 1:-1]
    smooth = images.float()
    smooth[:, :, 1:-1, 1:-1] = around.float().div_(13).round_()
    return _blended(images, smooth, levels, space)


def _posterized(images: Tensor, levels: Levels, space: Space) -> Tensor:
    dropped = (levels[0].double() / ((space.bins - 1) / space.bits)).round().long()
    kept = (-(2**dropped)).to(torch.uint8)
    return images & kept[:, None, None, None]


def _solarized(images: Tensor, levels: Levels, space: Space) -> Tensor:
    threshold = (_TOP - _TOP * levels[0].double() / (space.bins - 1)).ceil().to(torch.uint8)
    return torch.where(images >= threshold[:, None, None, None], 255 - images, images)


def _contrast_stretched(images: Tensor, levels: Levels, space: Space) -> Tensor:
    from torchvision.transforms.v2 import functional

    changed: Tensor = functional.autocontrast(_channels(images))
    return changed.view_as(images)


def _equalized(images: Tensor, levels: Levels, space: Space) -> Tensor:
    from torchvision.transforms.v2 import functional

    changed: Tensor = functional.equalize(_channels(images))
    return changed.view_as(images)


def _inverted(images: Tensor, levels: Levels, space: Space) -> Tensor:
    return 255 - images


def _channels(images: Tensor) -> Tensor:
    """Each channel as an image (N * C, 1, H, W): there may be any number of them."""
    return images.flatten(0, 1)[:, None]


def _strength(levels: Levels, space: Space, most: float) -> Tensor:
    return levels[0].double() * (most / (space.bins - 1)) * levels[1]


def _blended(images: Tensor, other: Tensor | None, levels: Levels, space: Space) -> Tensor:
    """Images beyond (factor above 1) or towards (below 1) another picture; None is a black one."""
    factor = (1 + _strength(levels, space, space.light)).float()[:, None, None, None]
    mixed = images * factor
    if other is not None:
        mixed += other * (1 - factor)
    return mixed.clamp_(0, _TOP).to(torch.uint8)


def _grey(images: Tensor) -> Tensor:
    """The luma (N, 1, H, W) uint8 of colours; images without colours as they are."""
    if images.shape[1] != len(LUMA):
        return images
    red, green, blue = images[:, :1].float(), images[:, 1:2].float(), images[:, 2:].float()
    return (red * LUMA[0] + green * LUMA[1] + blue * LUMA[2]).to(torch.uint8)


OPERATIONS: dict[str, Operation] = {
    "ShearX": _sheared(0), "ShearY": _sheared(1),
    "TranslateX": _translated(0), "TranslateY": _translated(1), "Rotate": _rotated,
    "Brightness": _brightened, "Color": _coloured, "Contrast": _contrasted,
    "Sharpness": _sharpened, "Posterize": _posterized, "Solarize": _solarized,
    "AutoContrast": _contrast_stretched, "Equalize": _equalized, "Invert": _inverted,
}  # fmt: skip
"""By the names that the papers use; `Identity` is none of them."""
