"""Many pictures decoded by threads, handed out in order. Pillow decodes without holding Python."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.datasets.image_folder.decoding import NotReadError, Spec, decode

CHUNK = 32
"""Pictures that a thread takes at once."""
MOST_THREADS = 16


@dataclass(frozen=True)
class Failure:
    """Why a picture could not be read. `passing`: the system did not let us, which may change
    without the file."""

    sentence: str
    passing: bool


@dataclass(frozen=True)
class Chunk:
    """Pictures in a row (n, C, size, size), black where one failed."""

    pixels: npt.NDArray[np.uint8]
    failures: dict[int, Failure] = field(default_factory=dict)


def decoded_in_order(root: Path, files: Sequence[str], spec: Spec) -> Generator[Chunk, None, None]:
    """Every picture, a chunk at a time, in the order of the files. Few are decoded ahead, so that
    memory does not grow; closing the generator ends the threads within a picture."""
    threads = min(MOST_THREADS, max(2, os.cpu_count() or 1) + 2)
    ended = threading.Event()
    waiting: deque[Future[Chunk]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="pictures")
    try:
        for start in range(0, len(files), CHUNK):
            part = files[start : start + CHUNK]
            waiting.append(pool.submit(_decode_chunk, root, start, part, spec, ended))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        ended.set()
        pool.shutdown(cancel_futures=True)


def _decode_chunk(
    root: Path, start: int, files: Sequence[str], spec: Spec, ended: threading.Event
) -> Chunk:
    pixels = np.zeros((len(files), spec.channels, spec.size, spec.size), np.uint8)
    failures: dict[int, Failure] = {}
    for index, name in enumerate(files):
        if ended.is_set():
            break
        try:
            pixels[index] = decode(root / name, spec)
        except NotReadError as error:
            failures[start + index] = Failure(str(error), error.passing)
    return Chunk(pixels, failures)
