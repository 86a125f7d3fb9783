"""The beat that everything that moves is drawn to."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

FRAME_MS = 70
"""14 frames a second: each costs a training on all cores twice its own time, since those of its
threads that are not held up wait for the one that is."""

SLOWEST_MS = 74
"""A step's numbers are up to 30 ms old when they can be read: with frames further apart one in
twenty would be on the screen later than a tenth of a second after it."""

_LATE, _BACK_OFF, _RECOVER = 0.015, 5, 1


class FrameTimer(QObject):
    """Says when a frame is due; less often while the window cannot keep up."""

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timeout)
        self._expected = 0.0

    @property
    def interval(self) -> int:
        """Milliseconds from one frame to the next."""
        return self._timer.interval()

    def run(self, on: bool) -> None:
        """Start or stop; a timer that runs goes on undisturbed."""
        if not on:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start(FRAME_MS)
            self._expected = time.perf_counter() + FRAME_MS / 1000

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        interval = next_interval(self.interval, now - self._expected)
        if interval != self.interval:
            self._timer.setInterval(interval)
        self._expected = now + interval / 1000
        self.due.emit()


def next_interval(interval: int, late: float) -> int:
    """Milliseconds until the next frame after one that came `late` by so many seconds."""
    if late > _LATE:
        return min(SLOWEST_MS, interval + _BACK_OFF)
    return max(FRAME_MS, interval - _RECOVER)
