"""Runs that ended without an end: offered when the window opens, and put aside if wished."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine import paths
from engine.runs.atomic import write_atomically
from engine.runs.info import RunInfo
from gui.presenters.library import LibraryPresenter
from gui.presenters.messages import Messages


class InterruptedPresenter(QObject):
    """The interrupted runs of the library that nobody has put aside yet, the latest first."""

    changed = Signal()

    def __init__(self, library: LibraryPresenter, messages: Messages) -> None:
        super().__init__()
        self._library = library
        self._messages = messages
        self._aside = _read_aside()
        self.runs: tuple[RunInfo, ...] = ()
        library.changed.connect(self._on_library_changed)

    def put_aside(self) -> None:
        """Do not offer these again."""
        there = {path for path in self._aside if Path(path).is_dir()}
        self._aside = there | {str(run.path) for run in self.runs}
        text = json.dumps({"put_aside": sorted(self._aside)}, indent=2)
        try:
            _file().parent.mkdir(parents=True, exist_ok=True)
            write_atomically(_file(), f"{text}\n".encode())
        except OSError as error:
            reason = error.strerror or str(error)
            self._messages.say(f"It was not remembered what was put aside: {reason}", "warning")
        self._show(())

    def _on_library_changed(self) -> None:
        if self._library.status != "shown":
            return  # what was known of the last time may have changed since
        broken = (run for run in self._library.runs if run.state == "interrupted")
        offered = [run for run in broken if not run.archived and str(run.path) not in self._aside]
        self._show(tuple(sorted(offered, key=lambda run: run.started, reverse=True)))

    def _show(self, runs: tuple[RunInfo, ...]) -> None:
        if runs != self.runs:
            self.runs = runs
            self.changed.emit()


def _file() -> Path:
    return paths.home() / "interrupted.json"


def _read_aside() -> set[str]:
    """An unreadable list is an empty one: then a run is offered once more."""
    try:
        data = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    listed = data.get("put_aside") if isinstance(data, dict) else None
    return {path for path in listed if isinstance(path, str)} if isinstance(listed, list) else set()
