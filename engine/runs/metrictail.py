"""The end of a growing `metrics.bin`: what another process has added since the last look."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from engine.problems import ProblemError
from engine.runs.metricfile import RECORD
from engine.runs.metriclog import MetricLog
from engine.runs.metricreader import Records, hand_out, read_names

COMPARED = 64
"""Records read last that are compared with the file at each look. One would show that the file was
cut back and grew on; several also mend what a network file system gave too early."""

PATIENCE = 20
"""Looks at a record of a metric without a name until it is left out: the name may be on its way."""


class Position(NamedTuple):
    """How far a run is: optimizer steps, epochs done, seconds trained."""

    step: int = 0
    epoch: float = 0.0
    seconds: float = 0.0


Signature = tuple[int, int, int]


def signature(path: Path) -> Signature | None:
    """Differs once a file was written or replaced; None while there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class MetricTail:
    """Reads what is new into `log`. When the past has changed, `log` is a new one and
    `generation` goes up. Never writes; what cannot be read now is tried again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "metrics.bin"
        self._names_path = folder / "metrics.json"
        self._names: list[str] = []
        self._names_signature: Signature | None = None
        self.log = MetricLog()
        self.generation = 0
        self.position = Position()
        self._begin_anew()

    def _begin_anew(self) -> None:
        log = MetricLog()
        for name in self.log.names():
            log.open(name)  # whoever has a curve of it on the screen still finds it
        self.log = log
        self.position = Position()
        self._read = 0
        self._last = np.empty(0, RECORD)
        self._waited = 0

    def poll(self) -> bool:
        """Look once; whether there was anything new."""
        generation, announced = self.generation, self.log.names()
        self._look_at_names()
        records = self._look_at_records()
        if records is None:
            self._restart()
            records = self._look_at_records()
        if records is not None and len(records):
            self._take(records)
        news = records is not None and len(records) > 0
        return news or self.generation != generation or self.log.names() != announced

    def _restart(self) -> None:
        self.generation += 1
        self._begin_anew()

    # --- Names ---------------------------------------------------------------------------------

    def _look_at_names(self) -> None:
        now = signature(self._names_path)
        if now is None or now == self._names_signature:
            return
        try:
            names = read_names(self._names_path)
        except ProblemError:
            return
        self._names_signature = now
        if names[: len(self._names)] != self._names:  # the run began anew
            self._restart()
        self._names = names
        hand_out(np.empty(0, RECORD), names, self.log)

    # --- Records -------------------------------------------------------------------------------

    def _look_at_records(self) -> Records | None:
        """The new records whose metrics have names; None when earlier ones have changed."""
        try:
            # opened each time: only then does a network file system ask the server
            with open(self._path, "rb", buffering=0) as file:
                records = self._after_the_last(file)
        except OSError:
            return np.empty(0, RECORD)
        return records if records is None else self._named(records)

    def _after_the_last(self, file: BinaryIO) -> Records | None:
        size, known = os.fstat(file.fileno()).st_size // RECORD.itemsize, len(self._last)
        if size < self._read:
            return None
        file.seek((self._read - known) * RECORD.itemsize)
        records = np.fromfile(file, RECORD, count=size - self._read + known)
        if records[:known].tobytes() != self._last.tobytes():
            return None
        return records[known:]

    def _named(self, records: Records) -> Records:
        unnamed = np.flatnonzero(records["metric"] >= len(self._names))
        if len(unnamed):
            self._look_at_names()
            unnamed = np.flatnonzero(records["metric"] >= len(self._names))
        if not len(unnamed) or self._waited >= PATIENCE:
            self._waited = 0
            return records
        self._waited += 1
        return records[: unnamed[0]]

    def _take(self, records: Records) -> None:
        hand_out(records, self._names, self.log)
        self._read += len(records)
        self._last = np.concatenate([self._last, records[-COMPARED:]])[-COMPARED:]
        self.position = max(self.position, _furthest(records), key=lambda p: (p.step, p.seconds))


def _furthest(records: Records) -> Position:
    furthest = records[records["step"] == records["step"].max()]
    point = furthest[np.argmax(furthest["time"])]
    return Position(int(point["step"]), float(point["epoch"]), float(point["time"]))
