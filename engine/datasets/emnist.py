"""EMNIST: MNIST's letters, in six selections."""

from __future__ import annotations

import gzip
import string
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.datasets.base import TensorData
from engine.datasets.download import Archive, Readable, damaged, unreadable, write_all
from engine.datasets.downloaded import Downloaded
from engine.facts import Facts
from engine.problems import ProblemError
from engine.schema import option, register

if TYPE_CHECKING:
    import torch

_ALL = string.digits + string.ascii_uppercase + string.ascii_lowercase
_MERGED = string.digits + string.ascii_uppercase + "abdefghnqrt"
_SPLITS = {
    "balanced": (_MERGED, 112_800, 18_800),
    "byclass": (_ALL, 697_932, 116_323),
    "bymerge": (_MERGED, 697_932, 116_323),
    "digits": (string.digits, 240_000, 40_000),
    "letters": (string.ascii_lowercase, 124_800, 20_800),
    "mnist": (string.digits, 60_000, 10_000),
}
"""Classes in the order of their numbers, training and test samples."""
_IMAGES, _LABELS = 0x803, 0x801
_MOST = 28 * 28 * 700_000
"""Bytes that a file of it has at most: an archive cannot unpack without end."""


@register
class Emnist(Downloaded):
    """Handwritten digits and letters of 28x28 pixels, up to 814,255 (Cohen and others 2017)."""

    title: ClassVar[str] = "EMNIST"
    source: ClassVar[str] = "EMNIST"
    name: Literal["emnist"] = "emnist"
    split: Literal["balanced", "byclass", "bymerge", "digits", "letters", "mnist"] = option(
        "balanced",
        "Which characters: 47 alike in number, all 62, all with alike letters merged, digits, "
        "letters without case, or digits as many as MNIST has.",
    )

    def facts(self) -> Facts:
        """One channel; the classes of the selection."""
        classes, train, test = _SPLITS[self.split]
        return Facts(
            "image", (1, 28, 28), "classes", tuple(classes), train + test, download=561_753_746,
            licence="none stated; made from NIST's public Special Database 19", official_test=test,
        )  # fmt: skip

    def _names(self) -> list[str]:
        kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")
        parts = (f"emnist-{self.split}-{part}" for part in ("train", "test"))
        return [f"{part}-{kind}" for part in parts for kind in kinds]

    def _missing(self, source: Any, root: Path) -> list[Archive]:
        folder = root / "EMNIST" / "raw"
        if all((folder / name).is_file() for name in self._names()):
            return []
        return [Archive(folder / "gzip.zip", (source.url,), source.md5)]

    def _unpack(self, source: Any, archive: Path) -> None:
        try:
            with zipfile.ZipFile(archive) as content:
                for name in self._names():
                    with content.open(f"gzip/{name}.gz") as packed, gzip.open(packed) as stream:
                        write_all(_Limited(stream, _MOST), archive.parent / name)
        except (OSError, EOFError, KeyError, ValueError, zlib.error, zipfile.BadZipFile) as error:
            raise ProblemError(damaged(self.title, archive, str(error))) from None

    def _read(self, source: Any, root: Path, train: bool) -> TensorData:
        import torch

        part = f"emnist-{self.split}-{'train' if train else 'test'}"
        folder = root / "EMNIST" / "raw"
        images = self._idx(folder / f"{part}-images-idx3-ubyte", _IMAGES)
        labels = self._idx(folder / f"{part}-labels-idx1-ubyte", _LABELS).long()
        if self.split == "letters":
            labels -= 1  # they are counted from 1 there
        if images.shape[1:] == (28, 28):
            images = images.transpose(1, 2)  # they lie on their sides
        path = folder / f"{part}-images-idx3-ubyte"
        return self._checked(path, images[:, None], labels.to(torch.int64))

    def _idx(self, path: Path, magic: int) -> torch.Tensor:
        """The array in a file of MNIST's format, mapped."""
        import numpy as np
        import torch

        try:
            header = np.fromfile(path, ">i4", 1 + (magic & 0xFF))
            shape = tuple(int(size) for size in header[1:])
            start = 4 * len(header)
            whole = header.size and header[0] == magic and min(shape) > 0
            if not whole or path.stat().st_size != start + int(np.prod(shape, dtype=np.int64)):
                reason = "it is cut off, or in another format"
                raise ProblemError(damaged(self.title, path, reason))
            return torch.from_numpy(np.memmap(path, np.uint8, "c", start, shape))
        except OSError as error:
            raise ProblemError(unreadable(path, error)) from None


class _Limited:
    """A stream that may give so many bytes and no more."""

    def __init__(self, stream: Readable, left: int) -> None:
        self._stream = stream
        self._left = left

    def read(self, size: int, /) -> bytes:
        """The next bytes. Raises ValueError when there are too many."""
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise ValueError("it unpacks to far more than it should")
        return chunk
