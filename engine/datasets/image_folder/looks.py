"""What the pictures are like, from the heads of a few of them: nothing is decoded here."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOOKED_AT = 64
LARGEST_GUESS = 64
"""Pixels of a side unless asked for: what a laptop without a GPU can learn from."""
FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "PPM")
"""The only readers of Pillow that a file of a stranger is given to."""
_GREY = frozenset({"1", "L", "LA", "La", "I", "F"})


@dataclass(frozen=True)
class Look:
    """One picture's head: width and height in pixels, and Pillow's name of its pixels."""

    width: int
    height: int
    mode: str

    @property
    def grey(self) -> bool:
        """Whether it has no colours."""
        return self.mode in _GREY or self.deep

    @property
    def deep(self) -> bool:
        """Whether a pixel has more than 8 bits, whose full scale is to be found out."""
        return self.mode in ("I", "F") or self.mode.startswith("I;16")


@dataclass(frozen=True)
class Looks:
    """The heads of pictures spread evenly over a folder, and when and how large they were."""

    found: tuple[Look, ...]
    stamps: tuple[tuple[int, int], ...]

    @property
    def channels(self) -> int:
        """1 when all of them are grey, else 3."""
        return 1 if self.found and all(look.grey for look in self.found) else 3

    @property
    def size(self) -> int:
        """The longest side of any, up to a limit."""
        longest = max((max(look.width, look.height) for look in self.found), default=LARGEST_GUESS)
        return min(longest, LARGEST_GUESS)


def spread(files: Sequence[str], count: int = LOOKED_AT) -> list[str]:
    """Up to `count` of the files, evenly spread, so that every class has its share."""
    step = max(1.0, len(files) / count)
    return [files[int(index * step)] for index in range(min(count, len(files)))]


def stamps_of(root: Path, files: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Size and time of each file, -1 for one that is not there."""
    found, inside = [], os.path.join(root, "")  # joining paths one by one costs more than all else
    for name in files:
        try:
            status = os.stat(inside + name)
            found.append((status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((-1, -1))
    return tuple(found)


def look_at(root: Path, files: Sequence[str]) -> Looks:
    """Read the heads of some files. Those that cannot be read are left out."""
    quieten_pillow()
    stamps = stamps_of(root, files)
    heads = (_head(root / name) for name in files)
    return Looks(tuple(head for head in heads if head is not None), stamps)


def quieten_pillow() -> None:
    """Keep its warnings of damaged and of very large pictures off the terminal: the first are
    named, the second refused. Not in the threads that decode, which share the filters."""
    warnings.filterwarnings("ignore", module=r"PIL\..*")


def _head(path: Path) -> Look | None:
    from PIL import Image

    try:
        with Image.open(path, formats=FORMATS) as image:
            return Look(*image.size, image.mode)
    except Exception:  # Pillow's readers fail in many ways; decoding says which file and why
        return None
