"""Changes of what is in an order: windows (N, window, channels) and texts (N, length)."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.augmentation.kernels import Draws

_UNKNOWN = 1
"""The number of the unknown token; 0 is padding."""


class WindowShifted:
    """Moved by up to so many steps; the value at the end fills what becomes empty."""

    def __init__(self, steps: int) -> None:
        self._most = steps

    def __call__(self, windows: Tensor, draws: Draws) -> Tensor:
        """Windows (N, window, channels) of the same type."""
        numbers = draws.uniforms(1)[:, 0]
        steps = (numbers * (2 * self._most + 1)).long() - self._most
        length = windows.shape[1]
        places = (torch.arange(length, device=steps.device) - steps[:, None]).clamp(0, length - 1)
        return windows.gather(1, places[:, :, None].expand(-1, -1, windows.shape[2]))


class Stretched:
    """Multiplied about the mean by a factor from 1 - part to 1 + part."""

    def __init__(self, part: float, mean: Tensor) -> None:
        self._part, self._mean = part, mean.detach().cpu().float()

    def __call__(self, windows: Tensor, draws: Draws) -> Tensor:
        """Windows (N, window, channels) float32."""
        factor = (1 + self._part * (2 * draws.uniforms(1) - 1)).float()[:, :, None]
        return windows * factor + self._mean.to(windows.device) * (1 - factor)


class Forgotten:
    """Tokens replaced by the unknown one, each with the probability `rate`."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def __call__(self, tokens: Tensor, draws: Draws) -> Tensor:
        """Token numbers (N, length) of the same type; padding is never touched."""
        forgotten = draws.uniforms(tokens.shape[1]) < self._rate
        return tokens.masked_fill(forgotten & (tokens != 0), _UNKNOWN)
