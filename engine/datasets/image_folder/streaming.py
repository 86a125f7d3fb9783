"""Pictures that are decoded when a batch asks for them: for folders that, decoded, fit neither
into memory nor onto the disk."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.datasets.base import Progress
from engine.datasets.download import replacing
from engine.datasets.image_folder import cachefolder, problems
from engine.datasets.image_folder.cache import Order, check_unchanged, each_decoded, with_white
from engine.datasets.image_folder.cachefolder import Pixels
from engine.datasets.image_folder.decoding import NotReadError, Spec, decode
from engine.datasets.image_folder.looks import stamps_of
from engine.datasets.image_folder.reading import Failure
from engine.problems import ProblemError

Stamp = tuple[int, int]
"""Size of a file, and when it was last changed in nanoseconds."""
_CHUNK = 8
"""Pictures of a batch that one thread decodes."""
_AHEAD = 4
"""Batches that may be waiting, decoded, for somebody to take them."""


@dataclass(frozen=True)
class Checked:
    """What reading every picture once has told. `content` is the SHA-256 of all their pixels."""

    failures: dict[int, Failure]
    content: str
    white: float


def checked(order: Order, folder: Path, progress: Progress) -> Checked:
    """Every picture decoded once and forgotten, so that none fails in the middle of a training.
    The outcome is remembered below `folder`. Raises ProblemError when files change meanwhile."""
    file = cachefolder.of(folder, order.root) / f"{order.key}.checked.json"
    found = _remembered(file)
    if found is None:
        found = _check(order, progress)
        about = {
            "unreadable": {index: [failure.sentence, failure.passing]
                           for index, failure in found.failures.items()},
            "content": found.content,
            "white": found.white,
        }  # fmt: skip
        with replacing(file) as out:
            cachefolder.write(out, json.dumps(about, indent=1).encode(), file)
    return found


def _remembered(file: Path) -> Checked | None:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        failures = {int(index): Failure(*value) for index, value in about["unreadable"].items()}
        return Checked(failures, str(about["content"]), float(about["white"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _check(order: Order, progress: Progress) -> Checked:
    order = with_white(order)
    digest = hashlib.sha256(f"{order.shape}".encode())
    failures: dict[int, Failure] = {}
    for chunk in each_decoded(order, progress):
        digest.update(chunk.pixels.data)
        failures |= chunk.failures
    check_unchanged(order)
    return Checked(failures, digest.hexdigest(), order.spec.white)


class Streamed:
    """Pictures (N, C, size, size) uint8 that stand in for a tensor where batches are taken.

    `expect` begins to decode a batch on threads of its own, so that it is there when it is asked
    for; which batch is expected changes nothing in what it holds. A picture that is not as it was
    listed any more, in its size or time, ends the training: it could not be told what was learned.
    """

    dtype = torch.uint8
    device = torch.device("cpu")

    def __init__(self, root: Path, files: Mapping[str, Stamp], spec: Spec) -> None:
        self._root = root
        self._files = tuple(files.items())
        self._spec = spec
        self._lock = threading.Lock()
        self._expected: dict[bytes, list[Future[Pixels]]] = {}
        self._pool: ThreadPoolExecutor | None = None

    @property
    def shape(self) -> torch.Size:
        """(N, C, size, size)."""
        size = self._spec.size
        return torch.Size((len(self._files), self._spec.channels, size, size))

    def __len__(self) -> int:
        return len(self._files)

    def dim(self) -> int:
        """Four."""
        return len(self.shape)

    def numel(self) -> int:
        """Pixels of all pictures and channels."""
        return self.shape.numel()

    def expect(self, samples: torch.Tensor) -> None:
        """Begin to decode these (n,); what was expected long ago and not taken is given up."""
        with self._lock:
            if _key(samples) not in self._expected:
                self._expected[_key(samples)] = self._begin(samples)
            while len(self._expected) > _AHEAD:
                for part in self._expected.pop(next(iter(self._expected))):
                    part.cancel()

    def index_select(self, dim: int, samples: torch.Tensor) -> torch.Tensor:
        """The pictures (n, C, size, size) of these samples (n,) int64. Raises ProblemError when
        one cannot be read any more."""
        if dim != 0:
            raise IndexError("pictures are taken by their number alone")
        with self._lock:
            parts = self._expected.pop(_key(samples), None) or self._begin(samples)
        if not parts:
            return torch.empty((0, *self.shape[1:]), dtype=self.dtype)
        return torch.from_numpy(np.concatenate([part.result() for part in parts]))

    def __getitem__(self, key: int | slice | torch.Tensor) -> torch.Tensor:
        """One picture, those of a slice, or those of indices."""
        if isinstance(key, int):
            return self.index_select(0, torch.tensor([range(len(self))[key]]))[0]
        if isinstance(key, slice):
            return self.index_select(0, torch.arange(len(self))[key])
        return self.index_select(0, key)

    def __getstate__(self) -> dict[str, Any]:
        """What a worker process needs; threads stay here."""
        return {"_root": self._root, "_files": self._files, "_spec": self._spec}

    def __setstate__(self, state: dict[str, Any]) -> None:
        files = dict(state["_files"])
        self.__init__(state["_root"], files, state["_spec"])  # type: ignore[misc]

    def _begin(self, samples: torch.Tensor) -> list[Future[Pixels]]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="pictures")
            weakref.finalize(self, self._pool.shutdown, wait=False, cancel_futures=True)
        files = [self._files[index] for index in samples.tolist()]
        return [
            self._pool.submit(_decoded, self._root, files[start : start + _CHUNK], self._spec)
            for start in range(0, len(files), _CHUNK)
        ]


def _key(samples: torch.Tensor) -> bytes:
    return samples.numpy().tobytes()


def _decoded(root: Path, files: Sequence[tuple[str, Stamp]], spec: Spec) -> Pixels:
    """Raises ProblemError: all of them could be read before the training, as they were then."""
    pixels = np.empty((len(files), spec.channels, spec.size, spec.size), np.uint8)
    for index, (name, _) in enumerate(files):
        try:
            pixels[index] = decode(root / name, spec)
        except NotReadError as error:
            raise ProblemError(problems.not_read_again(name, str(error))) from None
    names = [name for name, _ in files]
    for (name, listed), now in zip(files, stamps_of(root, names), strict=True):
        if now != listed:  # looked at after it was read: it cannot change back
            raise ProblemError(problems.changed_since(name))
    return pixels
