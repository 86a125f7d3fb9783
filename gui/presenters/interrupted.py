"""Runs that ended without an end: found when the window opens, offered once, put aside if wished."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine import paths
from engine.problems import Problem
from engine.runs.atomic import write_atomically
from engine.runs.library import RunInfo
from gui.presenters.messages import Messages
from gui.presenters.previews import PreviewWorker

Find = Callable[[], Iterable[RunInfo]]
"""Lists all runs; called on a thread of its own."""


class InterruptedPresenter(QObject):
    """The interrupted runs that nobody has put aside yet, the latest first."""

    changed = Signal()

    def __init__(self, worker: PreviewWorker, find: Find, messages: Messages) -> None:
        super().__init__()
        self._worker = worker
        self._find = find
        self._messages = messages
        self._asked: object = None
        self._aside = _read_aside()
        self.runs: tuple[RunInfo, ...] = ()
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    def look(self) -> None:
        """Look for them in the background."""
        self._asked = object()
        self._worker.request(self._asked, lambda: list(self._find()))

    def put_aside(self) -> None:
        """Do not offer these again."""
        there = {path for path in self._aside if Path(path).is_dir()}
        self._aside = there | {str(run.path) for run in self.runs}
        self.runs = ()
        text = json.dumps({"put_aside": sorted(self._aside)}, indent=2)
        try:
            write_atomically(_file(), f"{text}\n".encode())
        except OSError as error:
            reason = error.strerror or str(error)
            self._messages.say(f"It was not remembered what was put aside: {reason}", "warning")
        self.changed.emit()

    def _on_done(self, key: object, found: list[RunInfo]) -> None:
        if key is not self._asked:
            return
        broken = [run for run in found if run.state == "interrupted" and not run.archived]
        offered = [run for run in broken if str(run.path) not in self._aside]
        self.runs = tuple(sorted(offered, key=lambda run: run.started, reverse=True))
        self.changed.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._asked:
            said = f"Interrupted runs were not looked for: {problem.sentence}"
            self._messages.say(said, "warning")


def _file() -> Path:
    return paths.home() / "interrupted.json"


def _read_aside() -> set[str]:
    """An unreadable list is an empty one: then a run is offered once more."""
    try:
        data = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    listed = data.get("put_aside", []) if isinstance(data, dict) else []
    return {entry for entry in listed if isinstance(entry, str)} if isinstance(listed, list) else set()
