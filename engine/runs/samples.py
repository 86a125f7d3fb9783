"""What a language model wrote after each validation, in `samples.jsonl`: one line each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

MOST = 2_000
"""Samples of a run that are read, the newest."""
MOST_BYTES = 64_000_000
"""Of the file that they are looked for in, from its end."""
_LONGEST = 8_000_000


@dataclass(frozen=True)
class WrittenSample:
    """The text that was written after training batch `batch` (counted over the whole run).

    Its first `prompt` characters were given; 0 where that is not known.
    """

    step: int
    batch: int
    epoch: float
    text: str
    prompt: int = 0


def read_samples(path: Path) -> list[WrittenSample]:
    """The newest samples of a run in order; a line cut off by a crash is left out."""
    try:
        with open(path, "rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - MOST_BYTES)
            file.seek(start)
            lines = file.read(MOST_BYTES).split(b"\n")[:-1]
    except OSError:
        return []
    whole = lines[1:] if start else lines  # the first may have begun before
    return [sample for sample in map(_parse, whole[-MOST:]) if sample is not None]


def append_samples(path: Path, samples: Sequence[WrittenSample]) -> None:
    """Add lines. Raises OSError, and then leaves the file with whole lines only, if it can."""
    with open(path, "ab+", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        try:
            written = b"".join(map(_line, samples))
            if file.write(written) != len(written):
                raise OSError("the disk is full")
        except OSError:
            file.truncate(end)
            raise


def cut_back(path: Path, keep: Callable[[WrittenSample], bool]) -> None:
    """Leave only the samples before the first that is not to be kept. Raises OSError."""
    if not path.is_file():
        return
    with open(path, "rb+", buffering=1 << 20) as file:
        end = 0
        while line := file.readline(_LONGEST):  # what is longer is no sample, and stays
            sample = _parse(line) if line.endswith(b"\n") else None
            if sample is not None and not keep(sample):
                break
            end = file.tell() if line.endswith(b"\n") else end
        if end < file.seek(0, os.SEEK_END):
            file.truncate(end)


def _line(sample: WrittenSample) -> bytes:
    return f"{json.dumps(asdict(sample))}\n".encode()


def _parse(line: bytes) -> WrittenSample | None:
    try:
        data = json.loads(line)
        prompt = int(data.get("prompt", 0))
        return WrittenSample(
            int(data["step"]), int(data["batch"]), float(data["epoch"]), str(data["text"]), prompt
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
