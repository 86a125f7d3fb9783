"""Reading and replacing values of nested plain data by dotted paths such as `optimizer.lr`.

What is in a list is named by its place, counted from 0: `regularization.augmentation.1.degrees`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value at `path`, or None when a step of it does not exist."""
    found: Any = data
    for name in path.split("."):
        found = child(found, name)
    return found


def child(value: Any, name: str) -> Any:
    """What stands under a name of a mapping or at a place of a list; None where nothing does."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return None


def with_value(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of `data` with `value` at `path`; what is not on the path is shared, not copied."""
    name, _, rest = path.partition(".")
    return {**data, name: _with(data.get(name), rest, value) if rest else value}


def _with(inner: Any, path: str, value: Any) -> Any:
    """The same for what may be a list; a place that it does not have leaves it as it is."""
    if not isinstance(inner, list):
        return with_value(inner if isinstance(inner, Mapping) else {}, path, value)
    name, _, rest = path.partition(".")
    if not name.isdecimal() or int(name) >= len(inner):
        return inner
    place = int(name)
    changed = _with(inner[place], rest, value) if rest else value
    return [*inner[:place], changed, *inner[place + 1 :]]


def is_within(path: str, prefix: str) -> bool:
    """Whether `path` is `prefix`, an item of it (`prefix[1]`) or below it (`prefix.x`)."""
    return path == prefix or path.startswith((f"{prefix}[", f"{prefix}."))
