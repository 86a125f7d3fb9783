"""STL-10."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from engine.datasets.base import TensorData
from engine.datasets.download import damaged, unreadable
from engine.datasets.tarred import Tarred
from engine.facts import Facts
from engine.problems import ProblemError
from engine.schema import register

_FILES = ("train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin")


@register
class Stl10(Tarred):
    """13,000 photographs of ten kinds of animals and vehicles, 96x96 pixels (Coates 2011)."""

    title: ClassVar[str] = "STL-10"
    source: ClassVar[str] = "STL10"
    name: Literal["stl10"] = "stl10"

    def facts(self) -> Facts:
        """Three channels, ten classes; the 100,000 pictures without a label are not unpacked."""
        classes = (
            "airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck",
        )  # fmt: skip
        return Facts(
            "image", (3, 96, 96), "classes", classes, 13_000, download=2_640_397_119,
            licence="none stated by the authors; the pictures are from ImageNet",
            official_test=8_000,
        )  # fmt: skip

    def _names(self, source: Any) -> tuple[str, ...]:
        return _FILES

    def _read(self, source: Any, root: Path, train: bool) -> TensorData:
        import numpy as np
        import torch

        part = "train" if train else "test"
        images, labels = (root / source.base_folder / f"{part}_{what}.bin" for what in "Xy")
        try:
            pixels, numbers = (np.fromfile(path, np.uint8) for path in (images, labels))
        except OSError as error:
            raise ProblemError(unreadable(images, error)) from None
        if not len(pixels) or len(pixels) % self.facts().inputs:
            raise ProblemError(damaged(self.title, images, "it is cut off"))
        # Column by column there, row by row here.
        upright = pixels.reshape(-1, *self.facts().shape).transpose(0, 1, 3, 2)
        targets = torch.from_numpy(numbers.astype(np.int64)) - 1
        return self._checked(images, torch.from_numpy(np.ascontiguousarray(upright)), targets)
