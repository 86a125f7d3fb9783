"""Watches a widget being painted: how long after an input its picture is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

EVERY_S = 1 / 60
"""A person's hand moves as often as the screen shows it."""
NOTHING_S = 2.0
"""Nothing was painted: the input changed nothing that can be seen."""


class Painted(QObject):
    """Calls back when a widget has been painted, after the whole frame is on the screen."""

    def __init__(self, widget: QWidget, called: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._called = widget, called
        self._due = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for a call once the frame is over (override): the paint event is its beginning."""
        if event.type() is QEvent.Type.Paint and not self._due:
            self._due = True
            QTimer.singleShot(0, self._on_over)
        return False

    def _on_over(self) -> None:
        self._due = False
        self._called()

    def end(self) -> None:
        """Watch no longer."""
        self._widget.removeEventFilter(self)


@dataclass(frozen=True)
class Frame:
    """Milliseconds from an input to the end of the frame that shows it, and how many of them the
    window's thread worked."""

    wall: float
    cpu: float


def frame_times(
    widget: QWidget, inputs: Iterable[Callable[[], None]], state: Callable[[], Hashable]
) -> list[Frame]:
    """What each input took; inputs after which nothing was painted are left out. The event loop
    runs between them. Raises RuntimeError if `state`, which they are to change, stays."""
    loop, found, states = QEventLoop(), list[Frame](), set[Hashable]()
    painted = Painted(widget, loop.quit)
    for act in inputs:
        start, cpu = time.perf_counter(), time.thread_time()
        act()
        in_vain = QTimer()
        in_vain.setSingleShot(True)
        in_vain.timeout.connect(loop.quit)
        in_vain.start(round(1000 * NOTHING_S))
        loop.exec()
        end, worked = time.perf_counter(), time.thread_time() - cpu
        if in_vain.isActive():
            found.append(Frame(1000 * (end - start), 1000 * worked))
        states.add(state())
        _rest(start + EVERY_S - end)
    painted.end()
    if len(states) < 3:
        raise RuntimeError(f"The inputs changed nothing: {states}")
    return found


def _rest(seconds: float) -> None:
    """Until the next input."""
    if seconds > 0.001:
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()
