"""Writing a file so that a crash at any moment leaves the old one or the new one, never half."""

from __future__ import annotations

import contextlib
import os
import tempfile
from io import RawIOBase
from pathlib import Path

TEMPORARY_PREFIX = ".writing-"


def _read_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_MODE = 0o666 & ~_read_umask()  # read once: reading means setting, for all threads


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: temporary file in the same folder, fsync, rename, fsync of it.

    Raises OSError and leaves the old file and no temporary one when that fails. The folder has to
    be there: one that was deleted must not come back by and by.
    """
    handle, name = tempfile.mkstemp(prefix=f"{TEMPORARY_PREFIX}{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _MODE)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    sync_folder(path.parent)


def write_whole(file: RawIOBase, data: bytes) -> None:
    """Write all of `data` to an unbuffered file: a single write may take only a part, and a buffer
    would try again what failed whenever the file is touched. Raises OSError, perhaps after a part.
    """
    rest = memoryview(data)
    while rest:
        written = file.write(rest)
        rest = rest[written:]


def sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open folders, and does without."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep_temporaries(folder: Path) -> None:
    """Remove what a process that was killed while writing left behind."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        with contextlib.suppress(OSError):
            path.unlink()
