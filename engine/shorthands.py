"""Short ways of writing parts of a recipe, as the mappings that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from pydantic import BeforeValidator

from engine.schema import COMPONENTS, ListOf, Option, Section


def chosen(value: Any) -> Any:
    """The component's name in either way of writing one: `sgd` or `{name: sgd, ...}`."""
    return value.get("name") if isinstance(value, Mapping) else value


def named(kind: str, value: Any) -> Any:
    """A component in either way of writing one, as a mapping; of another name of it (`lstm`) the
    mapping that it stands for. What is neither stays as it is."""
    given = dict(value) if isinstance(value, Mapping) else {"name": value}
    name = given.get("name")
    if not isinstance(name, str):
        return value
    meant = COMPONENTS.meant_by(kind, name)
    return given if meant is None else {**meant, **given, "name": meant["name"]}


def written_out(section: type[Section], option: Option, value: Any) -> Any:
    """A shorthand (`optimizer: sgd`, `early_stopping: 5`) as the mapping it stands for."""
    if option.type == "component" and isinstance(value, str | dict):
        return named(str(option.component_kind), value)
    if isinstance(value, dict):
        return value
    before = [
        item for item in section.model_fields[option.name].metadata
        if isinstance(item, BeforeValidator)
    ]  # fmt: skip
    for item in before:
        value = cast(Callable[[Any], Any], item.func)(value)
    return value


def listed(section: type[Section], name: str, value: Any) -> list[Any]:
    """A list of components as the mappings it stands for, in any way of writing one; empty where
    nonsense stands, which is reported when the recipe is checked."""
    (marker,) = [
        item for item in section.model_fields[name].metadata if isinstance(item, ListOf)
    ]  # fmt: skip
    steps = marker.read(value)
    if not isinstance(steps, list | tuple):
        return []
    return [dict(step) if isinstance(step, Mapping) else step for step in steps]
