"""What may change in a recipe while its training runs; read off the declarations. No torch."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.problems import Problem, ProblemError, suggest
from engine.recipe import Recipe
from engine.schema import Component, Section, options_of


@dataclass(frozen=True)
class LiveEdit:
    """How an edited recipe differs from the one in training: `changes` can be applied at once,
    by path; `later` are the paths that wait for the next run."""

    changes: dict[str, Any]
    later: tuple[str, ...]


def live_paths(recipe: Recipe) -> tuple[str, ...]:
    """The paths that can be changed while this recipe trains."""
    return tuple(path for path in _live(recipe, "") if _has_effect(recipe, path))


def live_changes(now: Recipe, wanted: Recipe) -> LiveEdit:
    """What of an edited recipe can be applied to a training that runs with `now`."""
    before, after = flat(now.as_data()), flat(wanted.as_data())
    possible = set(live_paths(now)) & set(live_paths(wanted))
    changes: dict[str, Any] = {}
    later: list[str] = []
    for path in {**before, **after}:
        if path in ("name", "notes") or before.get(path, ...) == after.get(path, ...):
            continue
        if path in possible and not _of_another(path, before, after):
            changes[path] = after[path]
        else:
            later.append(path)
    return LiveEdit(changes, tuple(later))


def _of_another(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the option is one of a component that was exchanged: a rate that suits SGD is not
    meant for the Adam that trains."""
    name = f"{path.rpartition('.')[0]}.name"
    return before.get(name) != after.get(name)


def changed(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """The recipe with live options changed. ProblemError when one is not live or not valid."""
    allowed = live_paths(recipe)
    problems = [
        Problem(path, "This cannot be changed while training", suggest(path, allowed))
        for path in changes
        if path not in allowed
    ]
    if problems:
        raise ProblemError(problems)
    data = copy.deepcopy(recipe.as_data())
    for path, value in changes.items():
        *parents, name = path.split(".")
        holder = data
        for parent in parents:
            holder = holder[parent]
        holder[name] = value
    return Recipe.parse(data, whole=True)


def value_at(recipe: Recipe, path: str) -> Any:
    """The plain value of one option."""
    return flat(recipe.as_data())[path]


def flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested plain data as one mapping from dotted paths to values; lists are values."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        path = f"{prefix}{key}"
        found |= flat(value, f"{path}.") if isinstance(value, Mapping) else {path: value}
    return found


def _live(section: Section, prefix: str) -> Iterator[str]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from _live(value, f"{prefix}{name}.")
    if isinstance(section, Component) or prefix:
        yield from (f"{prefix}{name}" for name in _live_names(type(section)))


@cache
def _live_names(cls: type[Section]) -> tuple[str, ...]:
    """Asked for at every key typed while a training runs, so read off the declarations once."""
    return tuple(declared.name for declared in options_of(cls) if declared.live)


def _has_effect(recipe: Recipe, path: str) -> bool:
    """Epochs and steps decide one at a time; which of them does not change on the way."""
    if path == "training.epochs":
        return recipe.training.steps is None
    return path != "training.steps" or recipe.training.steps is not None
