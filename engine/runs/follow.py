"""Following a run that another process writes, here or on another machine over a shared folder."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.runs.folder import RunFolder
from engine.runs.interventions import FILE as INTERVENTIONS
from engine.runs.interventions import Intervention, read_interventions
from engine.runs.metriclog import Series
from engine.runs.metrictail import MetricTail, Position, Signature, signature
from engine.runs.state import run_state

LOOK_EVERY = 1.0
"""Seconds between two looks at whether the run has ended; curves are looked at in every poll."""


class FollowedRun:
    """The curves of a run folder (a MetricSource) and what else is known of it, as of the last
    `poll`. Reads only, raises nothing: what cannot be read now is tried again at the next poll.

    Poll it from one thread, some four times a second; a poll without news costs a few file
    look-ups. `generation` goes up when the past has changed, as when a killed run is resumed from
    a checkpoint: the curves then begin anew, and indices into the old ones mean nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder(folder)
        self.environment: Mapping[str, Any] = {}
        self.summary: Mapping[str, Any] = {}
        self.interventions: tuple[Intervention, ...] = ()
        self.state = "interrupted"
        self._tail = MetricTail(folder)
        self._interventions_path = folder / INTERVENTIONS
        self._signature: Signature | None = None
        self._looked: float | None = None
        self.poll()

    # --- The curves ------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        """How often the past has changed."""
        return self._tail.generation

    @property
    def position(self) -> Position:
        """How far the run is, by its curves."""
        return self._tail.position

    def names(self) -> tuple[str, ...]:
        """All metrics in order of appearance."""
        return self._tail.log.names()

    def series(self, name: str) -> Series:
        """The points of one metric; KeyError if it is not there."""
        return self._tail.log.series(name)

    # --- Looking ---------------------------------------------------------------------------------

    def poll(self) -> bool:
        """Bring everything up to date; whether there was anything new."""
        news = self._tail.poll()
        news |= self._look_at_interventions()
        now = time.monotonic()
        if self._looked is None or now - self._looked >= LOOK_EVERY:
            self._looked = now
            news |= self._look_at_state()
        return news

    def _look_at_interventions(self) -> bool:
        now = signature(self._interventions_path)
        away = now is None and signature(self.folder.environment_file) is None
        if away or now == self._signature:
            return False
        self._signature = now
        before, self.interventions = self.interventions, tuple(read_interventions(self.folder.path))
        return self.interventions != before

    def _look_at_state(self) -> bool:
        environment, summary = self.folder.environment(), self.folder.summary()
        if not environment and self.environment:
            return False  # the shared folder is away for a moment
        before = self.environment, self.summary, self.state
        self.environment, self.summary = environment, summary
        self.state = run_state(environment, summary, self.folder.lock_file)
        return (environment, summary, self.state) != before
