"""A run that another process trains, read only: its curves, where it is, what happens in it."""

from __future__ import annotations

from math import floor
from typing import cast

from engine.runs.folder import RunFolder
from engine.runs.follow import FollowedRun
from engine.runs.interventions import Intervention
from engine.runs.metriclog import MetricLog
from engine.training.channel import Channel


class Following:
    """Stands in for a training of this window: `channel` has the curves and the progress, and
    takes no commands. Call `poll` a few times a second."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._run = FollowedRun(folder.path)
        self._told = len(self._run.interventions)
        self.channel = Channel()
        self.channel.log = cast(MetricLog, self._run)  # it is only read: any MetricSource will do
        self.channel.close()
        self._show_position()

    @property
    def over(self) -> bool:
        """Whether the other process has ended."""
        return self._run.state != "running"

    @property
    def by(self) -> str:
        """Who trains it: `process 4711 on host`."""
        pid, host = self._run.environment.get("pid"), self._run.environment.get("host")
        named = f"process {pid}" if pid else "another process"
        return f"{named} on {host}" if host else named

    def poll(self) -> list[Intervention]:
        """Read what is new; the interventions among it."""
        self._run.poll()
        self._show_position()
        made = self._run.interventions
        new = list(made[self._told :])
        self._told = len(made)
        return new

    def _show_position(self) -> None:
        progress, place = self.channel.progress, self._run.position
        progress.epochs, progress.total_steps = self._length()
        batches = self._run.environment.get("batches_per_epoch")
        progress.batches = batches if isinstance(batches, int) else 0
        whole = floor(place.epoch)
        progress.phase = "ended" if self.over else "training"
        progress.step, progress.seconds = place.step, place.seconds
        progress.epoch = min(whole + 1, progress.epochs or whole + 1)
        progress.batch = round((place.epoch - whole) * progress.batches)

    def _length(self) -> tuple[int | None, int]:
        """Epochs and steps in all: those of the start, or of the last change of them."""
        known = self._run.environment
        epochs, steps = known.get("epochs"), known.get("total_steps")
        steps = steps if isinstance(steps, int) else 0
        epochs = epochs if isinstance(epochs, int) and epochs > 0 else None
        each = steps / epochs if epochs else 0.0
        for intervention in self._run.interventions:
            changed = intervention.values
            if epochs is not None and isinstance(changed.get("training.epochs"), int):
                epochs = changed["training.epochs"]
                steps = round(each * epochs)
            elif epochs is None and isinstance(changed.get("training.steps"), int):
                steps = changed["training.steps"]
        return epochs, steps
