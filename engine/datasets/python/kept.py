"""What a file returned last: a recipe is validated at every key, and a file runs for seconds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from engine.facts import Facts
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.datasets.python.apart import Loaded

LARGEST = 256_000_000
"""Bytes of data that wait for the training after the facts were asked for."""
_PATIENCE = 2.0
"""Seconds for which a failure holds: the data that a file reads may be mended."""
_KEPT = 16


class Kept:
    """Facts by file and options, and the data of the last run until somebody trains on it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._facts: OrderedDict[Hashable, Facts] = OrderedDict()
        self._failed: dict[Hashable, tuple[float, tuple[Problem, ...]]] = {}
        self._waiting: dict[Hashable, Loaded] = {}

    def facts(self, key: Hashable, make: Callable[[], Facts]) -> Facts:
        """The facts, made unless they are known. Raises the ProblemError of `make`."""
        with self._lock:
            if key not in self._facts:
                self._check_failed(key)
                try:
                    self._facts[key] = make()
                except ProblemError as error:
                    self._failed = {key: (self._clock(), error.problems)}
                    raise
            while len(self._facts) > _KEPT:
                self._facts.popitem(last=False)
            return self._facts[key]

    def _check_failed(self, key: Hashable) -> None:
        since, problems = self._failed.get(key, (0.0, ()))
        if problems and self._clock() - since < _PATIENCE:
            raise ProblemError(problems)

    def put(self, run: Hashable, loaded: Loaded) -> None:
        """Let data wait for the training; what waited before goes."""
        with self._lock:
            self._waiting = {run: loaded} if loaded.bytes <= LARGEST else {}

    def look(self, run: Hashable) -> Loaded | None:
        """The data that waits, if it is of this run; it stays."""
        return self._waiting.get(run)

    def take(self, run: Hashable) -> Loaded | None:
        """The data that waits, if it is of this run; whoever comes next makes it anew."""
        with self._lock:
            return self._waiting.pop(run, None)

    def note(self, key: Hashable, facts: Facts) -> None:
        """These are the facts by now."""
        with self._lock:
            self._facts[key] = facts


KEPT = Kept()
