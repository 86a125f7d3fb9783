"""Options of the dataset that an architecture fills in: those that nobody has given. No torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from pydantic import ValidationError

from engine.architectures.base import Architecture
from engine.schema import COMPONENTS, Component

_EMPTY = (None, "", "auto")
"""What an option has that nobody has given."""


def wishes(architecture: Any) -> dict[str, Any]:
    """What an architecture, as plain data, fills into the dataset; nothing while it is invalid."""
    known = _class_of("architecture", architecture)
    if known is None:
        return {}
    try:
        return cast(Architecture, known.model_validate(architecture)).dataset_defaults()
    except ValidationError:
        return {}


def gaps(data: Any) -> dict[str, Any]:
    """The options of a recipe's dataset that nobody has given, with what its architecture wishes
    for them."""
    wished = wishes(data.get("architecture")) if isinstance(data, Mapping) else {}
    dataset = data.get("dataset") if wished else None
    known = _class_of("dataset", dataset)
    if known is None or not isinstance(dataset, Mapping):
        return {}
    return {
        name: value for name, value in wished.items()
        if name in known.model_fields and dataset.get(name) in _EMPTY
    }  # fmt: skip


def filled_in(data: Any, left: Mapping[str, Any] | None = None) -> Any:
    """A recipe as plain data, with the options that the architecture wishes for; without those in
    `left`, as long as the very same is wished for them."""
    kept = left or {}
    given = {n: value for n, value in gaps(data).items() if n not in kept or kept[n] != value}
    return {**data, "dataset": {**data["dataset"], **given}} if given else data


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
