"""The run library as the window knows it: its runs, read in the background, and their marks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from engine.problems import Problem, ProblemError
from engine.runs.info import RunInfo
from engine.runs.library import Library
from gui.presenters.messages import Messages
from gui.presenters.previews import PreviewWorker
from gui.presenters.run_texts import key_of, title_of

Status = Literal["waiting", "loading", "shown", "failed"]

EVERY_MS = 1000
"""How often runs in training are looked at while the library is in sight."""

_WHOLE = 5.0
"""Seconds between two looks at the whole folder, at least."""
_EASE = 20.0
"""A look that takes long is repeated seldom: after so many times as long."""


@dataclass(frozen=True, eq=False)
class _Question:
    """What was asked of the disk: `cached`, `all` runs, the `live` ones; to `mark`, to `trash`."""

    kind: str
    runs: tuple[RunInfo, ...] = ()


@dataclass(frozen=True)
class _Look:
    """What was found on the disk; when its folder was changed last; seconds that it took."""

    runs: list[RunInfo]
    folder_changed: int
    took: float = 0.0


class LibraryPresenter(QObject):
    """Holds what was last read. Reads only while `wanted`; nothing here waits for a disk."""

    changed = Signal()
    """Other runs, other values, or another status."""

    def __init__(self, worker: PreviewWorker, library: Library, messages: Messages) -> None:
        super().__init__()
        self._worker = worker
        self._library = library
        self._messages = messages
        self._wanted = False
        self._asked: set[str] = set()
        self._marks: dict[_Question, dict[str, Any]] = {}
        self._next_whole = 0.0
        self._folder_changed = 0
        self.runs: tuple[RunInfo, ...] = ()
        self.status: Status = "waiting"
        self.problem: Problem | None = None
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._on_due)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    # --- Reading -----------------------------------------------------------------------------

    def want(self, wanted: bool) -> None:
        """Whether anyone is looking."""
        self._wanted = wanted
        if wanted:
            self.load()
            self._timer.start()
        else:
            self._timer.stop()

    def load(self) -> None:
        """Read what is known at once, then look at the folders; also while nobody is looking."""
        if self.status in ("waiting", "failed"):
            self._enter("loading")
            self._ask("cached", self._library.cached)
        self.refresh()

    def refresh(self) -> None:
        """Look at all folders now."""
        self._ask("all", self._look_at_all)

    def run(self, key: str) -> RunInfo | None:
        """The run of that key, None when there is none any more."""
        return next((run for run in self.runs if key_of(run) == key), None)

    def _on_due(self) -> None:
        if time.monotonic() >= self._next_whole:
            self.refresh()
        else:
            live = [run for run in self.runs if run.state == "running"]
            self._ask("live", lambda: self._look_at(live))

    def _look_at_all(self) -> _Look:
        began = time.monotonic()
        check_readable(self._library.runs_dir)
        changed = _changed(self._library.runs_dir)
        return _Look(self._library.refresh(), changed, time.monotonic() - began)

    def _look_at(self, live: list[RunInfo]) -> _Look:
        found = [self._library.look(run) for run in live if run.path.is_dir()]
        return _Look(found, _changed(self._library.runs_dir))

    def _ask(self, kind: str, function: Any) -> None:
        """One question of a kind at a time: a slow disk is not asked again before it answers."""
        if kind not in self._asked:
            self._asked.add(kind)
            self._worker.request(_Question(kind), function)

    # --- Marking -----------------------------------------------------------------------------

    def mark(self, runs: Iterable[RunInfo], **marks: Any) -> None:
        """Set title, tags, note, favourite or archived; shown at once, written right after."""
        chosen = tuple(runs)
        question = _Question("mark", chosen)
        self._marks[question] = marks
        self._show(self.runs)

        def write() -> None:
            for run in chosen:
                self._library.mark(run, **marks)

        self._worker.request(question, write)

    def trash(self, runs: Iterable[RunInfo]) -> None:
        """Move run folders to the system's trash."""
        chosen = tuple(runs)

        def move() -> None:
            for run in chosen:
                self._library.trash(run)

        self._worker.request(_Question("trash", chosen), move)

    # --- Answers -----------------------------------------------------------------------------

    def _on_done(self, key: object, result: Any) -> None:
        if not isinstance(key, _Question):
            return
        self._asked.discard(key.kind)
        if key.kind == "cached" and self.status == "loading" and result:
            self._show(result)
        elif key.kind == "all":
            self._next_whole = time.monotonic() + max(_WHOLE, _EASE * result.took)
            self._folder_changed = result.folder_changed
            self._enter("shown", result.runs)
        elif key.kind == "live":
            self._take_live(result)
        elif key.kind in ("mark", "trash"):
            self._marks.pop(key, None)
            self._say(key)
            self.refresh()

    def _take_live(self, look: _Look) -> None:
        """Newer values of some runs; all are looked at if a run has come or gone."""
        if look.folder_changed != self._folder_changed:
            self.refresh()
        newer = {key_of(run): run for run in look.runs}
        if newer:
            self._show([newer.get(key_of(run), run) for run in self.runs])

    def _on_failed(self, key: object, problem: Problem) -> None:
        if not isinstance(key, _Question):
            return
        self._asked.discard(key.kind)
        if key.kind in ("mark", "trash"):
            self._marks.pop(key, None)
            self._messages.problem(problem)
            self.refresh()
        elif key.kind == "all" or not self.runs:
            self._next_whole = time.monotonic() + _WHOLE
            if problem != self.problem:
                self._messages.problem(problem)
            self._enter("failed" if not self.runs else "shown", self.runs, problem)

    def _say(self, key: _Question) -> None:
        if key.kind == "trash":
            gone = {key_of(run) for run in key.runs}
            self._show([run for run in self.runs if key_of(run) not in gone])
            count = len(key.runs)
            what = title_of(key.runs[0]) if count == 1 else f"{count} runs"
            self._messages.say(f"Moved {what} to the trash", "good")

    def _enter(
        self,
        status: Status,
        runs: Iterable[RunInfo] | None = None,
        problem: Problem | None = None,
    ) -> None:
        self.status, self.problem = status, problem
        self._show(self.runs if runs is None else runs)

    def _show(self, runs: Iterable[RunInfo]) -> None:
        """Show these, with the marks that are not written yet."""
        shown = list(runs)
        for question, marks in self._marks.items():
            keys = {key_of(run) for run in question.runs}
            shown = [replace(run, **marks) if key_of(run) in keys else run for run in shown]
        self.runs = tuple(shown)
        self.changed.emit()


def _changed(folder: Path) -> int:
    """When something was last put into a folder or taken out, 0 if that is not known."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def check_readable(runs_dir: Path) -> None:
    """Tell a library that cannot be read from one that is empty. Raises ProblemError."""
    try:
        os.scandir(runs_dir).close()
    except FileNotFoundError:
        return
    except OSError as error:
        sentence = f"The runs in {runs_dir} cannot be read: {error.strerror or error}"
        hint = "look at the folder's permissions, and whether its disk is there"
        raise ProblemError(Problem("runs-dir", sentence, hint)) from None
