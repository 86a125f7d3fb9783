"""Both ends of a training: commands go in; events, metrics and progress come out. No torch."""

from __future__ import annotations

import logging
import queue
from concurrent.futures import Future

from engine.runs.metriclog import MetricLog
from engine.training.commands import Command, Report
from engine.training.events import Event, Listener, Progress, unheard

logger = logging.getLogger(__name__)

Ticket = tuple[Command, "Future[Report]"]


WATCHED, UNWATCHED = 0.03, 0.25
"""Seconds after which a step's numbers can be read at the latest: where they are drawn as they
come, and elsewhere. Handing them out costs a tenth of a millisecond, however many they are."""


class Channel:
    """What a window, a terminal or a test holds of a training that runs on another thread."""

    def __init__(self, listener: Listener = unheard, within: float = UNWATCHED) -> None:
        self.within = within
        self.log = MetricLog()
        self.progress = Progress()
        self.commands: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._listener = listener
        self._closed = False

    def post(self, command: Command) -> Future[Report]:
        """Ask for something; the future gets the report once it is done. Any thread."""
        future: Future[Report] = Future()
        self.commands.put((command, future))
        if self._closed:
            self._refuse_waiting()
        return future

    def close(self) -> None:
        """The training has ended: whatever is still waiting is answered so, and later posts too."""
        self._closed = True
        self._refuse_waiting()

    def _refuse_waiting(self) -> None:
        while True:
            try:
                command, future = self.commands.get_nowait()
            except queue.Empty:
                return
            if future.set_running_or_notify_cancel():
                future.set_result(Report(command, False, "The training has ended"))

    def tell(self, event: Event) -> None:
        """Pass an event to the listener (training thread). A listener that fails is logged: what
        happens on a screen must not end a training."""
        try:
            self._listener(event)
        except Exception:
            logger.exception("A listener failed at %s", type(event).__name__)
