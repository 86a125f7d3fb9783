"""Street View House Numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from engine.datasets.base import TensorData
from engine.datasets.download import Archive, damaged, unreadable
from engine.datasets.downloaded import Downloaded
from engine.facts import Facts
from engine.problems import ProblemError
from engine.schema import register


@register
class Svhn(Downloaded):
    """99,289 digits on house numbers, 32x32 pixels (Netzer and others 2011)."""

    title: ClassVar[str] = "SVHN"
    handed: ClassVar[bool] = True
    source: ClassVar[str] = "SVHN"
    name: Literal["svhn"] = "svhn"

    def facts(self) -> Facts:
        """Three channels, ten classes; without the 531,131 easier extra pictures."""
        digits = tuple(str(digit) for digit in range(10))
        return Facts(
            "image", (3, 32, 32), "classes", digits, 73_257 + 26_032,
            download=182_040_794 + 64_275_384, licence="for non-commercial use only",
            official_test=26_032,
        )  # fmt: skip

    def _missing(self, source: Any, root: Path) -> Sequence[Archive]:
        # Both every time: what is downloaded is what is read, and so it is always checked.
        listed = (source.split_list[part] for part in ("train", "test"))
        return [Archive(root / name, (url,), md5) for url, name, md5 in listed]

    def _unpack(self, source: Any, archive: Path) -> None:
        pass  # they are read as they are

    def _read(self, source: Any, root: Path, train: bool) -> TensorData:
        import numpy as np
        import torch
        from scipy.io import loadmat

        path = root / source.split_list["train" if train else "test"][1]
        try:
            content = loadmat(path, variable_names=["X", "y"])
            pixels, labels = content["X"], content["y"].ravel().astype(np.int64)
        except OSError as error:
            raise ProblemError(unreadable(path, error)) from None
        except Exception as error:  # its reader fails on damaged files in many ways
            raise ProblemError(damaged(self.title, path, str(error))) from None
        if pixels.dtype != np.uint8 or pixels.ndim != 4:
            raise ProblemError(damaged(self.title, path, "it holds no pictures"))
        images = np.ascontiguousarray(pixels.transpose(3, 2, 0, 1))
        labels[labels == 10] = 0  # the digit 0 is the tenth there
        return self._checked(path, torch.from_numpy(images), torch.from_numpy(labels))
