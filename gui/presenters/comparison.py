"""A recipe under edit beside what was opened or saved: what differs, and what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gui.presenters import declared
from gui.presenters.dotted import child, value_at

Data = Mapping[str, Any]


class Comparison:
    """Compares two states that their owner gives, the present one and the opened one."""

    def __init__(self, now: Callable[[], Data], then: Callable[[], Data]) -> None:
        self._now = now
        self._then = then

    @property
    def then(self) -> Data:
        """The whole of what was opened."""
        return self._then()

    def value(self, path: str) -> Any:
        """What the field was when opened; the declared default if it was not there."""
        before = self._path_then(path)
        return self.default(path) if before is None else value_at(self._then(), before)

    def default(self, path: str) -> Any:
        """The declared default of the option at `path`."""
        option = declared.option_at(self._now(), path)
        return option.default if option else None

    def differs(self, path: str) -> bool:
        """Whether the value at `path` is another one now."""
        return bool(declared.value_in(self._now(), path) != self.value(path))

    def other_choice(self, path: str) -> str:
        """The component that stood at `path`, if another one stands there now."""
        before = self.value(path)
        name = before.get("name") if isinstance(before, Mapping) else None
        now = value_at(self._now(), f"{path}.name")
        return str(name) if name is not None and name != now else ""

    def _path_then(self, path: str) -> str | None:
        """Where the opened recipe had this very option, below the same components; None where it
        did not. What was moved in a list is found by its name."""
        *parents, name = path.split(".")
        now: Any = self._now()
        then: Any = self._then()
        walked = []
        for parent in parents:
            place = _same_place(now, then, parent) if isinstance(now, list) else parent
            if place is None:
                return None
            walked.append(place)
            now, then = child(now, parent), child(then, place)
            if _name_of(now) != _name_of(then):
                return None
        if isinstance(now, list):
            return None
        there = isinstance(then, Mapping) and name in then
        return ".".join([*walked, name]) if there else None


def _same_place(now: list[Any], then: Any, place: str) -> str | None:
    """Where the component at a place of one list stands in the other: the first, second ... one of
    its name."""
    if not isinstance(then, list) or not place.isdecimal() or int(place) >= len(now):
        return None
    name = _name_of(now[int(place)])
    before = sum(_name_of(step) == name for step in now[: int(place)])
    places = [index for index, step in enumerate(then) if _name_of(step) == name]
    return str(places[before]) if before < len(places) else None


def _name_of(value: Any) -> Any:
    return value.get("name") if isinstance(value, Mapping) else None
