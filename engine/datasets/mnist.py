"""MNIST, Fashion-MNIST and KMNIST."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any, ClassVar, Literal

from engine.datasets.base import TensorData
from engine.datasets.download import Archive, damaged, unreadable, write_all
from engine.datasets.downloaded import Downloaded
from engine.facts import Facts
from engine.problems import ProblemError
from engine.schema import register


class MnistLike(Downloaded):
    """Grey images of 28x28 pixels in ten classes, in MNIST's own file format."""

    def _missing(self, source: Any, root: Path) -> list[Archive]:
        folder = root / self.source / "raw"
        return [
            Archive(folder / name, tuple(mirror + name for mirror in source.mirrors), md5)
            for name, md5 in source.resources
            if not (folder / name).with_suffix("").is_file()
        ]

    def _unpack(self, source: Any, archive: Path) -> None:
        # As torchvision would, but so that a file cut off half-way is never taken for whole.
        try:
            with gzip.open(archive, "rb") as content:
                write_all(content, archive.with_suffix(""))
        except (OSError, EOFError, zlib.error) as error:
            raise ProblemError(damaged(self.title, archive, str(error))) from None

    def _read(self, source: Any, root: Path, train: bool) -> TensorData:
        part = "train" if train else "t10k"
        folder = root / self.source / "raw"
        images, labels = folder / f"{part}-images-idx3-ubyte", folder / f"{part}-labels-idx1-ubyte"
        try:
            whole = source(root=root, train=train, download=False)
        except OSError as error:
            raise ProblemError(unreadable(folder, error)) from None
        except Exception:  # torchvision's reader fails by assert, KeyError, ValueError and others
            culprit = labels if _holds_images(images) else images
            reason = "it is cut off, or in another format"
            raise ProblemError(damaged(self.title, culprit, reason)) from None
        return self._checked(images, whole.data[:, None], whole.targets)


def _holds_images(path: Path) -> bool:
    from torchvision.datasets.mnist import read_image_file

    try:
        read_image_file(path)
    except Exception:  # as above
        return False
    return True


@register
class Mnist(MnistLike):
    """70,000 handwritten digits of 28x28 pixels (LeCun, Cortes and Burges 1998)."""

    title: ClassVar[str] = "MNIST"
    source: ClassVar[str] = "MNIST"
    name: Literal["mnist"] = "mnist"

    def facts(self) -> Facts:
        """One channel, ten classes."""
        digits = tuple(str(digit) for digit in range(10))
        return Facts(
            "image", (1, 28, 28), "classes", digits, 70_000, download=11_594_722,
            licence="none stated by the authors", official_test=10_000,
        )  # fmt: skip


@register
class FashionMnist(MnistLike):
    """70,000 pictures of clothes, 28x28 pixels: MNIST's harder twin (Xiao and others 2017)."""

    title: ClassVar[str] = "Fashion-MNIST"
    source: ClassVar[str] = "FashionMNIST"
    name: Literal["fashion_mnist"] = "fashion_mnist"

    def facts(self) -> Facts:
        """One channel, ten classes."""
        clothes = (
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
            "Bag", "Ankle boot",
        )  # fmt: skip
        return Facts(
            "image", (1, 28, 28), "classes", clothes, 70_000, download=30_878_645, licence="MIT",
            official_test=10_000,
        )  # fmt: skip


@register
class KMnist(MnistLike):
    """70,000 handwritten characters of ten kinds of old Japanese, 28x28 pixels (Clanuwat 2018)."""

    title: ClassVar[str] = "Kuzushiji-MNIST"
    source: ClassVar[str] = "KMNIST"
    name: Literal["kmnist"] = "kmnist"

    def facts(self) -> Facts:
        """One channel, ten classes."""
        characters = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
        return Facts(
            "image", (1, 28, 28), "classes", characters, 70_000, download=21_240_888,
            licence="CC BY-SA 4.0", official_test=10_000,
        )  # fmt: skip
