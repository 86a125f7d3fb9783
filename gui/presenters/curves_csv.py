"""All curves of a training as one CSV file, raw and complete: metric, step, epoch, time, value."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from engine.runs.metricexport import csv_pieces
from engine.runs.metriclog import MetricSource


def write_csv(source: MetricSource, path: Path) -> Iterator[float]:
    """Write piece by piece; yields the part done, 1.0 at the end, when the file is in place.

    What is recorded when it begins is what is written. Raises OSError. Closing the iterator
    early leaves neither the file nor a half one.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            for text, done in csv_pieces(source):
                file.write(text)
                yield 0.99 * done
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    yield 1.0
