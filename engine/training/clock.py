"""How long a training has worked: pauses do not count, validation is told apart."""

from __future__ import annotations

import time


class Clock:
    """Seconds of work. Runs from `start` on; read by the training thread."""

    def __init__(self) -> None:
        self._before = 0.0
        self._started: float | None = None
        self.validating = 0.0

    @property
    def running(self) -> bool:
        """Whether time is counted at the moment."""
        return self._started is not None

    @property
    def seconds(self) -> float:
        """All seconds of work so far."""
        running = time.perf_counter() - self._started if self._started is not None else 0.0
        return self._before + running

    @property
    def training(self) -> float:
        """Seconds of work so far without the validations."""
        return self.seconds - self.validating

    def resume_at(self, seconds: float, validating: float) -> None:
        """Count on from what an earlier process had counted."""
        self._before, self.validating = seconds, validating

    def start(self) -> None:
        """Count from now on."""
        if self._started is None:
            self._started = time.perf_counter()

    def hold(self) -> None:
        """Count no longer, until `start`."""
        self._before, self._started = self.seconds, None
