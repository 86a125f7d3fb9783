"""One process at a time works on a run folder: a lock of the operating system, which dies with its
owner however that ends."""

from __future__ import annotations

import contextlib
import logging
import os
import time

import filelock

from engine.problems import Problem, ProblemError
from engine.runs.folder import RunFolder

logger = logging.getLogger(__name__)

BEAT = 5.0
"""Seconds between two touches of the lock file: a reader on another machine sees no processes, but
sees when the file was touched last."""


class RunLock:
    """Held while a training writes to a run folder."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        # not per thread: it may be taken by one and given back by another
        self._lock = filelock.FileLock(folder.lock_file, timeout=0, thread_local=False)
        self._beaten = 0.0

    def take(self) -> None:
        """Raises ProblemError when another process, or another training of this one, has it."""
        try:
            self._lock.acquire()
        except filelock.Timeout:
            sentence = f"{self._folder.name} is being trained by another process"
            raise ProblemError(Problem("run", sentence, "stop it there first")) from None
        except (OSError, NotImplementedError):  # a file system without locks
            logger.warning("The run folder cannot be locked", exc_info=True)

    def give_back(self) -> None:
        """Let others work on the folder."""
        with contextlib.suppress(OSError):
            self._lock.release(force=True)

    def take_again(self) -> None:
        """After the folder was deleted and made anew: the old lock is of a file that is gone."""
        self.give_back()
        self.take()

    def beat(self) -> None:
        """Show that the owner lives; does nothing if that was shown a moment ago."""
        if time.monotonic() - self._beaten > BEAT:
            self._beaten = time.monotonic()
            with contextlib.suppress(OSError):
                os.utime(self._folder.lock_file)


def is_locked(folder: RunFolder) -> bool:
    """Whether a process of this machine works on the folder at this moment. Makes no file."""
    if not folder.lock_file.exists():
        return False
    lock = filelock.FileLock(folder.lock_file, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
    lock.release()
    return False
