"""How a recipe under edit differs from the one in training, told by what can be applied now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from engine.live import LiveEdit, live_changes
from engine.recipe import Recipe
from gui import texts
from gui.presenters.dotted import is_within

When = Literal["", "now", "next"]
"""When an edit takes effect: nothing was edited, at once, or with the next run."""

NO_EDIT = LiveEdit({}, ())

_NAMED = 3
"""So many fields are called by name in one sentence; the rest is counted."""


def edit_between(now: Recipe, wanted: Recipe) -> LiveEdit:
    """The differences. A component that was chosen anew, or a group that was switched on or off,
    waits for the next run as one thing, with all that is in it."""
    edit = live_changes(now, wanted)
    chosen = [path.removesuffix(".name") for path in edit.later if path.endswith(".name")]
    later = _outermost([*chosen, *edit.later])
    changes = {
        path: value
        for path, value in edit.changes.items()
        if not any(is_within(path, waiting) for waiting in later)
    }
    return LiveEdit(changes, later)


def when(edit: LiveEdit, path: str) -> When:
    """When the edit of one field, picker or group takes effect."""
    return "now" if path in edit.changes else "next" if path in edit.later else ""


def names(paths: Iterable[str]) -> str:
    """`learning rate, dropout`; of many only the first few by name."""
    called = [texts.title(path.rpartition(".")[2]) for path in paths]
    shown, rest = called[:_NAMED], len(called) - _NAMED
    if rest == 1:
        shown, rest = called, 0
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def _outermost(paths: list[str]) -> tuple[str, ...]:
    """The paths that are not within another of them, each once."""
    return tuple(
        path
        for path in dict.fromkeys(paths)
        if not any(path != other and is_within(path, other) for other in paths)
    )
