"""Keeps a run folder alive under its training: says once when it cannot be written, writes it again
when it was deleted."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable

from engine.problems import Problem, ProblemError
from engine.runs.folder import RunFolder
from engine.runs.lock import RunLock
from engine.training import events as e
from engine.training.channel import Channel
from engine.training.commands import Pause

logger = logging.getLogger(__name__)


class Keeper:
    """Asked by the threads that write to the folder. `write_again` writes its small files."""

    def __init__(
        self, folder: RunFolder, channel: Channel, lock: RunLock, write_again: Callable[[], None],
        *, pause: bool,
    ) -> None:  # fmt: skip
        self._folder = folder
        self._channel = channel
        self._lock = lock
        self._write_again = write_again
        self._pause = pause
        self._failing: list[str] = []
        self._failed: list[str] = []
        self._guard = threading.RLock()

    def failed(self, what: str, error: OSError) -> None:
        """`what` (a plural: "Metrics", "Checkpoints") cannot be written: told when it begins, once
        for all that fails until everything is written again."""
        with self._guard:
            if what in self._failing:
                return
            first = not self._failed
            self._failing.append(what)
            self._failed.extend([what] if what not in self._failed else [])
        problem = self._problem(what, error)
        logger.warning("%s", problem)
        if first:
            self._channel.tell(e.Notice(problem))
        if first and self._pause:
            self._channel.post(Pause())

    def _problem(self, what: str, error: OSError) -> Problem:
        sentence = f"{what} cannot be written: {error.strerror or error}"
        held = "the training pauses" if self._pause else "the training goes on"
        hint = f"{held} and nothing written before is harmed; free space or mend the folder"
        return Problem("run", sentence, f"{hint}: it is tried again")

    def worked(self, what: str) -> None:
        """`what` was written: told when nothing fails any more."""
        with self._guard:
            if what not in self._failing:
                return
            self._failing.remove(what)
            if self._failing:
                return
            failed, self._failed = self._failed, []
        sentence = f"{' and '.join(failed).capitalize()} are written again"
        logger.info("%s", sentence)
        self._channel.tell(e.Recovered(sentence))

    def beat(self) -> None:
        """Show other machines that the training lives."""
        self._lock.beat()

    def restore_if_gone(self) -> bool:
        """Write the folder anew if somebody deleted it; whether that was so. Raises OSError when
        the library that it was in is gone too, or cannot be written."""
        with self._guard:
            if self._folder.recipe_file.is_file():
                return False
            self._folder.path.mkdir(exist_ok=True)
            self._folder.checkpoints.mkdir(exist_ok=True)
            self._write_again()
            with contextlib.suppress(ProblemError):
                self._lock.take_again()
        sentence = "The run folder was deleted while it is being trained; it has been written again"
        hint = "earlier checkpoints and exports are gone; press Stop to end the training"
        self._channel.tell(e.Notice(Problem("run", sentence, hint)))
        return True
