"""Undo and redo over immutable states; consecutive edits of one thing are one step."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

S = TypeVar("S")
LIMIT = 200


class History(Generic[S]):
    """States that can be gone back to. The current state itself is kept by the owner."""

    def __init__(self) -> None:
        self._undo: deque[tuple[S, str]] = deque(maxlen=LIMIT)
        self._redo: deque[tuple[S, str]] = deque(maxlen=LIMIT)
        self._open_key: str | None = None

    @property
    def undo_what(self) -> str:
        """What undo would take back; empty when there is nothing."""
        return self._undo[-1][1] if self._undo else ""

    @property
    def redo_what(self) -> str:
        """What redo would do again; empty when there is nothing."""
        return self._redo[-1][1] if self._redo else ""

    def remember(self, before: S, what: str, merge_key: str | None = None) -> None:
        """A change is about to be made. Changes with equal keys in a row are one step."""
        merges = merge_key is not None and merge_key == self._open_key
        if not merges:
            self._undo.append((before, what))
        self._redo.clear()
        self._open_key = merge_key

    def seal(self) -> None:
        """The next change begins a new step, whatever it is."""
        self._open_key = None

    def undo(self, current: S) -> S:
        """The state before the last step; `current` is kept for redo."""
        return self._move(self._undo, self._redo, current)

    def redo(self, current: S) -> S:
        """The state after the step that was taken back last."""
        return self._move(self._redo, self._undo, current)

    def clear(self) -> None:
        """Forget everything."""
        self._undo.clear()
        self._redo.clear()
        self._open_key = None

    def _move(self, source: deque[tuple[S, str]], target: deque[tuple[S, str]], current: S) -> S:
        self._open_key = None
        if not source:
            return current
        state, what = source.pop()
        target.append((current, what))
        return state
