"""Own code beside a training: it might draw from the same random numbers, so one waits for the
other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from engine.interrupting import Waiting, interruptible
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.endings import is_training

T = TypeVar("T")
_LOOKING = threading.Lock()
_PATIENCE = 0.05


def looked_at(recipe: Recipe, look: Callable[[Recipe], T], waiting: Waiting) -> T:
    """What `look` finds of a recipe whose network may be own code, on a thread that trains nothing.

    Raises ProblemError while a training is under way, and what `waiting` raises: code that never
    ends is ended so.
    """
    if not recipe.architecture.own_code():
        return look(recipe)
    with _LOOKING, interruptible(waiting):
        check_none(recipe)
        return look(recipe)


def check_none(recipe: Recipe) -> None:
    """Raise ProblemError when a training is under way beside which own code must not run."""
    if recipe.architecture.own_code() and is_training():
        sentence = (
            "Own code does not run beside a training, from whose random numbers it might draw"
        )
        raise ProblemError(Problem("architecture.path", sentence, "wait until it is over"))


def wait_for_looks(waiting: Waiting) -> None:
    """For a training that begins: wait until nobody looks any more, or `waiting` raises."""
    while not _LOOKING.acquire(timeout=_PATIENCE):
        waiting()
    _LOOKING.release()
