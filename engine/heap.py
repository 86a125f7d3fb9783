"""Memory that is freed and wanted again a moment later, as by every step of a training.

GNU's allocator gives large pieces back to the system as soon as they are free, and gets them anew,
page by page and filled with zeros: for a convolutional network up to a quarter of a step's time.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""The parameters' numbers in malloc.h."""

KEPT = 1 << 30
"""Bytes at the end of the heap that may stay free, and the largest piece that is taken from it."""


def keep() -> None:
    """Keep what is freed, as long as a training may want it. To be called before other threads
    begin: each would have a heap of its own, in parts of 64 MB. Does nothing where another
    allocator is used, or where somebody has chosen the parameters."""
    library = _glibc()
    if library is None or any(name.startswith("MALLOC_") for name in os.environ):
        return
    library.mallopt(_ARENA_MAX, 1)
    library.mallopt(_TRIM_THRESHOLD, KEPT)
    if not library.mallopt(_MMAP_THRESHOLD, KEPT):
        library.mallopt(_MMAP_THRESHOLD, 32 << 20)  # the most that older ones accept


def give_back() -> None:
    """Give what is free to the system: a training is over."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _glibc() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None
