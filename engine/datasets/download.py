"""Fetching a dataset's archives: with progress, resumed, checked, and never half there."""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from engine.datasets import partial
from engine.datasets.base import Progress
from engine.datasets.reasons import reason_of
from engine.facts import Facts
from engine.problems import Problem, ProblemError

CHUNK = 1 << 17
TIMEOUT = 30.0
"""Seconds without an answer after which a server is given up."""
TRIES = 5
"""How often a connection that broke off on the way is made anew."""
PARTIAL, BEYOND = 206, 416
"""HTTP's words for "from there on" and "there is nothing there"."""


@dataclass(frozen=True)
class Archive:
    """A file of a dataset: where it belongs, where it is to be had, and its MD5 checksum, or the
    beginning of its SHA-256."""

    path: Path
    urls: tuple[str, ...]
    md5: str = ""
    sha256: str = ""

    def is_right(self, path: Path, md5: str | None = None) -> bool:
        """Whether a file is the one that is meant; its MD5 checksum may be known already."""
        if self.sha256:
            return _digest(path, "sha256").startswith(self.sha256)
        return (md5 or _digest(path, "md5")) == self.md5


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; none at the end."""


class _NotFetchedError(Exception):
    """One address did not give the file; the next may."""


class _BrokenOffError(Exception):
    """An address stopped in the middle; it may go on from there."""


def fetch(title: str, archives: Sequence[Archive], size: int, progress: Progress) -> None:
    """Bring the archives that are not there and check the ones that are.

    `size` is what all of them weigh, in bytes. What `progress` raises ends the download; what
    arrived is gone on with the next time. Raises ProblemError: no connection, no room, or a
    damaged archive.
    """
    arrived = 0
    for archive in archives:
        if archive.path.is_file():
            if not archive.is_right(archive.path):
                raise ProblemError(damaged(title, archive.path, "its checksum is wrong"))
        else:
            received = _reporter(title, arrived, size, progress)
            received(0)  # the size is shown before anything is asked of the network
            if reason := _bring(archive, received):
                raise ProblemError(_not_to_be_had(title, archives, reason))
        arrived += archive.path.stat().st_size


def _reporter(title: str, before: int, size: int, progress: Progress) -> Callable[[int], None]:
    """Called with the bytes of one archive so far, `before` of the others having arrived."""
    message = f"Downloading {title} ({megabytes(size)})"
    return lambda count: progress(message, min(1.0, (before + count) / size))


def megabytes(size: int) -> str:
    """A number of bytes as people say it: 12 MB, 5.0 GB."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def announced(title: str, facts: Facts) -> str:
    """What is about to be downloaded, in one sentence: `MNIST: 12 MB, licence: MIT`."""
    return f"{title}: a download of {megabytes(facts.download)}, licence: {facts.licence}"


def damaged(title: str, path: Path, reason: str) -> Problem:
    """The problem of a file that is there but is not what it should be."""
    hint = "delete it: it is then fetched or unpacked again"
    return Problem("dataset", f"The {title} file {path} is damaged: {reason}", hint)


def unreadable(path: Path, error: OSError) -> Problem:
    """The problem of a file that the system will not let us read."""
    sentence = f"{error.filename or path} cannot be read: {error.strerror or error}"
    return Problem("dataset", sentence, "check the file and its permissions")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` when all went well, and else vanishes.

    Raises ProblemError when the folder cannot be written or is full.
    """
    # Not `tempfile`: its files are for their owner alone, and a data folder may be shared.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = unfinished.open("xb")
    try:
        with file:
            yield file
            with _writing(path):
                file.flush()
        with _writing(path):
            os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_all(source: Readable, path: Path) -> None:
    """Write a stream to `path`, which appears only when it is whole; errors as in `replacing`."""
    with replacing(path) as file:
        while chunk := source.read(CHUNK):
            with _writing(path):
                file.write(chunk)


def _bring(archive: Archive, received: Callable[[int], None]) -> str:
    """Try one address after the other. The last reason why not, or nothing when it is there."""
    reason = "no address is known"
    for url in archive.urls:
        try:
            _from_url(url, archive, received)
        except _NotFetchedError as error:
            reason = str(error)
        else:
            return ""
    return reason


def _not_to_be_had(title: str, archives: Sequence[Archive], reason: str) -> Problem:
    absent = [archive for archive in archives if not archive.path.is_file()]
    names = ", ".join(archive.path.name for archive in absent)
    hint = f"connect to the internet, or put {names} into {absent[0].path.parent}"
    if urls := [archive.urls[0] for archive in absent if archive.urls]:
        hint += f" by hand, from {', '.join(urls)}"
    return Problem("dataset", f"{title} could not be downloaded: {reason}", hint)


def _from_url(url: str, archive: Archive, received: Callable[[int], None]) -> None:
    """Write one address's answer to the archive's path, if its checksum is right.

    What arrived until the connection broke, or somebody cancelled, is gone on with next time; a
    connection that breaks on the way is made anew at once.
    """
    with _writing(archive.path):
        archive.path.parent.mkdir(parents=True, exist_ok=True)
    with partial.claimed(archive.path, _writing) as part:
        resumed, tries = part.size > 0, 0
        while True:
            before = part.size
            try:
                _append(url, part, archive.path, received)
                break
            except _BrokenOffError as error:
                tries += 1
                if part.size <= before or tries >= TRIES:
                    raise _NotFetchedError(str(error)) from None
        with _writing(archive.path):
            part.flush()
        if not archive.is_right(part.path, part.md5()):
            part.discard()
            again = "; try again" if resumed else ""
            raise _NotFetchedError(f"what {url} sent is damaged or not the file{again}")
        with _writing(archive.path):
            part.become(archive.path)


def _append(url: str, part: partial.Part, path: Path, received: Callable[[int], None]) -> None:
    """Add to the part what an address sends from there on, or all of it from the beginning."""
    with _answer(url, part.size) as answer:
        if getattr(answer, "status", None) != PARTIAL:
            part.empty()
        expected = _expected(answer, part.size)
        received(part.size)
        while chunk := _chunk(answer, url):
            with _writing(path):
                part.write(chunk)
            received(part.size)
    if expected is not None and part.size < expected:
        raise _BrokenOffError(reason_of(ConnectionResetError(), url))


def _answer(url: str, start: int) -> Any:
    """The opened address. Whatever the network does wrong is a `_NotFetchedError`."""
    headers = {"User-Agent": "trainboard"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == BEYOND and start:  # the part is longer than the file: not of this file
            return _answer(url, 0)
        raise _NotFetchedError(reason_of(error, url)) from None
    except (OSError, http.client.HTTPException) as error:
        raise _NotFetchedError(reason_of(error, url)) from None


def _expected(answer: Any, start: int) -> int | None:
    """How many bytes there are in all, if the server says so."""
    headers = getattr(answer, "headers", None)
    length = headers.get("Content-Length") if headers is not None else None
    return start + int(length) if length is not None and length.isdigit() else None


def _chunk(answer: Readable, url: str) -> bytes:
    try:
        return answer.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenOffError(reason_of(error, url)) from None


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        sentence = f"{path.parent} cannot be written: {error.strerror or error}"
        hint = "make room there, or choose another folder for data"
        raise ProblemError(Problem("dataset", sentence, hint)) from None


def _digest(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.new(name, usedforsecurity=False))
    except OSError as error:
        raise ProblemError(unreadable(path, error)) from None
    return digest.hexdigest()
