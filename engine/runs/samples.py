"""What a language model wrote after each validation, in `samples.jsonl`: one line each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.runs.atomic import write_atomically


@dataclass(frozen=True)
class WrittenSample:
    """The text that was written after training batch `batch` (counted over the whole run)."""

    step: int
    batch: int
    epoch: float
    text: str


def read_samples(path: Path) -> list[WrittenSample]:
    """The samples of a run in order; a line cut off by a crash is left out."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    return [sample for sample in map(_parse, lines) if sample is not None]


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
    """Leave only those samples in the file. Raises OSError."""
    if not path.is_file():
        return
    found = read_samples(path)
    kept = [sample for sample in found if keep(sample)]
    content = b"".join(map(_line, kept))
    if path.stat().st_size != len(content):
        write_atomically(path, content)


def _line(sample: WrittenSample) -> bytes:
    return f"{json.dumps(asdict(sample))}\n".encode()


def _parse(line: bytes) -> WrittenSample | None:
    try:
        data = json.loads(line)
        return WrittenSample(
            int(data["step"]), int(data["batch"]), float(data["epoch"]), str(data["text"])
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
