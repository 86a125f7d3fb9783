"""Distributions as tables: no bit depends on how a vectorised cosine rounds."""

from __future__ import annotations

import math

import torch
from torch import Tensor

STEPS = 4097
"""Entries of a table, both ends and the middle among them."""


def turns(degrees: float) -> Tensor:
    """Cosines and sines (2, STEPS) float64 of evenly spaced angles up to `degrees` either way."""
    angles = _spread(math.radians(degrees))
    return _table([math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles])


def slants(degrees: float) -> Tensor:
    """Tangents (1, STEPS) float64 of evenly spaced angles up to `degrees` either way."""
    return _table([math.tan(angle) for angle in _spread(math.radians(degrees))])


def powers(base: float) -> Tensor:
    """Ratios (1, STEPS) float64 from 1 / base to base, their logarithms evenly spaced."""
    return _table([math.exp(power) for power in _spread(math.log(base))])


def gaussians(sigmas: list[float], radius: int) -> Tensor:
    """Weights (len(sigmas), 2 * radius + 1) float32 of Gaussian blurs; each row sums to 1."""
    rows = []
    for sigma in sigmas:
        weights = [math.exp(-((x / sigma) ** 2) / 2) for x in range(-radius, radius + 1)]
        rows.append([weight / sum(weights) for weight in weights])
    return torch.tensor(rows, dtype=torch.float32)


def drawn(table: Tensor, numbers: Tensor) -> Tensor:
    """The columns (rows, N) of a table that numbers (N,) in [0, 1) choose."""
    table = table.to(numbers.device)
    return table.index_select(1, (numbers * table.shape[1]).long())


def _spread(most: float) -> list[float]:
    middle = STEPS // 2
    return [most * (step - middle) / middle for step in range(STEPS)]


def _table(*rows: list[float]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)
