"""Everything about training; knows no widget. `from engine import Recipe, train` is all a script
needs. Importing this package imports neither torch nor Qt."""

from __future__ import annotations

import builtins
import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.api import TrainingFailedError as TrainingFailedError
    from engine.api import train as train
    from engine.problems import Problem as Problem
    from engine.problems import ProblemError as ProblemError
    from engine.recipe import Recipe as Recipe

_HOMES = {
    "Problem": "engine.problems",
    "ProblemError": "engine.problems",
    "Recipe": "engine.recipe",
    "TrainingFailedError": "engine.api",
    "train": "engine.api",
}
__all__ = ["Problem", "ProblemError", "Recipe", "TrainingFailedError", "train"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def _finish_importing_pydantic() -> None:
    """Complete a pydantic that was only begun before PySide6 came.

    Pydantic loads its parts on first use. PySide6 replaces the import function with one that
    looks into every new module, which sends pydantic's remaining parts round in a circle. They
    load with Python's own import function; pydantic before or after PySide6 as a whole is fine.
    """
    begun = "pydantic" in sys.modules and "pydantic._internal._validators" not in sys.modules
    if not begun or "shiboken6" not in sys.modules:
        return
    replaced, builtins.__import__ = builtins.__import__, importlib.__import__
    try:
        importlib.import_module("pydantic._internal._validators")
    finally:
        builtins.__import__ = replaced


_finish_importing_pydantic()
