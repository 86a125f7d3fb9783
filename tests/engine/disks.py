"""Disks that are full and folders that are closed, made by the system and not acted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(mount: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own; the test skips where none can be mounted."""
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(mount)]
    _do_or_skip(command, "a file system cannot be mounted here")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "--lazy", str(mount)], check=True)


def make_read_only(mount: Path) -> None:
    """Nothing on that file system can be written any more."""
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)


class Filler:
    """A file that takes all the room that a disk has left."""

    def __init__(self, disk: Path) -> None:
        self._path = disk / "filler"

    def fill(self) -> None:
        """Leave not a single byte."""
        with open(self._path, "wb", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Give the room back."""
        self._path.unlink()


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Nothing can be made or deleted in a folder, by root neither; skips where that is not so."""
    if os.name == "nt":
        pytest.skip("folders are closed otherwise here")
    if os.getuid() != 0:
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
        return
    _do_or_skip(["chattr", "+i", str(folder)], "root may write everywhere on this file system")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(folder)], check=True)


def _do_or_skip(command: list[str], reason: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(reason)
