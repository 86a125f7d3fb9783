"""The folder of caches: one folder inside for each folder of pictures, kept from growing for ever.

Everything in it may be deleted at any time: it is made again from the pictures.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import re
import shutil
import time
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from engine.datasets.image_folder import problems
from engine.problems import ProblemError

Pixels = npt.NDArray[np.uint8]

KEPT = 4
"""Caches that stay for one folder of pictures: for other sizes, splits, or states of it."""
UNUSED_DAYS = 30
_UNFINISHED_DAYS = 1
_DAY = 86_400


def of(caches: Path, pictures: Path) -> Path:
    """The folder of caches for one folder of pictures; its name is for people to recognise."""
    called = re.sub(r"[^\w.-]+", "_", pictures.name, flags=re.ASCII).strip("._") or "pictures"
    digest = hashlib.sha256(os.fsencode(pictures)).hexdigest()[:8]
    return caches / f"{called[:40]}-{digest}"


def mapped(file: Path, shape: tuple[int, ...]) -> Pixels | None:
    """The array in a file, mapped; None when it is not there, not whole, or of another shape."""
    try:
        # "c": copy on write. Nobody writes, but torch warns of memory that is for reading only.
        found: Pixels = np.lib.format.open_memmap(file, mode="c")
    except (OSError, ValueError, EOFError):
        return None
    return found if found.shape == shape and found.dtype == np.uint8 else None


def start(out: IO[bytes], shape: tuple[int, ...]) -> None:
    """Open a file that is to hold bytes of this shape. They are written, not mapped: writing to a
    mapping kills the process when the disk is full."""
    header: dict[str, Any] = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(out, header)


def touch(file: Path) -> None:
    """Note that a cache was used now."""
    with contextlib.suppress(OSError):  # a folder that is for reading only
        os.utime(file)


def check_room(folder: Path, needed: int) -> None:
    """Raise ProblemError when so many bytes do not fit."""
    room = free(folder)
    if needed > room:
        raise ProblemError(problems.no_room(needed, int(room), folder))


def free(folder: Path) -> float:
    """The bytes that can be written into a folder, or where it will be; unlimited if unknown."""
    there = folder
    while not there.is_dir() and there != there.parent:
        there = there.parent
    try:
        return shutil.disk_usage(there).free
    except OSError:
        return math.inf


def write(out: IO[bytes], content: memoryview | bytes, file: Path) -> None:
    """Write into a file of a cache. Raises ProblemError when the disk is full."""
    try:
        out.write(content)
    except OSError as error:
        raise ProblemError(problems.not_written(file.parent, error)) from None


def tidy(caches: Path, own: Path) -> None:
    """Delete what is old: in `own` all but the caches used last, elsewhere what was not used for a
    month, and everywhere what was never finished."""
    for folder in _folders(caches):
        used = sorted(((_age(file), file) for file in folder.glob("*.npy")), key=lambda p: p[0])
        spare = used[KEPT:] if folder == own else []
        for _, file in [*spare, *((age, f) for age, f in used if age > UNUSED_DAYS)]:
            _remove(file.with_suffix(".json"))
            _remove(file)
        for file in folder.glob("*.checked.json"):
            if _age(file) > UNUSED_DAYS:
                _remove(file)
        for file in folder.glob(".*.part"):
            if _age(file) > _UNFINISHED_DAYS:
                _remove(file)
        with contextlib.suppress(OSError):  # it is not empty
            folder.rmdir()


def _folders(caches: Path) -> list[Path]:
    try:
        return [folder for folder in caches.iterdir() if folder.is_dir()]
    except OSError:
        return []


def _age(file: Path) -> float:
    """Days since it was used last."""
    try:
        return (time.time() - file.stat().st_mtime) / _DAY
    except OSError:
        return 0.0


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):  # in use on Windows, or another process was faster
        file.unlink()
