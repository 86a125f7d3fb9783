"""Decoded pictures on disk: made once in parallel, then mapped into memory, never half there.

A cache is a plain .npy array (N, C, size, size) uint8, and a .json beside it that is written last.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import PIL

from engine.datasets.base import Progress
from engine.datasets.download import replacing
from engine.datasets.image_folder import cachefolder, problems
from engine.datasets.image_folder.decoding import Spec, brightest, white_for
from engine.datasets.image_folder.looks import quieten_pillow, spread, stamps_of
from engine.datasets.image_folder.reading import Chunk, Failure, decoded_in_order
from engine.problems import ProblemError

FORMAT = 1
_DEEP_LOOKED_AT = 16
_TOLD_EVERY = 0.05


@dataclass(frozen=True)
class Order:
    """What is to be decoded: files below a root as they are now, and what each is to become."""

    root: Path
    files: tuple[str, ...]
    spec: Spec
    deep: bool = False
    stamps: tuple[tuple[int, int], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, root: Path, files: tuple[str, ...], spec: Spec, deep: bool) -> Order:
        """An order for the files with the sizes and times that they have now. `deep` says that
        some have more than 8 bits."""
        return cls(root, files, spec, deep, stamps_of(root, files))

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, C, size, size)."""
        return len(self.files), self.spec.channels, self.spec.size, self.spec.size

    @property
    def bytes(self) -> int:
        """What the decoded pictures weigh."""
        return int(np.prod(self.shape, dtype=np.int64))

    @cached_property
    def key(self) -> str:
        """A name for the result: it depends on the files, the options and the decoder alone."""
        digest = hashlib.sha256(f"{FORMAT} {PIL.__version__} {self.spec}".encode())
        if self.spec.zoom != 1:
            digest.update(f" {self.spec.zoom}\n".encode())
        if self.spec.interpolation != "bilinear":
            digest.update(f" {self.spec.interpolation}\n".encode())
        for name, stamp in zip(self.files, self.stamps, strict=True):
            digest.update(b"%s\0%d %d\n" % (os.fsencode(name), *stamp))
        return digest.hexdigest()[:32]


@dataclass(frozen=True)
class Decoded:
    """Every picture (N, C, size, size), mapped from its file; black where one was not readable.
    `content` is the SHA-256 of all their pixels."""

    pixels: cachefolder.Pixels
    failures: dict[int, Failure]
    content: str
    file: Path


def decoded(order: Order, folder: Path, progress: Progress) -> Decoded:
    """The pictures from their cache below `folder`, which is made if it is not there.

    What `progress` raises ends it, and leaves nothing behind. Raises ProblemError: files changed
    meanwhile, no room, or a folder that cannot be written.
    """
    own = cachefolder.of(folder, order.root)
    file = own / f"{order.key}.npy"
    found = _opened(file, order)
    if found is None or _may_be_mended(found, order):
        _make(file, order, progress)
        cachefolder.tidy(folder, own)
        found = _opened(file, order)
    if found is None:
        raise ProblemError(problems.not_read_back(file))
    cachefolder.touch(file)
    return found


# --- Reading -------------------------------------------------------------------------------------


def _opened(file: Path, order: Order) -> Decoded | None:
    """The cache if it is there and whole."""
    try:
        about = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        failures = {int(index): Failure(*value) for index, value in about["unreadable"].items()}
        content = str(about["content"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    pixels = cachefolder.mapped(file, order.shape)
    return None if pixels is None else Decoded(pixels, failures, content, file)


def _may_be_mended(found: Decoded, order: Order) -> bool:
    """Whether a file that the system withheld is given now."""
    return any(
        failure.passing and os.access(order.root / order.files[index], os.R_OK)
        for index, failure in found.failures.items()
    )


# --- Making --------------------------------------------------------------------------------------


def _make(file: Path, order: Order, progress: Progress) -> None:
    cachefolder.check_room(file.parent, order.bytes)
    order = with_white(order)
    failures: dict[int, Failure] = {}
    digest = hashlib.sha256(f"{order.shape}".encode())
    with replacing(file) as out:
        cachefolder.start(out, order.shape)
        for chunk in each_decoded(order, progress):
            cachefolder.write(out, chunk.pixels.data, file)
            digest.update(chunk.pixels.data)
            failures |= chunk.failures
        check_unchanged(order)
    about = {
        "format": FORMAT,
        "folder": str(order.root),
        "white": order.spec.white,
        "content": digest.hexdigest(),
        "unreadable": {index: [failure.sentence, failure.passing]
                       for index, failure in failures.items()},
    }  # fmt: skip
    with replacing(file.with_suffix(".json")) as out:
        cachefolder.write(out, json.dumps(about, indent=1).encode(), file)


def with_white(order: Order) -> Order:
    """With the full scale of pictures of more than 8 bits, from the brightest pixels of some."""
    if not order.deep:
        return order
    looked_at = spread(order.files, _DEEP_LOOKED_AT)
    white = white_for([brightest(order.root / name) for name in looked_at])
    return replace(order, spec=replace(order.spec, white=white))


def each_decoded(order: Order, progress: Progress) -> Iterator[Chunk]:
    """Every picture once, a chunk at a time. Raises ProblemError when files are gone."""
    quieten_pillow()
    gone = [name for name, stamp in zip(order.files, order.stamps, strict=True) if stamp[0] < 0]
    if gone:
        raise ProblemError(problems.changed(len(gone), gone[0]))
    message = f"Reading {len(order.files):,} pictures in {problems.named(Path(order.root.name))}"
    progress(message, 0.0)
    told, done = time.monotonic(), 0
    with contextlib.closing(decoded_in_order(order.root, order.files, order.spec)) as chunks:
        for chunk in chunks:
            yield chunk
            done += len(chunk.pixels)
            if time.monotonic() - told > _TOLD_EVERY:
                told = time.monotonic()
                progress(message, done / len(order.files))


def check_unchanged(order: Order) -> None:
    """Raise ProblemError when somebody changed a file while it was read."""
    changed = _different(order.files, order.stamps, stamps_of(order.root, order.files))
    if changed:
        raise ProblemError(problems.changed(len(changed), changed[0]))


def _different(files: Sequence[str], before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    return [name for name, a, b in zip(files, before, after, strict=True) if a != b]
