"""How far a run's metrics go and which validation was best, from `metrics.bin`, bit by bit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from engine.facts import HIGHER_IS_BETTER
from engine.problems import ProblemError
from engine.runs.metricfile import RECORD
from engine.runs.metricreader import read_names

_AT_ONCE = 1 << 18
"""Records read at a time: 7 MB."""


@dataclass(frozen=True)
class Tally:
    """What the first `length` bytes of `metrics.bin` say; the last record of them is `end`, in hex.

    `step`, `epoch` (epochs done) and `seconds` are the furthest of any record; `last` has the
    latest value of each val_ metric, `best` the best one and its step.
    """

    length: int = 0
    end: str = ""
    step: int = 0
    epoch: float = 0.0
    seconds: float = 0.0
    last: Mapping[str, float] = field(default_factory=dict)
    best: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types; `from_json` reads them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tally:
        """Raises TypeError or ValueError when that is not what `as_json` gave."""
        tally = cls(**data)
        best = {name: (float(value), int(step)) for name, (value, step) in tally.best.items()}
        return replace(tally, best=best)


def tally_of(folder: Path, before: Tally | None = None) -> Tally:
    """The tally of a run folder; with `before`, only what came after it is read.

    A file that was cut back since then is read anew. Whatever cannot be read counts as absent.
    """
    try:
        names = read_names(folder / "metrics.json")
        with open(folder / "metrics.bin", "rb") as file:
            size = os.fstat(file.fileno()).st_size
            size -= size % RECORD.itemsize
            tally = before if before is not None and _still_holds(before, file) else Tally()
            file.seek(tally.length)
            while tally.length < size:
                count = min(_AT_ONCE, (size - tally.length) // RECORD.itemsize)
                tally = _add(tally, file.read(count * RECORD.itemsize), names)
    except (OSError, ValueError, ProblemError):  # ValueError: cut back while it was read
        return Tally()
    return tally


def _still_holds(tally: Tally, file: BinaryIO) -> bool:
    """Whether the file still has what was read of it: a resumed run is cut back and grows on."""
    file.seek(max(0, tally.length - RECORD.itemsize))
    return file.read(RECORD.itemsize).hex() == tally.end


def _add(tally: Tally, data: bytes, names: list[str]) -> Tally:
    """Raises ValueError when there are no whole records in `data`."""
    records = np.frombuffer(data, RECORD)
    last, best = dict(tally.last), dict(tally.best)
    which = records["metric"]
    for index, name in enumerate(names):
        if name.startswith("val_"):
            _follow(name, records[which == index], last, best)
    return Tally(
        length=tally.length + len(data),
        end=data[-RECORD.itemsize :].hex(),
        step=max(tally.step, int(records["step"].max())),
        epoch=_furthest(tally.epoch, records["epoch"]),
        seconds=_furthest(tally.seconds, records["time"]),
        last=last,
        best=best,
    )


def _furthest(so_far: float, values: npt.NDArray[np.float64]) -> float:
    usable = values[np.isfinite(values)]
    return max(so_far, float(usable.max())) if len(usable) else so_far


def _follow(
    name: str,
    points: npt.NDArray[np.void],
    last: dict[str, float],
    best: dict[str, tuple[float, int]],
) -> None:
    """Bring one metric's latest and best value up to date; of equal ones the first is best."""
    if not len(points):
        return
    last[name] = float(points["value"][-1])
    points = points[np.isfinite(points["value"])]
    higher = HIGHER_IS_BETTER.get(name.removeprefix("val_"))
    if higher is None or not len(points):
        return
    sign = 1 if higher else -1
    point = points[int(np.argmax(sign * points["value"]))]
    if name not in best or sign * (float(point["value"]) - best[name][0]) > 0:
        best[name] = (float(point["value"]), int(point["step"]))
