"""What there is to say of the numbers in a network's tensors, as plain values: no torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.graph import Shape

BARS = 24
"""Bars of a tensor's histogram, of equal width from its least number to its greatest."""


@dataclass(frozen=True)
class Figures:
    """Of one tensor: its shape, and of its finite numbers mean, standard deviation (that of all
    of them, not of a sample), least and greatest.

    `bars` counts numbers by size, empty where all are the same; `broken` is how many are not
    finite. Without any finite number all figures are 0.
    """

    shape: Shape
    mean: float = 0.0
    deviation: float = 0.0
    least: float = 0.0
    greatest: float = 0.0
    bars: tuple[int, ...] = ()
    broken: int = 0

    @property
    def count(self) -> int:
        """How many numbers the tensor has."""
        found = 1
        for size in self.shape:
            found *= size
        return found


@dataclass(frozen=True)
class WeightFigures:
    """The figures of a network's tensors, by the network's own names.

    `source` says where the numbers are from, "" where there are none yet; `others` what there is
    to say of a tensor without figures.
    """

    source: str = ""
    tensors: Mapping[str, Figures] = field(default_factory=dict)
    others: str = ""
