"""Changes made to a running training, in `interventions.jsonl`: one line each, in order."""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from engine.runs.atomic import sync_folder, write_atomically, write_whole

FILE = "interventions.jsonl"


@dataclass(frozen=True)
class Change:
    """One option's old and new plain value."""

    path: str
    old: Any
    new: Any

    @property
    def label(self) -> str:
        """`lr 0.003 → 0.001`."""
        return f"{self.path.rpartition('.')[2]} {shown(self.old)} → {shown(self.new)}"


@dataclass(frozen=True)
class Intervention:
    """What changed after training batch `batch` (counted over the whole run), optimizer step
    `step`; `epoch` done, `seconds` trained, `when` by the clock on the wall."""

    step: int
    batch: int
    epoch: float
    seconds: float
    when: str
    changes: tuple[Change, ...]

    @property
    def label(self) -> str:
        """All changes in one short line."""
        return ", ".join(change.label for change in self.changes)

    @property
    def values(self) -> dict[str, Any]:
        """The new values by path."""
        return {change.path: change.new for change in self.changes}


def shown(value: Any) -> str:
    """A value for people: `off` for None, `none` for an empty list."""
    if value is None:
        return "off"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def read_interventions(folder: Path) -> list[Intervention]:
    """The interventions of a run folder in order; a line cut off by a crash is left out."""
    try:
        lines = (folder / FILE).read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    found = [_parse(line) for line in lines]
    return [intervention for intervention in found if intervention is not None]


def append_intervention(folder: Path, intervention: Intervention) -> None:
    """Add one line, on the disk before this returns: it must not be lost once it has taken
    effect. Raises OSError and leaves the file as it was when that fails."""
    path = folder / FILE
    with open(path, "ab+", buffering=0) as file:
        start = _end_of_lines(file)
        file.truncate(start)
        try:
            write_whole(file, _line(intervention))
            os.fsync(file.fileno())
            sync_folder(folder)
        except OSError:
            file.truncate(start)
            raise


def add_intervention(
    folder: Path, logged: Sequence[Intervention], intervention: Intervention
) -> list[Intervention]:
    """Log one more in its place; what is logged then. Raises OSError like `append_intervention`."""
    after = with_intervention(logged, intervention)
    if after[-1] is intervention:
        append_intervention(folder, intervention)
    else:
        write_interventions(folder, after)
    return after


def with_intervention(
    logged: Sequence[Intervention], intervention: Intervention
) -> list[Intervention]:
    """One more after those of the same moment and before those that are still to come: a run that
    went back to an older checkpoint has some."""
    place = bisect_right([other.batch for other in logged], intervention.batch)
    return [*logged[:place], intervention, *logged[place:]]


def _end_of_lines(file: FileIO) -> int:
    """Where the last whole line ends: a crash may have cut off the one after it."""
    file.seek(0)
    return file.readall().rfind(b"\n") + 1


def write_interventions(folder: Path, interventions: Sequence[Intervention]) -> None:
    """Replace the whole log."""
    write_atomically(folder / FILE, b"".join(map(_line, interventions)))


def _line(intervention: Intervention) -> bytes:
    return f"{json.dumps(asdict(intervention), allow_nan=False)}\n".encode()


def _parse(line: bytes) -> Intervention | None:
    try:
        data = json.loads(line)
        changes = tuple(
            Change(str(entry["path"]), entry["old"], entry["new"]) for entry in data["changes"]
        )
        return Intervention(
            int(data["step"]), int(data["batch"]), float(data["epoch"]), float(data["seconds"]),
            str(data["when"]), changes,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
