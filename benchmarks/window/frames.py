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
"""An input that has changed nothing by then changes nothing: a button pressed or let go."""
IDLE = 0.05
"""The part of the inputs that may change nothing. More, and something else is measured."""


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
    """What each input took, until a frame was over in which `state` was no longer what it had been
    before: frames of something else end nothing. The event loop runs between the inputs. Those
    that changed nothing are left out. Raises RuntimeError if that is more than a few."""
    loop, found, idle = QEventLoop(), list[Frame](), 0
    before: Hashable = None

    def look() -> None:
        if state() != before:
            loop.quit()

    painted = Painted(widget, look)
    for act in inputs:
        before = state()
        start, cpu = time.perf_counter(), time.thread_time()
        act()
        in_vain = QTimer()
        in_vain.setSingleShot(True)
        in_vain.timeout.connect(loop.quit)
        in_vain.start(round(1000 * NOTHING_S))
        loop.exec()
        end, worked = time.perf_counter(), time.thread_time() - cpu
        if state() != before:
            found.append(Frame(1000 * (end - start), 1000 * worked))
        else:
            idle += 1
        _rest(start + EVERY_S - end)
    painted.end()
    if idle > max(2, IDLE * (idle + len(found))):
        raise RuntimeError(f"{idle} inputs of {idle + len(found)} changed nothing")
    return found


def _rest(seconds: float) -> None:
    """Until the next input."""
    if seconds > 0.001:
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()
