"""The runs that are compared with the open one: chosen, read in the background, in colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.problems import Problem
from engine.runs.follow import FollowedRun
from engine.runs.info import RunInfo
from engine.runs.metriclog import MetricSource
from engine.runs.metricreader import read_metrics
from gui.colors import LIGHT
from gui.presenters.feeds import Compared
from gui.presenters.messages import Messages
from gui.presenters.previews import PreviewWorker
from gui.presenters.run_colors import RunColors
from gui.presenters.run_texts import key_of, main_metric_of, title_of, titles_of

EVERY_MS = 500
"""How often the curves of runs that go on elsewhere are looked at while they can be seen."""


@dataclass(frozen=True)
class _Reading:
    """The key of a question: the curves of a run."""

    key: str


class ComparedPresenter(QObject):
    """Reads a run's curves when it is chosen and forgets them when it is not any more."""

    changed = Signal()
    """Others are chosen, or are called otherwise."""
    loaded = Signal()
    """Other curves are there to be drawn: those of `ready`."""
    grown = Signal()
    """A run that goes on elsewhere has new points."""

    def __init__(self, worker: PreviewWorker, messages: Messages) -> None:
        super().__init__()
        self._worker = worker
        self._messages = messages
        self._chosen: dict[str, RunInfo] = {}
        self._sources: dict[str, MetricSource] = {}
        self._numbers: dict[str, int] = {}
        self._open = ""
        self._seen = self._polling = False
        self.colors = RunColors(len(LIGHT.compared))
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._on_due)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    # --- Choosing ----------------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[RunInfo, ...]:
        """The runs that are compared, in the order in which they were chosen."""
        return tuple(self._chosen.values())

    def color(self, key: str) -> int | None:
        """The number of a chosen run's colour, None for any other run."""
        return self._numbers.get(key)

    def choose(self, run: RunInfo, on: bool = True) -> None:
        """Compare a run, or not any more."""
        key = key_of(run)
        if on == (key in self._chosen):
            return
        if not on:
            self.drop([key])
            return
        self._numbers[key] = self.colors.take(key, set(self._numbers.values()))
        self._chosen[key] = run
        self._read(run)
        self.changed.emit()

    def drop(self, keys: Iterable[str]) -> None:
        """Do not compare these any more."""
        gone = [key for key in keys if key in self._chosen]
        for key in gone:
            del self._chosen[key], self._numbers[key]
            self._sources.pop(key, None)
        if gone:
            self._run_timer()
            self.changed.emit()
            self.loaded.emit()

    def clear(self) -> None:
        """Compare nothing any more."""
        self.drop(tuple(self._chosen))

    def follow(self, runs: Iterable[RunInfo]) -> None:
        """These are the runs that there are now: titles may be others, runs may be gone."""
        now = {key_of(run): run for run in runs}
        self.drop([key for key in self._chosen if key not in now])
        newer = {key: now[key] for key in self._chosen}
        renamed = self._titles(newer) != self._titles(self._chosen)
        changed = newer != self._chosen
        again = [run for key, run in newer.items() if _goes_on(self._chosen[key], run)]
        self._chosen = newer
        for run in again:
            self._read(run)
        if changed:
            self.changed.emit()
        if renamed:
            self.loaded.emit()

    def set_open(self, key: str) -> None:
        """The run of that key is open: its curves are there already, in front."""
        if key == self._open:
            return
        before, self._open = self._open, key
        if before in self._chosen:  # it may have been trained further
            self._read(self._chosen[before])
        self.loaded.emit()

    # --- Curves ------------------------------------------------------------------------------

    def ready(self) -> list[Compared]:
        """What can be laid over the open run by now."""
        titles = self._titles(self._chosen)
        return [
            Compared(key, titles[key], self._sources[key], self._numbers[key], main_metric_of(run))
            for key, run in self._chosen.items()
            if key in self._sources and key != self._open
        ]

    def watch(self, seen: bool) -> None:
        """Whether the curves can be seen."""
        self._seen = seen
        self._run_timer()

    def _titles(self, runs: dict[str, RunInfo]) -> dict[str, str]:
        return titles_of(list(runs.values()))

    def _read(self, run: RunInfo) -> None:
        path = run.path
        if run.state == "running":
            self._worker.request(_Reading(key_of(run)), lambda: FollowedRun(path))
        else:
            self._worker.request(_Reading(key_of(run)), lambda: read_metrics(path))

    def _live(self) -> list[FollowedRun]:
        followed = [s for s in self._sources.values() if isinstance(s, FollowedRun)]
        return [source for source in followed if source.state == "running"]

    def _run_timer(self) -> None:
        if self._seen and self._live():
            self._timer.start()
        else:
            self._timer.stop()

    def _on_due(self) -> None:
        if not self._polling:
            self._polling = True
            live = self._live()
            self._worker.request(self, lambda: sum(source.poll() for source in live))

    def _on_done(self, key: object, result: Any) -> None:
        if key is self:
            self._polling = False
            self._run_timer()
            if result:
                self.grown.emit()
        elif isinstance(key, _Reading) and key.key in self._chosen:
            self._sources[key.key] = result
            self._run_timer()
            self.loaded.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self:
            self._polling = False
        elif isinstance(key, _Reading) and key.key in self._chosen:
            title = title_of(self._chosen[key.key])
            self._messages.problem(
                Problem("run", f"{title} cannot be compared: {problem.sentence}", problem.hint)
            )
            self.drop([key.key])


def _goes_on(before: RunInfo, now: RunInfo) -> bool:
    """Whether a run that had ended is in training again."""
    return before.state != "running" and now.state == "running"
