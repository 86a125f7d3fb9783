"""Decoded pictures as the parts that a training uses: in memory, or mapped from a file in which
they lie part by part. Never more than one copy either way."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import numpy as np
import psutil
import torch

from engine.datasets.base import Progress, TensorData
from engine.datasets.download import replacing
from engine.datasets.image_folder import cachefolder, problems
from engine.datasets.image_folder.cache import Decoded, Order
from engine.datasets.image_folder.cachefolder import Pixels
from engine.datasets.split import Indices
from engine.problems import ProblemError

Storage = Literal["auto", "memory", "disk", "stream"]
Place = Literal["memory", "disk", "stream"]
MOST_OF_FREE = 0.5
"""The part of the free memory up to which pictures are held there; the rest is the training's."""
_BLOCK = 1 << 24
"""Bytes that are moved at once."""


def place_for(storage: Storage, order: Order, caches: Path) -> Place:
    """Where decoded pictures are to be: in memory if there is room, else on the disk if there is,
    else nowhere."""
    if storage != "auto":
        return storage
    own = cachefolder.of(caches, order.root)
    to_write = 0 if (own / f"{order.key}.npy").is_file() else order.bytes
    in_memory = order.bytes < MOST_OF_FREE * psutil.virtual_memory().available
    if to_write + (0 if in_memory else order.bytes) > cachefolder.free(own):
        return "stream"
    return "memory" if in_memory else "disk"


def hold(
    decoded: Decoded,
    targets: torch.Tensor,
    divided: dict[str, Indices],
    place: Place,
    progress: Progress,
) -> dict[str, TensorData]:
    """The pictures and targets of each part."""
    labels = {name: targets[torch.from_numpy(indices)] for name, indices in divided.items()}
    if place == "memory":
        return {
            name: TensorData(_gathered(decoded.pixels, indices), labels[name])
            for name, indices in divided.items()
        }
    whole = torch.from_numpy(_in_parts(decoded, divided, progress))
    parts = torch.split(whole, [len(indices) for indices in divided.values()])
    return {name: TensorData(part, labels[name]) for name, part in zip(divided, parts, strict=True)}


def _gathered(pixels: Pixels, indices: Indices) -> torch.Tensor:
    return torch.from_numpy(pixels).index_select(0, torch.from_numpy(indices))


def _in_parts(decoded: Decoded, divided: dict[str, Indices], progress: Progress) -> Pixels:
    """The pictures part by part in a file of their own, mapped: batches are then read from places
    near each other, and no index stands between."""
    order = np.concatenate(list(divided.values()))
    digest = hashlib.sha256(order.astype("<i8").tobytes()).hexdigest()[:16]
    file = decoded.file.with_name(f"{decoded.file.stem}-{digest}.npy")
    shape = (len(order), *decoded.pixels.shape[1:])
    found = cachefolder.mapped(file, shape)
    if found is None:
        _write(file, decoded.pixels, order, progress)
        cachefolder.tidy(file.parent.parent, file.parent)
        found = cachefolder.mapped(file, shape)
    if found is None:
        raise ProblemError(problems.not_read_back(file))
    cachefolder.touch(file)
    return found


def _write(file: Path, pixels: Pixels, order: Indices, progress: Progress) -> None:
    each = max(1, int(np.prod(pixels.shape[1:])))
    step = max(1, _BLOCK // each)
    cachefolder.check_room(file.parent, each * len(order))
    with replacing(file) as out:
        cachefolder.start(out, (len(order), *pixels.shape[1:]))
        for start in range(0, len(order), step):
            progress("Arranging the pictures", start / len(order))
            block = np.ascontiguousarray(pixels[order[start : start + step]])
            cachefolder.write(out, block.data, file)
