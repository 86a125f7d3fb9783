"""Remembers what was read, so that validating a recipe at every key reads a file once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar, cast

from engine.problems import Problem, ProblemError

T = TypeVar("T")
LIMIT = 256_000_000
"""Bytes that are kept in all; what is larger by itself is not kept."""
_SMALL = 10_000
"""What anything without a size of its own is taken to weigh."""


@dataclass(frozen=True)
class _Failed:
    problems: tuple[Problem, ...]


class Memory:
    """The results of the last questions, problems too; what was asked for longest ago goes first.

    A question that is being answered on another thread is waited for. The same file with another
    size or time is another question: `source.Source` is part of every key.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._lock = RLock()
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer to `key`, made unless it is remembered. Raises the ProblemError of `make`."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found = self._kept[key][0]
            else:
                found = _outcome(make)
                self._keep(key, found)
        if isinstance(found, _Failed):
            raise ProblemError(found.problems)
        return cast(T, found)

    def _keep(self, key: Hashable, found: Any) -> None:
        weight = int(getattr(found, "bytes", 0)) + _SMALL
        if weight <= self._limit:
            self._kept[key] = found, weight
        while sum(weight for _, weight in self._kept.values()) > self._limit:
            self._kept.popitem(last=False)


def _outcome(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except ProblemError as error:
        return _Failed(error.problems)


MEMORY = Memory()
