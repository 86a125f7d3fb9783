"""Ends a person's own code that nobody waits for any more, though it never comes to an end."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Waiting = Callable[[], None]
"""Called again and again while code runs; raises when nobody waits for it any more."""

TICK = 0.05
"""Seconds between two of its calls."""


class CutShortError(BaseException):
    """Raised in the midst of the code; no exception that it would catch by mistake."""


class _Watch(threading.Thread):
    """Asks `waiting` until it raises, and then ends what the other thread does.

    Python raises there between two of its own instructions: code that waits within a library is
    ended only when it comes back from there.
    """

    def __init__(self, waiting: Waiting) -> None:
        super().__init__(name="own-code-watch", daemon=True)
        self._waiting = waiting
        self._other = threading.get_ident()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.reason: BaseException | None = None

    def run(self) -> None:
        """Watch until the code is over (thread's main loop)."""
        while not self._over.wait(TICK):
            if self.reason is None:
                self._ask()
            with self._lock:  # again and again: the code may swallow it
                if self.reason is not None and not self._over.is_set():
                    _raise_in(self._other, CutShortError)

    def _ask(self) -> None:
        try:
            self._waiting()
        except BaseException as error:
            self.reason = error

    def end(self) -> None:
        """The code is over; what was to be raised in it is not raised behind it."""
        with self._lock:
            self._over.set()
            if self.reason is not None:
                _raise_in(self._other, None)
        self.join()


@contextmanager
def interruptible(waiting: Waiting) -> Iterator[None]:
    """The block ends with what `waiting` raises, at the latest when Python runs again in it."""
    watch = _Watch(waiting)
    watch.start()
    try:
        yield
    except CutShortError:
        pass
    finally:
        watch.end()
    if watch.reason is not None:  # also where the code has swallowed it, and come to its end
        raise watch.reason


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Have an exception raised in another thread, or no more; see the C API of Python,
    `PyThreadState_SetAsyncExc`."""
    wanted = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), wanted)
