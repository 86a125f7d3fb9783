"""Reading `metrics.bin`: all of it at once, or up to a length; and going back to a length."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.problems import Problem, ProblemError
from engine.runs.metricfile import RECORD
from engine.runs.metriclog import POINT, MetricLog, Points

Records = npt.NDArray[np.void]
"""A structured array of `RECORD`."""


def read_metrics(folder: Path, length: int | None = None) -> MetricLog:
    """The metrics of a run folder; only the first `length` bytes if given.

    A record cut off by a crash is left out. An absent file is an empty log. Raises ProblemError
    when the names are damaged or a file cannot be read.
    """
    log = MetricLog()
    names_path, path = folder / "metrics.json", folder / "metrics.bin"
    if not names_path.is_file() or not path.is_file():
        return log
    names = read_names(names_path)
    try:
        size = path.stat().st_size if length is None else min(length, path.stat().st_size)
        records = np.fromfile(path, RECORD, count=size // RECORD.itemsize)
    except OSError as error:
        sentence = f"The metrics cannot be read: {error.strerror or error}"
        raise ProblemError(Problem(str(path), sentence, "look at its permissions")) from None
    hand_out(records, names, log)
    return log


def read_names(path: Path) -> list[str]:
    """The names in `metrics.json`, by their place. Raises ProblemError when they are damaged."""
    try:
        return [str(name) for name in json.loads(path.read_text(encoding="utf-8"))["metrics"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        sentence, hint = "The names of the metrics cannot be read", "restore the file from a copy"
        raise ProblemError(Problem(str(path), sentence, hint)) from None


def hand_out(records: Records, names: Sequence[str], log: MetricLog) -> None:
    """Append records to the series they belong to, in the order in which they stand; every name
    is announced. A record of a metric without a name is left out."""
    for name in names:
        log.open(name)
    if not len(records):
        return
    place = records["metric"]
    if int(place.max()) < 2**16:
        place = place.astype(np.uint16)  # numpy sorts these in linear time
    order = np.argsort(place, kind="stable")
    points = _points(records, order)
    borders = np.searchsorted(place[order], np.arange(len(names) + 1))
    for name, start, end in zip(names, borders[:-1], borders[1:], strict=True):
        log.open(name).extend(points[start:end])


def _points(records: Records, order: npt.NDArray[np.intp]) -> Points:
    """The records in another order and without their first field. They are moved as plain bytes:
    field by field takes numpy five times as long."""
    size, head = RECORD.itemsize, RECORD.itemsize - POINT.itemsize
    moved = records.view(f"V{size}").take(order).view(np.uint8).reshape(-1, size)
    points: Points = np.ascontiguousarray(moved[:, head:]).view(POINT)[:, 0]
    return points


def cut_back(folder: Path, length: int) -> MetricLog:
    """Go back to the moment when the file had `length` bytes; the metrics up to there."""
    path = folder / "metrics.bin"
    if path.is_file():
        size = min(length, path.stat().st_size)
        with open(path, "r+b") as file:
            file.truncate(size - size % RECORD.itemsize)
    return read_metrics(folder)
