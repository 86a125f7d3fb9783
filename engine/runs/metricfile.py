"""Metrics on disk: `metrics.bin`, append-only fixed-width records, and their names beside it."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.runs.atomic import write_atomically, write_whole
from engine.runs.metriclog import POINT, MetricLog

RECORD = np.dtype([("metric", "<u4"), *[(name, POINT[name]) for name in POINT.names or ()]])
"""One point as stored: the metric's place in `metrics.json`, then the fields of `POINT`."""

INTERVAL = 0.25
"""Seconds between two writes: what a power cut can cost, with room below half a second."""


class Keeper(Protocol):
    """Whoever looks after the run folder."""

    def failed(self, what: str, error: OSError) -> object:
        """Something cannot be written."""

    def worked(self, what: str) -> None:
        """It was written."""

    def restore_if_gone(self) -> object:
        """Make the folder anew if it was deleted. May raise OSError."""

    def beat(self) -> None:
        """Show that the training lives."""


class MetricWriter(threading.Thread):
    """Appends what is new in a MetricLog to the run folder, on a thread of its own.

    A write that fails (disk full) is told to the keeper and tried again until it succeeds.
    """

    def __init__(self, log: MetricLog, folder: Path, keeper: Keeper) -> None:
        super().__init__(name="metric-writer", daemon=True)
        self._log = log
        self._path = folder / "metrics.bin"
        self._names_path = folder / "metrics.json"
        self._keeper = keeper
        self._names: list[str] = []
        self._written: dict[str, int] = {}
        self._backlog = b""
        self._begun = False
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def run(self) -> None:
        """Write until ended (thread's main loop)."""
        while not self._ended.wait(INTERVAL):
            self.flush()
            self._keeper.beat()

    def end(self) -> None:
        """Write the rest and end the thread."""
        self._ended.set()
        if self.is_alive():
            self.join()
        self.flush()

    def flush(self) -> bool:
        """Write everything there is now; whether that succeeded. Any thread."""
        with self._lock:
            try:
                self._write_through()
            except OSError as error:
                self._keeper.failed("Metrics", error)
                return False
        self._keeper.worked("Metrics")
        return True

    def _write_through(self) -> None:
        """Write what is new, into a folder made anew if need be: it may be deleted at any moment
        of this."""
        for attempt in (1, 2):
            self._collect()
            try:
                self._keeper.restore_if_gone()
                self._write_new()
                return
            except FileNotFoundError:
                if attempt == 2:
                    raise

    def mark(self) -> int:
        """The length in bytes that the file has once everything up to this moment is in it."""
        self.flush()
        with self._lock:
            size = self._path.stat().st_size if self._path.exists() else 0
            return size - size % RECORD.itemsize + len(self._backlog)

    def sync(self) -> None:
        """Everything up to this moment survives a power cut from now on. Raises OSError."""
        with self._lock:
            self._collect()
            self._write_new()
            if self._path.exists():
                with open(self._path, "rb+") as file:
                    os.fsync(file.fileno())

    def take_over(self) -> None:
        """Count what the log holds already as written (a run that goes on)."""
        with self._lock:
            self._names = list(self._log.names())
            self._written = {name: len(self._log.series(name)) for name in self._names}
            self._begun = self._path.exists()

    def _collect(self) -> None:
        """Make bytes of what is new: their order is settled here, whenever they can be written."""
        if self._begun and not self._path.exists():  # deleted: everything is written again
            self._names, self._written, self._backlog, self._begun = [], {}, b"", False
        blocks = []
        for index, name in enumerate(self._log.names()):
            written = self._written.get(name, 0)
            points = self._log.series(name).since(written)
            if len(points):
                block = np.empty(len(points), RECORD)
                block["metric"] = index
                for field in POINT.names or ():
                    block[field] = points[field]
                blocks.append(block)
                self._written[name] = written + len(points)
        if blocks:
            self._backlog += np.concatenate(blocks).tobytes()

    def _write_new(self) -> None:
        names = list(self._log.names())
        if names != self._names:
            write_atomically(self._names_path, json.dumps({"metrics": names}).encode())
            self._names = names
        if self._backlog:
            self._append(self._backlog)
            self._backlog, self._begun = b"", True

    def _append(self, data: bytes) -> None:
        """All of it or nothing: what could be written of a block on a disk that was full is taken
        away again, since the whole block comes a second time. Raises FileNotFoundError when the
        file that it belongs to has been deleted."""
        if not self._begun:
            self._path.touch()
        with open(self._path, "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            start = size - size % RECORD.itemsize
            if size != start:  # a record was cut off by a crash
                file.truncate(start)
            try:
                write_whole(file, data)
            except OSError:
                file.truncate(start)
                raise
