"""A tensor of a file made to fit a network that reads other channels or another size of image."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

_POSITIONS = ("pos_embedding", "pos_embed")
"""How torchvision and timm name the table of positions of a vision transformer."""


def adapted(name: str, given: Tensor, wanted: tuple[int, ...]) -> tuple[Tensor | None, str]:
    """The tensor in the shape that is wanted, and how that was done; None if it cannot be."""
    shape = tuple(given.shape)
    if shape == wanted:
        return given, ""
    if name.endswith(_POSITIONS) and len(shape) == len(wanted) == 3:
        return _positions(given, wanted), f"{name}: positions resized for another size of image"
    same_but_channels = len(shape) == len(wanted) == 4 and shape[:1] + shape[2:] == (
        wanted[:1] + wanted[2:]
    )  # fmt: skip
    if same_but_channels and shape[1] in (1, 3) and given.is_floating_point():
        how = f"{name}: kernels of {shape[1]} channels made ones of {wanted[1]}, with the same sum"
        return _channels(given, wanted[1]), how
    return None, ""


def _channels(kernels: Tensor, channels: int) -> Tensor:
    """(O, C, h, w) to other channels: each gets the mean kernel, scaled so that a picture whose
    channels are all alike is answered as before. For grey that is the sum of the three colours."""
    mean = kernels.float().mean(dim=1, keepdim=True)
    return mean.expand(-1, channels, -1, -1) * (kernels.shape[1] / channels)


def _positions(given: Tensor, wanted: tuple[int, ...]) -> Tensor | None:
    """(1, t + n * n, F) to another n by bicubic interpolation; the class token, if there is one
    (t is 1), keeps its own."""
    lengths = given.shape[1], wanted[1]
    tokens = next((t for t in (1, 0) if all(math.isqrt(n - t) ** 2 == n - t for n in lengths)), -1)
    if tokens < 0 or given.shape[2] != wanted[2]:
        return None
    sides = [math.isqrt(length - tokens) for length in lengths]
    token, grid = given[:, :tokens].float(), given[:, tokens:].float()
    picture = grid.transpose(1, 2).reshape(1, wanted[2], sides[0], sides[0])
    resized = nn.functional.interpolate(
        picture, size=(sides[1], sides[1]), mode="bicubic", align_corners=True
    )
    return torch.cat([token, resized.flatten(2).transpose(1, 2)], dim=1)
