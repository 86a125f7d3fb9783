"""A recipe under edit beside what was opened or saved: what differs, and what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gui.presenters import declared
from gui.presenters.dotted import value_at

Data = Mapping[str, Any]


class Comparison:
    """Compares two states that their owner gives, the present one and the opened one."""

    def __init__(self, now: Callable[[], Data], then: Callable[[], Data]) -> None:
        self._now = now
        self._then = then

    def value(self, path: str) -> Any:
        """What the field was when opened; the declared default if it was not there."""
        return value_at(self._then(), path) if self._was_there(path) else self.default(path)

    def default(self, path: str) -> Any:
        """The declared default of the option at `path`."""
        option = declared.option_at(self._now(), path)
        return option.default if option else None

    def differs(self, path: str) -> bool:
        """Whether the value at `path` is another one now."""
        return bool(value_at(self._now(), path) != self.value(path))

    def other_choice(self, path: str) -> str:
        """The component that stood at `path`, if another one stands there now."""
        before = self.value(path)
        name = before.get("name") if isinstance(before, Mapping) else None
        now = value_at(self._now(), f"{path}.name")
        return str(name) if name is not None and name != now else ""

    def _was_there(self, path: str) -> bool:
        """Whether the opened recipe had this very option: the same components above it."""
        *parents, name = path.split(".")
        now, then = self._now(), self._then()
        for parent in parents:
            now, then = now.get(parent, {}) or {}, then.get(parent, {}) or {}
            if now.get("name") != then.get("name"):
                return False
        return name in then
