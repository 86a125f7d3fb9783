"""Options and components in words, for the terminal and the reference pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.recipe import Recipe
from engine.schema import COMPONENTS, Component, Option, Section, options_of

_TYPES = {
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "text": "text",
    "path": "path",
    "int_list": "list of whole numbers",
    "float_list": "list of numbers",
    "text_list": "list of texts",
    "group": "set of options",
    "mapping": "options by name",
}
_BOUNDS = (("ge", "at least"), ("gt", "greater than"), ("le", "at most"), ("lt", "less than"))


@dataclass(frozen=True)
class Described:
    """One component, or a section that has no choice of components (training)."""

    kind: str
    name: str
    title: str
    help: str
    options: tuple[Option, ...]

    def as_json(self) -> dict[str, object]:
        """Plain JSON types."""
        options = [option.as_json() for option in self.options]
        return {**self.__dict__, "options": options}


def described(kind: str | None = None) -> list[Described]:
    """Every component of a kind, or of all kinds, in the order of a recipe's sections."""
    return [entry for each in ([kind] if kind else kinds()) for entry in _of_kind(each)]


def kinds() -> tuple[str, ...]:
    """The sections of a recipe, then the kinds that stand inside one or beside it."""
    sections = [
        option.name for option in options_of(Recipe) if option.type in ("component", "group")
    ]
    others = [kind for kind in COMPONENTS.kinds() if kind not in sections]
    return (*sections, *others)


def _of_kind(kind: str) -> list[Described]:
    classes = COMPONENTS.classes(kind)
    if classes:
        return [
            _describe(cls, name) for cls, name in zip(classes, COMPONENTS.names(kind), strict=True)
        ]
    group = Recipe.model_fields[kind].annotation
    assert isinstance(group, type)
    assert issubclass(group, Section)
    summary = (group.__doc__ or "").strip().split("\n", 1)[0]
    return [Described(kind, kind, kind.capitalize(), summary, tuple(options_of(group)))]


def _describe(cls: type[Component], name: str) -> Described:
    return Described(cls.kind, name, cls.title, cls.summary(), tuple(options_of(cls)))


def option_type(option: Option) -> str:
    """`number, greater than 0, at most 1000` or `one of relu, gelu`."""
    if option.type == "choice":
        words = f"one of {', '.join(str(choice) for choice in option.choices)}"
    elif option.choices:
        words = f"list of any of {', '.join(str(choice) for choice in option.choices)}"
    elif option.type == "component":
        words = f"a {option.component_kind}"
    elif option.type == "component_list":
        words = f"list of {option.component_kind} components, in their order"
    else:
        words = _TYPES[option.type]
    values = ((word, getattr(option, bound)) for bound, word in _BOUNDS)
    bounds = [f"{word} {number(value)}" for word, value in values if value is not None]
    if option.type in ("int_list", "float_list") and bounds:
        bounds = [f"each {' and '.join(bounds)}"]
    return ", ".join([words, *bounds]) + (", or null" if option.nullable else "")


def with_groups(options: Iterable[Option], prefix: str = "") -> Iterator[tuple[str, Option]]:
    """Every option with its dotted path below the component, a group's own options after it."""
    for option in options:
        yield prefix + option.name, option
        if option.group is not None:
            yield from with_groups(options_of(option.group), f"{prefix}{option.name}.")


def option_default(option: Option) -> str:
    """The default as it is written in YAML; `required` when there is none."""
    if option.required:
        return "required"
    value = option.default
    if option.type == "component" and isinstance(value, dict):
        return str(value["name"])
    if option.type == "group" and value is not None:
        return "see below"
    if option.name == "loss" and value is None:
        return "by the dataset's task"
    if isinstance(value, str) and value:
        return value
    return number(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """`0.001`, `1e-08`, `1000000`: no trailing zeros, whole numbers whole."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
