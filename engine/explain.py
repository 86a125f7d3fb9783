"""Pydantic's errors as problems: the place as a dotted path, one sentence, a hint."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.problems import Problem, suggest
from engine.schema import COMPONENTS, ListOf, OneOf
from engine.wording import own_words

MANY = 24
"""Choices of more than these are not all named to who has misspelt one."""
_SENTENCES = {
    "missing": "is missing",
    "greater_than": "must be greater than {gt}, not {shown}",
    "greater_than_equal": "must be at least {ge}, not {shown}",
    "less_than": "must be less than {lt}, not {shown}",
    "less_than_equal": "must be at most {le}, not {shown}",
    "finite_number": "must be a finite number, not {shown}",
    "int_type": "must be a whole number, not {shown}",
    "int_from_float": "must be a whole number, not {shown}",
    "float_type": "must be a number, not {shown}",
    "bool_type": "must be true or false, not {shown}",
    "string_type": "must be text, not {shown}",
    "tuple_type": "must be a list, not {shown}",
    "model_type": "must be a set of named options, not {shown}",
    "model_attributes_type": "must be a set of named options, not {shown}",
    "dict_type": "must be a set of named options, not {shown}",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "cannot be {shown}",
}
_HINTS = {
    "missing": "add it",
    "tuple_type": "write [64, 32]",
    "bool_type": "write true or false",
    "finite_number": "nan and inf are refused everywhere",
    "literal_error": "choose {expected}",
}


def explain(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """One problem for each thing wrong; `model` is the class whose validation failed."""
    problems: list[Problem] = []
    for detail in error.errors(include_url=False):
        context = detail.get("ctx", {})
        if detail["type"] == "conflict":
            problems.extend(context["problems"])
        elif detail["type"] == "default_factory_not_called":
            continue  # a default that depends on the dataset, whose own problem is in the list
        else:
            problems.append(_problem(detail, model))
    return problems


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    names, owner = _walk(detail["loc"], model)
    path = ".".join(names) or "recipe"
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = list(owner.model_fields) if owner else []
        return Problem(path, f"Unknown key {names[-1]!r}", suggest(names[-1], known))
    if kind.startswith("union_tag"):
        return _unknown_component(path, detail, owner, names)
    shown = _shown(detail["input"])
    values = {"shown": shown, **context}
    sentence = _SENTENCES.get(kind, "").format(**values) or own_words(detail["msg"])
    is_list = kind == "tuple_type" and _component_kind(owner, names[-1])
    hint = "write [one, {name: another}]" if is_list else _HINTS.get(kind, "").format(**values)
    hint = str(context.get("hint", "")) or _of_many(detail) or hint
    return Problem(path, sentence[:1].upper() + sentence[1:], hint)


def _of_many(detail: ErrorDetails) -> str:
    """The nearest of more choices than anyone would read; "" where they are few, or none is."""
    choices = re.findall("'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
    if detail["type"] != "literal_error" or len(choices) <= MANY:
        return ""
    near = suggest(str(detail["input"]), choices)
    return near or f"choose one of the {len(choices)} that main.py components lists"


def _unknown_component(
    path: str, detail: ErrorDetails, owner: type[BaseModel] | None, names: list[str]
) -> Problem:
    named = [name for name in names if not name.isdigit()]
    kind = _component_kind(owner, named[-1]) if owner and named else None
    known = COMPONENTS.names(kind) if kind else ()
    if detail["type"] == "union_tag_not_found":
        return Problem(path, f"Says not which {kind} it is", f"add name: one of {', '.join(known)}")
    tag = str(detail.get("ctx", {}).get("tag", ""))
    return Problem(path, f"Unknown {kind} {tag!r}", suggest(tag, known))


def _walk(loc: tuple[int | str, ...], model: type[BaseModel]) -> tuple[list[str], type[BaseModel]]:
    """The user's path for pydantic's location, and the class that owns its last name.

    Pydantic puts the chosen component's name into the location; the user never wrote it there.
    """
    names: list[str] = []
    owner: type[BaseModel] | None = model
    last_owner = model
    steps = iter(loc)
    for step in steps:
        if isinstance(step, int):
            if names:
                names[-1] += f"[{step}]"
            continue
        names.append(step)
        if owner is None:
            continue
        last_owner, field = owner, owner.model_fields.get(step)
        kind = _component_kind(owner, step)
        if kind is not None:
            tag = next(steps, None)
            if isinstance(tag, int):  # which of a list of components
                names.append(str(tag))
                tag = next(steps, None)
            owner = COMPONENTS.get(kind, str(tag)) if tag in COMPONENTS.names(kind) else None
        else:
            owner = _section(field.annotation) if field else None
    return names, last_owner


def _component_kind(owner: type[BaseModel], name: str) -> str | None:
    field = owner.model_fields.get(name)
    markers = [item for item in field.metadata if isinstance(item, OneOf | ListOf)] if field else []
    return markers[0].kind if markers else None


def _section(annotation: Any) -> type[BaseModel] | None:
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    for candidate in candidates:
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
