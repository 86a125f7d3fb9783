"""The embedded default: small, real, and on every machine."""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.datasets.base import Progress, SelfSplit, Splits, silent
from engine.facts import Facts
from engine.schema import register

if TYPE_CHECKING:
    import numpy as np


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

        from engine.datasets.tensors import split_three_ways

        progress("Loading digits", None)
        rows = torch.from_numpy(_rows())
        images = rows[:, :-1].reshape(-1, 1, 8, 8)
        return split_three_ways(self, images.to(torch.uint8), rows[:, -1].long())


def _rows() -> np.ndarray:
    """64 pixels and the digit of each image, (1797, 65), read as scikit-learn reads them but
    without importing it, which takes longer than a first training on them."""
    import numpy as np

    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The digits come with scikit-learn, which is not installed")
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path, "rt") as file:
        return np.loadtxt(file, delimiter=",")
