"""Unpacking a stranger's archive: only what is wanted, below one folder, never without end."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from engine.datasets.base import Progress
from engine.datasets.download import CHUNK, Readable, damaged, write_all
from engine.problems import ProblemError

MOST_FILES = 300_000
MOST_BYTES = 1 << 30
"""Bytes that any archive may become; one of pictures may become `MOST_TIMES` its own size."""
MOST_TIMES = 10
_BROKEN = (OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error,
           tarfile.TarError, zipfile.BadZipFile)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What of an archive becomes what: the folder or file `inside` becomes `to`.

    `within` is the name of an archive in the archive, in which it is; "" for none.
    """

    inside: str
    to: Path
    within: str = ""


class _RefusedError(Exception):
    """An archive that asks for what is not done, in a sentence."""


Member = tuple[str, Callable[[], IO[bytes] | None]]
"""The name of a plain file, and what opens it."""


def unpack(title: str, archive: Path, wanted: Wanted, progress: Progress) -> None:
    """Put the wanted part of an archive in its place, which appears only when it is whole.

    Links, devices and what is elsewhere in the archive are left out. Raises ProblemError: a
    damaged archive, a name that leads elsewhere, too much in it, no room. What `progress` raises
    ends it and leaves nothing behind.
    """
    token = secrets.token_hex(4)
    unfinished = wanted.to.with_name(f".{wanted.to.name}.{token}.part")
    size = archive.stat().st_size
    limits = _Limits(max(MOST_BYTES, MOST_TIMES * size))
    try:
        with archive.open("rb") as file:
            for name, opened in _members(file, wanted.within):
                progress(f"Unpacking {title}", min(1.0, file.tell() / max(1, size)))
                place = _place(name, wanted.inside)
                if place is not None and (stream := opened()) is not None:
                    limits.one_more()
                    write_all(_Counted(stream, limits), unfinished.joinpath(*place))
        if not unfinished.exists():
            raise _RefusedError(f"{wanted.inside} is not in it")
        wanted.to.parent.mkdir(parents=True, exist_ok=True)
        os.replace(unfinished, wanted.to)
    except _RefusedError as error:
        raise ProblemError(damaged(title, archive, str(error))) from None
    except _BROKEN as error:
        raise ProblemError(damaged(title, archive, str(error))) from None
    finally:
        _remove(unfinished)


def _remove(unfinished: Path) -> None:
    with contextlib.suppress(OSError):
        if unfinished.is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)
        else:
            unfinished.unlink(missing_ok=True)


class _Limits:
    """Counts what was unpacked: what an archive says of itself may be wrong."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._files = 0

    def one_more(self) -> None:
        self._files += 1
        if self._files > MOST_FILES:
            raise _RefusedError(f"it holds more than {MOST_FILES:,} files")

    def count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _RefusedError("it unpacks to far more than it should")


class _Counted:
    """A stream whose bytes are counted."""

    def __init__(self, stream: Readable, limits: _Limits) -> None:
        self._stream = stream
        self._limits = limits

    def read(self, size: int = CHUNK, /) -> bytes:
        """The next bytes. Raises _RefusedError when there are too many."""
        chunk = self._stream.read(size)
        self._limits.count(len(chunk))
        return chunk


def _place(name: str, inside: str) -> tuple[str, ...] | None:
    """Where a member goes below the target; None when it is not in the wanted part."""
    path = PurePosixPath(name)
    parts = tuple(part for part in path.parts if part != ".")
    wanted = PurePosixPath(inside).parts
    if parts[: len(wanted)] != wanted:
        return None
    rest = parts[len(wanted) :]
    if any(part == ".." or "\\" in part or ":" in part or "\0" in part for part in rest):
        raise _RefusedError(f"a file in it would be written elsewhere: {name!r}")
    return rest


# --- Reading -------------------------------------------------------------------------------------


def _members(file: IO[bytes], within: str) -> Iterator[Member]:
    """The plain files of a zip or tar archive, one after the other."""
    if not zipfile.is_zipfile(file):
        file.seek(0)
        yield from _of_tar(file)
        return
    with zipfile.ZipFile(file) as archive:
        if within:
            with archive.open(within) as inner:
                yield from _of_tar(inner)
            return
        for info in archive.infolist():
            if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
                yield info.filename, lambda info=info: archive.open(info)  # type: ignore[misc]


def _of_tar(file: IO[bytes]) -> Iterator[Member]:
    # As a stream, never sought in: each member is read when it comes, and not remembered.
    with tarfile.open(fileobj=file, mode="r|*") as archive:
        for member in archive:
            archive.members = []  # type: ignore[attr-defined]  # else all are remembered
            if member.isreg():
                yield member.name, lambda member=member: archive.extractfile(member)  # type: ignore[misc]
