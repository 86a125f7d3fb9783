"""Options of the dataset that an architecture fills in: those that nobody has given. No torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from pydantic import ValidationError

from engine.architectures.base import Architecture
from engine.schema import COMPONENTS, Component

_EMPTY = (None, "")


def wishes(architecture: Any) -> dict[str, Any]:
    """What an architecture, as plain data, fills into the dataset; nothing while it is invalid."""
    known = _class_of("architecture", architecture)
    if known is None:
        return {}
    try:
        return cast(Architecture, known.model_validate(architecture)).dataset_defaults()
    except ValidationError:
        return {}


def filled_in(data: Any) -> Any:
    """A recipe as plain data, with the options that the architecture wishes for."""
    wished = wishes(data.get("architecture")) if isinstance(data, Mapping) else {}
    dataset = data.get("dataset") if wished else None
    known = _class_of("dataset", dataset)
    if known is None or not isinstance(dataset, Mapping):
        return data
    given = {
        name: value for name, value in wished.items()
        if name in known.model_fields and dataset.get(name) in _EMPTY
    }  # fmt: skip
    return {**data, "dataset": {**dataset, **given}}


def following(
    before: Mapping[str, Any], after: dict[str, Any], given: Collection[str] = ()
) -> dict[str, Any]:
    """`after`, without the options of its dataset that the architecture of `before` had filled in
    there and that are as they were, if the architecture of `after` wishes for something else.
    Those that somebody has `given` by name stay."""
    old, dataset = before.get("dataset"), after.get("dataset")
    if not isinstance(old, Mapping) or not isinstance(dataset, Mapping):
        return after
    known = _class_of("dataset", dataset)
    if known is None or old.get("name") != dataset.get("name"):
        return after
    wished, wanted = wishes(before.get("architecture")), wishes(after.get("architecture"))
    stale = {
        name: known.model_fields[name].default
        for name, value in wished.items()
        if name in known.model_fields and name not in given
        and known.model_fields[name].default in _EMPTY
        and wanted.get(name) != value and old.get(name) == value == dataset.get(name)
    }  # fmt: skip
    return {**after, "dataset": {**dataset, **stale}} if stale else after


def _class_of(kind: str, data: Any) -> type[Component] | None:
    """The component that plain data names; None if there is no such one."""
    name = data.get("name") if isinstance(data, Mapping) else None
    known = isinstance(name, str) and name in COMPONENTS.names(kind)
    return COMPONENTS.get(kind, str(name)) if known else None
