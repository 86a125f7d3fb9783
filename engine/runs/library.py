"""The run library: every run of a folder of runs, found again quickly, marked, thrown away."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from engine.problems import Problem, ProblemError
from engine.runs.describe import describe, describe_run, list_runs
from engine.runs.folder import RunFolder, is_run
from engine.runs.index import Index, Row, index_path
from engine.runs.info import RunInfo
from engine.runs.marks import change_marks

__all__ = ["Library", "RunInfo", "describe_run", "list_runs"]

Told = Callable[[int, int], None]
"""Called with how many run folders have been looked at, and how many there are."""

_TELL_EVERY = 100


def _unheard(_done: int, _all: int) -> None:
    """A Told that does nothing."""


class Library:
    """The runs in `runs_dir`. Any thread may call any method.

    What was read is remembered in `index` (a file of the user's own unless given). Without a
    place for it the library works as well, only its first look takes longer.
    """

    def __init__(self, runs_dir: Path, index: Path | None = None) -> None:
        self.runs_dir = runs_dir.absolute()
        self._index = Index(index or index_path(self.runs_dir), self.runs_dir)
        self._rows: dict[str, Row] | None = None  # replaced, never changed
        self._rows_lock = threading.Lock()
        self._looking = threading.Lock()

    def cached(self) -> list[RunInfo]:
        """The runs as they were at the last look, oldest first; at once, without a look at them."""
        return _infos(self._known())

    def refresh(self, progress: Told = _unheard) -> list[RunInfo]:
        """The runs as they are now, oldest first. Only those that changed are read again."""
        rows: dict[str, Row] = {}
        with self._looking:
            before = self._known()
            names = _folders(self.runs_dir)
            for number, name in enumerate(names):
                if number % _TELL_EVERY == 0:
                    progress(number, len(names))
                row = self._look(name, before.get(name))
                if row is not None:
                    rows[name] = row
            rows = self._keep(before, rows)
        progress(len(names), len(names))
        return _infos(rows)

    def look(self, run: RunInfo | RunFolder) -> RunInfo:
        """One run as it is now; cheap enough to follow a running one."""
        name, known = run.path.name, self._known()
        row = self._look(name, known.get(name)) if self._has(run) else None
        if row is None:
            return describe_run(RunFolder(run.path))
        self._put(name, row)
        return row.info

    def mark(
        self,
        run: RunInfo | RunFolder,
        *,
        title: str | None = None,
        tags: Iterable[str] | None = None,
        note: str | None = None,
        favourite: bool | None = None,
        archived: bool | None = None,
    ) -> RunInfo:
        """Write what is given into the run's `marks.json`; the run as it is now.

        Raises ProblemError when its folder cannot be written.
        """
        change_marks(
            run.path, title=title, tags=tags, note=note, favourite=favourite, archived=archived
        )
        return self.look(run)

    def trash(self, run: RunInfo | RunFolder) -> None:
        """Move a run to the system's trash. Raises ProblemError when it is running, or when there
        is no trash for it: nothing is ever deleted for good here."""
        from send2trash import send2trash

        if describe_run(RunFolder(run.path)).state == "running":
            raise ProblemError(Problem("run", f"{run.name} is running", "stop it first"))
        try:
            send2trash(str(run.path))
        except OSError as error:
            sentence = f"{run.name} cannot be moved to the trash: {error.strerror or error}"
            hint = f"if you do not need it any more, delete this folder yourself: {run.path}"
            raise ProblemError(Problem("run", sentence, hint)) from None
        if self._has(run):
            self._put(run.path.name, None)

    # --- What is known -------------------------------------------------------------------------

    def _known(self) -> dict[str, Row]:
        with self._rows_lock:
            if self._rows is None:
                self._rows = self._index.load()
            return self._rows

    def _look(self, name: str, before: Row | None) -> Row | None:
        """The row of one folder, the one from before if nothing changed; None if it is no run."""
        path = self.runs_dir / name
        signature = _signature(path)  # first: what changes from here on is seen the next time
        if before is not None and before.signature == signature and not _is_running(before):
            return before
        if signature is None or not is_run(path):
            return None
        info, tally = describe(RunFolder(path), before.tally if before is not None else None)
        return Row(signature, info, tally)

    def _keep(self, before: dict[str, Row], rows: dict[str, Row]) -> dict[str, Row]:
        """Remember what a look has found, but for what was marked or thrown away meanwhile."""
        with self._rows_lock:
            newer = self._rows or {}
            for name in before.keys() | newer.keys():
                if newer.get(name) is not before.get(name):
                    rows.pop(name, None)
                    rows |= {name: newer[name]} if name in newer else {}
            self._rows = rows = dict(sorted(rows.items()))
        changed = [name for name, row in rows.items() if _is_news(before.get(name), row)]
        self._index.save(rows, changed, before.keys() - rows.keys())
        return rows

    def _has(self, run: RunInfo | RunFolder) -> bool:
        return run.path.parent.resolve() == self.runs_dir.resolve()

    def _put(self, name: str, row: Row | None) -> None:
        with self._rows_lock:
            before = self._rows or {}
            rows = {**before, name: row} if row is not None else dict(before)
            if row is None:
                rows.pop(name, None)
            self._rows = rows = dict(sorted(rows.items()))
        if row is None:
            self._index.save(rows, [], [name])
        elif _is_news(before.get(name), row):
            self._index.save(rows, [name], [])


def _infos(rows: dict[str, Row]) -> list[RunInfo]:
    return [row.info for row in rows.values()]


def _is_running(row: Row) -> bool:
    """Whether it may have changed without a trace: a process that is killed writes nothing."""
    return row.info.state == "running"


def _is_news(before: Row | None, row: Row) -> bool:
    """Whether the index should know: a running run changes all the time and is looked at anyway."""
    return row is not before and not (before and _is_running(before) and _is_running(row))


def _folders(runs_dir: Path) -> list[str]:
    """The names of all folders in a folder; none if it cannot be read."""
    try:
        with os.scandir(runs_dir) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return []


def _signature(folder: Path) -> bytes | None:
    """Differs once a file in the folder was made, replaced, written or removed, and nearly always
    when one in a folder of it was; None when the folder cannot be read."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry.name, *_traits(entry)) for entry in entries)
    except OSError:
        return None
    return hashlib.blake2b(repr(found).encode(), digest_size=16).digest()


def _traits(entry: os.DirEntry[str]) -> tuple[int, int, int]:
    try:
        found = entry.stat()
    except OSError:  # removed in this moment, or a link that leads nowhere
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
