"""The selected run in a few lines: its recipe section by section, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from engine.problems import Problem
from engine.recipe import SECTIONS
from engine.runs.folder import RunFolder
from engine.runs.fork import recipe_at
from engine.runs.info import RunInfo
from gui import texts
from gui.presenters import declared
from gui.presenters.curve_layout import long_name, split_of
from gui.presenters.previews import PreviewWorker
from gui.presenters.run_texts import key_of

DELAY_MS = 120
"""Nothing is read while the selection runs through the table."""

COLUMNS = ("best", "val", "test")
_NOTHING = ("defaults", "none")


@dataclass(frozen=True)
class Sheet:
    """What is read of one run: (section, its options in one line); or why it cannot be."""

    key: str
    lines: tuple[tuple[str, str], ...] = ()
    problem: str = ""


class RunDetails(QObject):
    """Reads the recipe of one run at a time, a moment after it was asked for."""

    changed = Signal()

    def __init__(self, worker: PreviewWorker) -> None:
        super().__init__()
        self._worker = worker
        self._run: RunInfo | None = None
        self._asked: object = None
        self.sheet: Sheet | None = None
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._ask)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    def show_run(self, run: RunInfo | None) -> None:
        """Another run is of interest, or newer values of the same one."""
        before, self._run = self._run, run
        if run is None:
            self._timer.stop()
            return
        if before is not None and key_of(before) == key_of(run):
            return
        self.sheet, self._asked = None, None
        self._timer.start()

    def _ask(self) -> None:
        if self._run is not None:
            self._asked = object()
            key, folder = key_of(self._run), RunFolder(self._run.path)
            self._worker.request(self._asked, lambda: sheet_of(key, folder))

    def _on_done(self, key: object, sheet: Sheet) -> None:
        if key is self._asked:
            self.sheet = sheet
            self.changed.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._asked and self._run is not None:
            self.sheet = Sheet(key_of(self._run), problem=problem.sentence)
            self.changed.emit()


def sheet_of(key: str, folder: RunFolder) -> Sheet:
    """A run's recipe as its interventions left it, one line a section. Raises ProblemError when it
    cannot be read."""
    data = recipe_at(folder).as_data()
    lines = []
    for section in SECTIONS:
        component = declared.component_at(data, section)
        options = declared.summary(data, section)
        parts = [component.title] if component is not None else []
        if options not in _NOTHING or not parts:
            parts.append(options)
        lines.append((section.capitalize(), ", ".join(parts)))
    return Sheet(key, tuple(lines))


def measured(run: RunInfo) -> list[tuple[str, dict[str, str]]]:
    """What was measured, as (metric, its values by the names in `COLUMNS`)."""
    rows: dict[str, dict[str, str]] = {}
    for name, value in {**run.last, **run.metrics}.items():
        best = name.startswith("best_")
        split, base = split_of(name.removeprefix("best_"))
        column = "best" if best else split
        if column in COLUMNS:
            rows.setdefault(base, {})[column] = texts.metric(base, value)
    if run.best:
        base = split_of(str(run.best["metric"]))[1]
        rows.setdefault(base, {})["best"] = texts.metric(base, float(run.best["value"]))
    return [(long_name(base), values) for base, values in rows.items()]
