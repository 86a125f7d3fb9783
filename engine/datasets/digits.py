"""The embedded default: small, real, and on every machine."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.base import Progress, SelfSplit, Splits, silent
from engine.facts import Facts
from engine.schema import register


@register
class Digits(SelfSplit):
    """1,797 handwritten digits of 8x8 pixels (UCI, 1998); comes with the program."""

    title: ClassVar[str] = "Digits 8×8"
    name: Literal["digits"] = "digits"

    def facts(self) -> Facts:
        """Images of one channel, ten classes."""
        names = tuple(str(digit) for digit in range(10))
        terms = "CC BY 4.0 (UCI)"
        return Facts("image", (1, 8, 8), "classes", names, 1797, licence=terms, brightest=16)

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Load from scikit-learn's own files."""
        import torch
        from sklearn.datasets import load_digits

        from engine.datasets.tensors import split_three_ways

        progress("Loading digits", None)
        bunch = load_digits()
        images = torch.from_numpy(bunch.images).to(torch.uint8)[:, None]
        return split_three_ways(self, images, torch.from_numpy(bunch.target).long())
