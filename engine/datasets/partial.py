"""A download that is on its way: kept when it ends early, for whoever comes next to go on with."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

from engine.problems import ProblemError

ABANDONED = 120.0
"""Seconds without a byte after which a part belongs to nobody: its process was killed."""
Guard = Callable[[Path], AbstractContextManager[None]]
"""Turns an OSError into the problem of a folder that cannot be written."""


class Part:
    """The bytes of a file that have arrived, open for more."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path = path
        self._file = file
        self._gone = False
        self._digest = hashlib.md5(usedforsecurity=False)
        self.size = 0
        while block := file.read(1 << 20):
            self._digest.update(block)
            self.size += len(block)

    def write(self, chunk: bytes) -> None:
        """Add to the end. Raises OSError."""
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def empty(self) -> None:
        """Begin anew."""
        if self.size:
            self._file.seek(0)
            self._file.truncate()
            self._digest = hashlib.md5(usedforsecurity=False)
            self.size = 0

    def flush(self) -> None:
        """Let others see all that was written. Raises OSError."""
        self._file.flush()

    def md5(self) -> str:
        """The checksum of all that is there."""
        return self._digest.hexdigest()

    def become(self, path: Path) -> None:
        """Take the place of `path`, whole. Raises OSError."""
        self._file.flush()
        self._file.close()
        os.replace(self.path, path)
        self._gone = True

    def discard(self) -> None:
        """It is of no use."""
        self._file.close()
        with contextlib.suppress(OSError):
            self.path.unlink()
        self._gone = True

    def leave(self, place: Path) -> None:
        """Let others go on with it there, if it is worth it."""
        if self._gone:
            return
        if not self.size:
            self.discard()
            return
        with contextlib.suppress(OSError):
            self._file.close()
            os.replace(self.path, place)


@contextmanager
def claimed(path: Path, guard: Guard) -> Iterator[Part]:
    """The part of `path` that is there already, or an empty one, for this block alone.

    A part is claimed by renaming it, which only one of several processes can do. After the block
    it is left for the next one, unless the disk was the problem.
    """
    free = path.with_name(f".{path.name}.part")
    own = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with guard(path):
        found = _claim(free, own)
        file = own.open("r+b" if found else "x+b")
        part = Part(own, file)
    try:
        yield part
    except ProblemError:
        part.discard()
        raise
    finally:
        part.leave(free)
        file.close()


def _claim(free: Path, own: Path) -> bool:
    """Rename what was left, or what a process that was killed left, to one's own."""
    for candidate in (free, *sorted(_abandoned(free))):
        with contextlib.suppress(OSError):  # it is not there, or another process was faster
            os.replace(candidate, own)
            os.utime(own)
            return True
    return False


def _abandoned(free: Path) -> Iterator[Path]:
    stem = free.name.removesuffix(".part")
    for path in free.parent.iterdir():
        if path.name.startswith(f"{stem}.") and path.suffix == ".part" and path != free:
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > ABANDONED:
                    yield path
