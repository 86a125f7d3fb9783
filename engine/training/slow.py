"""Says so when commands wait for own code that does not come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from engine.problems import Problem
from engine.training.channel import Channel
from engine.training.events import Notice

PATIENCE = 10.0
"""Seconds that a command may wait for the end of a batch before that is worth a word."""


class SlowWatch(threading.Thread):
    """Looks every now and then whether a command has been waiting for long: Stop, Pause and the
    like are obeyed between two batches, and a batch of own code may never end."""

    def __init__(self, channel: Channel, names: Sequence[str], patience: float = PATIENCE) -> None:
        super().__init__(name="own-code-slow", daemon=True)
        self._channel = channel
        self._names = " and ".join(names)
        self._patience = patience
        self._over = threading.Event()

    def run(self) -> None:
        """Watch until ended (thread's main loop)."""
        since: float | None = None
        told = False
        while not self._over.wait(self._patience / 10):
            if self._channel.commands.empty():
                since, told = None, False
                continue
            since = time.monotonic() if since is None else since
            if not told and time.monotonic() - since > self._patience:
                told = True
                sentence = f"What was asked for waits for {self._names}, which is still in a batch"
                hint = "it is obeyed when the batch is over; closing twice ends the program at once"
                self._channel.tell(Notice(Problem("training", sentence, hint)))

    def end(self) -> None:
        """Watch no more."""
        self._over.set()
        if self.is_alive():
            self.join()
