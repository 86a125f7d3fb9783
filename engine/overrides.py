"""`key=value` on the command line, in Hydra's grammar, applied to a recipe's plain data.

What the options are and what type they have is read from the schema; nothing here knows a
component. Hydra itself is imported only when there is an override to read.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from engine.filling import following
from engine.problems import Problem, ProblemError, suggest
from engine.recipe import Recipe
from engine.schema import COMPONENTS, Component, Option, OptionType, Section, options_of
from engine.shorthands import chosen, listed, written_out

_FORM = re.compile(r"(?P<mark>~|\+\+|\+|)(?P<key>[^=]*)(?:=(?P<raw>.*))?", re.DOTALL)
_TEXTS = ("text", "path")
_GROUPS = ("component", "group", "mapping")
_HINTS: dict[OptionType, str] = {
    "int": "write a whole number",
    "float": "write a number such as 0.1 or 1e-4",
    "bool": "write true or false",
    "int_list": "write [64,32]",
    "float_list": "write [0.5,1]",
    "text_list": "write [a,b]",
    "component": "write the component's name",
    "mapping": "write {name: value}",
    "component_list": "write [one,{name: another,OPTION: VALUE}]",
}


def apply(data: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """A copy of a recipe's plain data with the overrides in it; it is not validated yet.

    Whatever their order, an override of a whole section comes before one of a part of it, so
    naming a component never undoes a value given beside it. What the recipe's architecture had
    filled into the dataset goes with it when another is asked for. Raises ProblemError with every
    override that cannot be read, and with what is wrong with the rest of the recipe.
    """
    if not isinstance(data, Mapping):
        raise ProblemError(Recipe.problems(data))
    draft = _Draft(copy.deepcopy(dict(data)))
    problems: list[Problem] = []
    parsed = list(_parse(overrides, problems))
    for override in sorted(parsed, key=lambda override: len(override.path)):
        try:
            draft.take(override)
        except ProblemError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemError([*problems, *_others(draft.data, problems)])
    given = [path[1] for path in (o.path for o in parsed) if path[0] == "dataset" and path[1:]]
    return following(data, draft.data, given)


def resolve(data: Any, overrides: Sequence[str], *, whole: bool = False) -> Recipe:
    """The validated recipe of this data, which may be `whole` as for `Recipe.parse`, with these
    overrides; ProblemError lists every problem."""
    return Recipe.parse(apply(data, overrides) if overrides else data, whole=whole)


def _others(data: dict[str, Any], known: list[Problem]) -> list[Problem]:
    """What else is wrong with the recipe, apart from what the unread overrides would have set."""
    places = {problem.path for problem in known}
    return [
        problem
        for problem in Recipe.problems(data)
        if not any(f"{problem.path}.".startswith(f"{place}.") for place in places)
    ]


# --- The written form ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Override:
    """One argument: where it goes, and what stands after the `=` (None when there is none)."""

    path: tuple[str, ...]
    raw: str | None
    remove: bool

    @property
    def key(self) -> str:
        return ".".join(self.path)


def _parse(overrides: Iterable[str], problems: list[Problem]) -> Iterable[_Override]:
    """Each argument split at its first `=`; what has no proper key becomes a problem."""
    from engine import grammar

    for text in overrides:
        form = _FORM.fullmatch(text)
        mark, key, raw = form.group("mark", "key", "raw") if form else ("", text, None)
        path = tuple(re.split(r"[./]", key))
        if raw is None and mark != "~":
            hint = "write KEY=VALUE, for example training.epochs=20"
            problems.append(Problem(text, "Is not an override: it has no '='", hint))
            continue
        try:
            grammar.check_key(key)
        except grammar.RefusedError as error:
            problems.append(Problem(key or text, "Is not a key", str(error).splitlines()[0]))
            continue
        if not all(path):
            problems.append(Problem(text, "Is not a key", "write KEY=VALUE"))
            continue
        whole_component = len(path) > 1 and path[-1] == "name" and mark != "~"
        yield _Override(path[:-1] if whole_component else path, raw, remove=mark == "~")


def _read(raw: str, option: Option | None, path: str) -> tuple[Any, Any]:
    """The value as plain data and as typed. `option` is None for a key that is not known."""
    from engine import grammar

    verbatim = option is None or option.type in _TEXTS
    if option is not None and option.type == "path" and raw.startswith("\\\\"):
        return raw, raw  # a Windows share: the grammar would read two backslashes as one
    try:
        value = grammar.read(raw)
    except grammar.RefusedError:
        if verbatim:
            return raw, raw
        hint = _HINTS.get(option.type, "") if option else ""
        raise ProblemError(Problem(path, f"The value {_short(raw)} cannot be read", hint)) from None
    if value.sweep and not verbatim:
        sentence = f"A sweep, {_short(raw)}, where one value belongs"
        hint = "train takes one value for each option; a sweep over several is not part of it"
        raise ProblemError(Problem(path, sentence, hint))
    return (raw, raw) if value.sweep else (value.plain, value.texts)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _fit(value: Any, typed: Any, option: Option | None) -> Any:
    """The value as this option wants it: for text the letters that were typed."""
    if option is None:
        return value
    if option.type in _TEXTS:
        scalar = value is None or isinstance(value, (bool, int, float))
        return str(typed) if scalar and not (value is None and option.nullable) else value
    if option.type == "text_list" and isinstance(value, list):
        return [_fit(*pair, Option("", "text", "")) for pair in zip(value, typed, strict=True)]
    return value


# --- The recipe while it is being changed ------------------------------------------------------


class _Draft:
    """A recipe's plain data, and the schema that says what may stand where."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def take(self, override: _Override) -> None:
        """Carry out one override, or raise ProblemError."""
        if override.remove:
            self._remove(override)
            return
        option = self._known_at_top(override)
        self._put(override.path, *_read(override.raw or "", option, override.key))

    def _known_at_top(self, override: _Override) -> Option | None:
        """The option an override is about; None if there is none (found when validating)."""
        _holder, section = self._holder(override.path)
        option = _option(section, override.path[-1])
        if len(override.path) == 1 and option is None:
            self._point_home(override.path[0])
        return option

    def _put(self, path: tuple[str, ...], value: Any, typed: Any) -> None:
        """Set one place; a mapping given for a section is merged into it key by key."""
        holder, section = self._holder(path)
        name, option = path[-1], _option(section, path[-1])
        if option is None or option.type not in _GROUPS:
            holder[name] = _fit(value, typed, option)
            return
        if not isinstance(value, dict):
            same = option.type == "component" and value == chosen(holder.get(name))
            holder[name] = holder.get(name) if same else value
            return
        rest = {str(key): (value[key], typed[key]) for key in value}
        if option.type == "component" and "name" in rest:
            self._put(path, *rest.pop("name"))
        self._enter(holder, section, name)
        for key, pair in rest.items():
            self._put((*path, key), *pair)

    def _remove(self, override: _Override) -> None:
        """Back to the default. `~key=value` insists, as in Hydra, that this is the value now."""
        scratch, name = _Draft(copy.deepcopy(self.data)), override.path[-1]
        option = scratch._known_at_top(override)
        holder, section = scratch._holder(override.path)
        if option is None:
            hint = suggest(name, [known.name for known in options_of(section)] if section else [])
            raise ProblemError(Problem(override.key, f"Unknown key {name!r}", hint))
        if override.raw is not None:
            given = _fit(*_read(override.raw, option, override.key), option)
            current = holder.get(name, option.default)
            if given not in (current, chosen(current)):
                sentence = f"Is {_short(str(current))}, not {_short(override.raw)}"
                hint = f"write ~{override.key} to go back to the default whatever it is"
                raise ProblemError(Problem(override.key, sentence, hint))
        if self._is_given(override.path):
            self._holder(override.path)[0].pop(name, None)

    def _is_given(self, path: tuple[str, ...]) -> bool:
        """Whether the recipe says anything on the way to this place: a part of a section that is
        off or left out is at its default already, and looking for it must not switch it on."""
        here: Any = self.data
        for name in path[:-1]:
            here = here.get(name) if isinstance(here, dict) else None
            if here is None or here is False:
                return False
            if not isinstance(here, dict):
                return True  # a shorthand, which is written out before the part is taken away
        return True

    def _holder(self, path: tuple[str, ...]) -> tuple[dict[str, Any], type[Section] | None]:
        """The mapping in which the last name of the path stands, and the class describing it."""
        holder: dict[str, Any] = self.data
        section: type[Section] | None = Recipe
        depth = 0
        while depth < len(path) - 1:
            option = _option(section, path[depth])
            if option is not None and option.type == "component_list":
                holder, section = self._one_of(holder, section, path, depth)
                depth += 2
                continue
            if option is not None and option.type not in _GROUPS:
                place, unknown = ".".join(path[: depth + 1]), path[depth + 1]
                hint = f"{place} is one value, not a set of options"
                raise ProblemError(Problem(".".join(path), f"Unknown key {unknown!r}", hint))
            holder, section = self._enter(holder, section, path[depth])
            depth += 1
        return holder, section

    def _enter(
        self, holder: dict[str, Any], section: type[Section] | None, name: str
    ) -> tuple[dict[str, Any], type[Section] | None]:
        """The mapping below `name`, made where there is none, and the class describing it."""
        option, below = _option(section, name), holder.get(name)
        if section is not None and option is not None:
            below = written_out(section, option, below)
            if below is None and option.type == "component":
                below = self._default(section, name)
        if below is None:
            below = {}
        elif not isinstance(below, dict):
            return {}, None  # nonsense stands here, and is reported when the recipe is checked
        holder[name] = below
        if option is None:
            return below, None
        if option.type == "mapping":
            return below, _read_options(section, name, holder)
        if option.component_kind is None:
            return below, option.group
        known = COMPONENTS.names(option.component_kind)
        name = chosen(below)
        return below, COMPONENTS.get(option.component_kind, name) if name in known else None

    def _one_of(
        self,
        holder: dict[str, Any],
        section: type[Section] | None,
        path: tuple[str, ...],
        depth: int,
    ) -> tuple[dict[str, Any], type[Section] | None]:
        """The mapping of one component of the list at `path[depth]`, and the class describing it.
        Which one is meant, counted from 0, is the next part of the path."""
        assert section is not None
        name, index = path[depth : depth + 2]
        steps = listed(section, name, holder.get(name))
        there = index.isdecimal() and int(index) < len(steps)
        if not there or len(path) == depth + 2 or not isinstance(steps[int(index)], dict):
            place = ".".join(path[: depth + 1])
            sentence = f"{place} is a list of {len(steps)}, whose options can be changed one by one"
            hint = f"write {place}.0.OPTION=VALUE, or the whole list: {place}=[NAME,NAME]"
            raise ProblemError(Problem(".".join(path), sentence, hint))
        holder[name] = steps
        below, kind = steps[int(index)], _option(section, name)
        assert kind is not None
        known = COMPONENTS.names(str(kind.component_kind))
        choice = chosen(below)
        cls = COMPONENTS.get(str(kind.component_kind), choice) if choice in known else None
        return below, cls

    def _default(self, section: type[Section], name: str) -> dict[str, Any]:
        """What a component section is when the recipe says nothing; empty when it must say it."""
        field = section.model_fields[name]
        if field.is_required():
            return {}
        try:
            default = field.get_default(call_default_factory=True, validated_data=self._dataset())
        except ProblemError:  # the dataset's facts cannot be had: said when the recipe is checked
            default = field.get_default(call_default_factory=True, validated_data={})
        return dict(default.model_dump(mode="json"))

    def _dataset(self) -> dict[str, Any]:
        """The validated dataset, on which other defaults depend; empty when it is not valid."""
        given = self.data.get("dataset")
        name = chosen(given)
        try:
            cls = COMPONENTS.get("dataset", str(name))
            return {"dataset": cls.model_validate(given if isinstance(given, dict) else {})}
        except (KeyError, ValidationError):
            return {}

    def _point_home(self, name: str) -> None:
        """Raise with the full path of an option that was given without its section, if any."""
        homes = [
            f"{section.name}.{option.name}"
            for section in options_of(Recipe)
            if section.type in _GROUPS
            for option in self._options_below(section)
            if option.name == name
        ]
        if homes:
            hint = f"did you mean {' or '.join(repr(home) for home in homes)}?"
            raise ProblemError(Problem(name, f"Unknown key {name!r}", hint))

    def _options_below(self, option: Option) -> list[Option]:
        scratch = _Draft(copy.deepcopy(self.data))
        _below, cls = scratch._enter(scratch.data, Recipe, option.name)
        return options_of(cls) if cls else []


def _read_options(
    section: type[Section] | None, name: str, holder: dict[str, Any]
) -> type[Section] | None:
    """The class that describes a mapping, as far as the other options say it."""
    if section is None or not issubclass(section, Component):
        return None
    return section.options_read(name, holder)


def _option(section: type[Section] | None, name: str) -> Option | None:
    """The option of that name, or None where there is none or nothing is known."""
    found = [option for option in options_of(section) if option.name == name] if section else []
    return found[0] if found else None
