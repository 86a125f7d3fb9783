"""All curves of a training as one CSV file, raw and complete: metric, step, epoch, time, value."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from engine.runs.metriclog import MetricSource, Points

COLUMNS = ("metric", "step", "epoch", "time", "value")
ROWS = 20_000
"""Rows of one go: some 20 ms, so that the window stays live between them."""


def write_csv(source: MetricSource, path: Path) -> Iterator[float]:
    """Write piece by piece; yields the part done, 1.0 at the end, when the file is in place.

    What is recorded when it begins is what is written. Raises OSError. Closing the iterator
    early leaves neither the file nor a half one.
    """
    held = {name: source.series(name).since(0) for name in source.names()}
    total = sum(len(points) for points in held.values())
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            done = 0
            for name, points in held.items():
                for start in range(0, len(points), ROWS):
                    chunk = points[start : start + ROWS]
                    writer.writerows(_rows(name, chunk))
                    done += len(chunk)
                    yield 0.99 * done / total
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    yield 1.0


def _rows(name: str, points: Points) -> Iterator[tuple[str, int, float, float, float]]:
    columns = (points[field].tolist() for field in COLUMNS[1:])
    return ((name, *row) for row in zip(*columns, strict=True))
