"""A timer on the window's thread that notes how late it was."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import Qt, QTimer

TICK_MS = 5


class Ticks:
    """Ticks every 5 ms from the moment it is made until `end`."""

    def __init__(self) -> None:
        self._late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(TICK_MS)

    def _on_tick(self) -> None:
        now = time.perf_counter()
        self._late.append(max(0.0, 1000 * (now - self._last) - TICK_MS))
        self._last = now

    def end(self) -> dict[str, float]:
        """No more ticks; milliseconds late: median, 99th percentile, longest."""
        self._timer.stop()
        late = np.array(self._late or [0.0])
        return {
            "late_p50_ms": float(np.median(late)),
            "late_p99_ms": float(np.percentile(late, 99)),
            "late_max_ms": float(late.max()),
            "ticks": float(len(self._late)),
        }
