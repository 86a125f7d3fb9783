"""Metrics on disk: `metrics.bin`, append-only fixed-width records, and their names beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.problems import Problem, ProblemError
from engine.runs.atomic import write_atomically
from engine.runs.metriclog import POINT, MetricLog

RECORD = np.dtype([("metric", "<u4"), *[(name, POINT[name]) for name in POINT.names or ()]])
"""One point as stored: the metric's place in `metrics.json`, then the fields of `POINT`."""

INTERVAL = 0.25
"""Seconds between two writes: what a power cut can cost, with room below half a second."""


class MetricWriter(threading.Thread):
    """Appends what is new in a MetricLog to the run folder, on a thread of its own.

    A write that fails (disk full) is told once to `on_error` and tried again until it succeeds.
    """

    def __init__(self, log: MetricLog, folder: Path, on_error: Callable[[OSError], None]) -> None:
        super().__init__(name="metric-writer", daemon=True)
        self._log = log
        self._path = folder / "metrics.bin"
        self._names_path = folder / "metrics.json"
        self._on_error = on_error
        self._names: list[str] = []
        self._written: dict[str, int] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._failing = False

    def run(self) -> None:
        """Write until ended (thread's main loop)."""
        while not self._ended.wait(INTERVAL):
            self.flush()

    def end(self) -> None:
        """Write the rest and end the thread."""
        self._ended.set()
        if self.is_alive():
            self.join()
        self.flush()

    def flush(self) -> int:
        """Write everything there is now; the length of the file in bytes. Any thread."""
        with self._lock:
            try:
                self._write_new()
                self._failing = False
            except OSError as error:
                if not self._failing:
                    self._failing = True
                    self._on_error(error)
            return self._path.stat().st_size if self._path.exists() else 0

    def take_over(self) -> None:
        """Count what the log holds already as written (a run that goes on)."""
        with self._lock:
            self._names = list(self._log.names())
            self._written = {name: len(self._log.series(name)) for name in self._names}

    def _write_new(self) -> None:
        names = list(self._log.names())
        if names != self._names:
            write_atomically(self._names_path, json.dumps({"metrics": names}).encode())
            self._names = names
        blocks, counts = [], {}
        for index, name in enumerate(names):
            points = self._log.series(name).since(self._written.get(name, 0))
            if len(points):
                block = np.empty(len(points), RECORD)
                block["metric"] = index
                for field in POINT.names or ():
                    block[field] = points[field]
                blocks.append(block)
                counts[name] = len(points)
        if blocks:
            self._append(np.concatenate(blocks).tobytes())
            for name, count in counts.items():
                self._written[name] = self._written.get(name, 0) + count

    def _append(self, data: bytes) -> None:
        with open(self._path, "ab") as file:
            start = file.tell()
            if start % RECORD.itemsize:  # a record was cut off by a crash
                file.truncate(start - start % RECORD.itemsize)
            try:
                file.write(data)
                file.flush()
            except OSError:
                file.truncate(start - start % RECORD.itemsize)  # never half a record
                raise


def read_metrics(folder: Path, length: int | None = None) -> MetricLog:
    """The metrics of a run folder; only the first `length` bytes if given.

    A record cut off by a crash is left out. An absent file is an empty log. Raises ProblemError
    when the names are damaged.
    """
    log = MetricLog()
    names_path, path = folder / "metrics.json", folder / "metrics.bin"
    if not names_path.is_file() or not path.is_file():
        return log
    names = _names(names_path)
    size = path.stat().st_size if length is None else min(length, path.stat().st_size)
    records = np.fromfile(path, RECORD, count=size // RECORD.itemsize)
    for index, name in enumerate(names):
        mine = records[records["metric"] == index]
        points = np.empty(len(mine), POINT)
        for field in POINT.names or ():
            points[field] = mine[field]
        log.open(name).extend(points)
    return log


def _names(path: Path) -> list[str]:
    try:
        return [str(name) for name in json.loads(path.read_text(encoding="utf-8"))["metrics"]]
    except (ValueError, KeyError, TypeError):
        sentence, hint = "The names of the metrics cannot be read", "restore the file from a copy"
        raise ProblemError(Problem(str(path), sentence, hint)) from None


def cut_back(folder: Path, length: int) -> MetricLog:
    """Go back to the moment when the file had `length` bytes; the metrics up to there."""
    path = folder / "metrics.bin"
    if path.is_file():
        size = min(length, path.stat().st_size)
        with open(path, "r+b") as file:
            file.truncate(size - size % RECORD.itemsize)
    return read_metrics(folder)
