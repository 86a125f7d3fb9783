"""Reading and replacing values of nested plain data by dotted paths such as `optimizer.lr`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value at `path`, or None when a step of it does not exist."""
    found: Any = data
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def with_value(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of `data` with `value` at `path`; what is not on the path is shared, not copied."""
    name, _, rest = path.partition(".")
    if not rest:
        return {**data, name: value}
    inner = data.get(name)
    return {**data, name: with_value(inner if isinstance(inner, Mapping) else {}, rest, value)}


def is_within(path: str, prefix: str) -> bool:
    """Whether `path` is `prefix`, an item of it (`prefix[1]`) or below it (`prefix.x`)."""
    return path == prefix or path.startswith((f"{prefix}[", f"{prefix}."))
