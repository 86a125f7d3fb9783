"""What the schema declares at a dotted path of a recipe's plain data: class, option, default."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from engine.facts import Facts
from engine.recipe import Recipe
from engine.schema import COMPONENTS, Component, Option, Section
from engine.schema import options_of as read_options
from engine.wording import counted, unit_of
from gui import texts
from gui.presenters.dotted import value_at


@cache
def options_of(cls: type[Section]) -> tuple[Option, ...]:
    """The options of a section or component; asked for at every key typed, so read once."""
    return tuple(read_options(cls))


def class_at(data: Mapping[str, Any], path: str) -> type[Section] | None:
    """The section or component class at `path` ("" for the recipe itself), None if unknown."""
    owner: type[Section] | None = Recipe
    listed: Option | None = None
    walked: list[str] = []
    for name in path.split(".") if path else ():
        walked.append(name)
        value = value_at(data, ".".join(walked))
        if listed is not None:  # the name is a place in a list
            owner, listed = _class_of(listed, value), None
            continue
        option = _own_option(owner, name)
        if option is not None and option.type == "mapping":
            owner = _read_by(owner, name, value_at(data, ".".join(walked[:-1])))
        else:
            owner = _class_of(option, value)
        listed = option if option is not None and option.type == "component_list" else None
    return owner


def component_at(data: Mapping[str, Any], path: str) -> type[Component] | None:
    """The class of the component chosen at `path`, None when the choice is not known."""
    found = class_at(data, path)
    return found if found is not None and issubclass(found, Component) else None


def option_at(data: Mapping[str, Any], path: str) -> Option | None:
    """The declaration of the option at `path`, None if there is none."""
    parent, _, name = path.rpartition(".")
    return _own_option(class_at(data, parent), name)


def value_in(data: Mapping[str, Any], path: str) -> Any:
    """The value at `path`; of an option that is read from a file its default, where none is
    given."""
    found = value_at(data, path)
    parent, _, name = path.rpartition(".")
    holder = value_at(data, parent) if found is None and parent else None
    if not isinstance(holder, Mapping) or name in holder or not is_read(data, parent):
        return found
    option = option_at(data, path)
    return option.default if option is not None else None


def is_read(data: Mapping[str, Any], path: str) -> bool:
    """Whether the options at `path` are read from a person's own file."""
    option = option_at(data, path)
    return option is not None and option.type == "mapping"


def choices_at(data: Mapping[str, Any], path: str) -> tuple[type[Component], ...]:
    """The components that can be chosen at `path`."""
    option = option_at(data, path)
    kind = option.component_kind if option else None
    return COMPONENTS.classes(kind) if kind else ()


def defaults_of(cls: type[Section]) -> dict[str, Any]:
    """Every option's default as plain data, without a component's `name`."""
    return {option.name: option.default for option in options_of(cls)}


def words_of(cls: type[Component]) -> str:
    """What a component is found by beside its names: its help, its options and theirs."""
    said = [cls.summary()]
    for option in options_of(cls):
        said += [option.name, texts.title(option.name), option.help]
    return "\n".join(said)


def component_data(kind: str, name: str) -> dict[str, Any]:
    """A component with all its defaults, as plain data."""
    return {"name": name, **defaults_of(COMPONENTS.get(kind, name))}


def filled(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A component as plain data, with the defaults of what is not given."""
    name = str(given.get("name"))
    known = name in COMPONENTS.names(kind)
    return {**(component_data(kind, name) if known else {}), **given}


def value_when_on(option: Option) -> Any:
    """What an option that may be empty starts from when it is switched on."""
    if option.group is not None:
        return defaults_of(option.group) | (option.typical or {})
    if option.typical is not None:
        return option.typical
    if option.type == "int":
        return int(option.ge if option.ge is not None else 1)
    return {"float": 1.0, "bool": True}.get(option.type, "")


def summary(data: Mapping[str, Any], path: str) -> str:
    """A section's options in one line, for its folded card: `learning rate 0.003, cosine`.

    What the picker beside it says is left out; "defaults" or "none" when nothing is left.
    """
    cls, values = class_at(data, path), value_at(data, path)
    if cls is None or not isinstance(values, Mapping):
        return ""
    said = [part for option in options_of(cls) if (part := _said(option, values, data, path))]
    return ", ".join(said) or ("defaults" if issubclass(cls, Component) else "none")


def _said(option: Option, values: Mapping[str, Any], data: Mapping[str, Any], path: str) -> str:
    """One option in a summary, or nothing: only what differs from the declaration is told."""
    value = values.get(option.name)
    if option.type == "component":
        chosen = component_at(data, f"{path}.{option.name}")
        default = option.default.get("name") if isinstance(option.default, Mapping) else None
        current = value.get("name") if isinstance(value, Mapping) else None
        return chosen.title.lower() if chosen is not None and current != default else ""
    if value == option.default and option.name not in _ALWAYS_TOLD:
        return ""
    if option.type == "component_list":
        return ", ".join(step_words(step, option.component_kind or "") for step in value or ())
    if option.type == "group":
        return texts.title(option.name)
    if option.type == "mapping":
        given = value.items() if isinstance(value, Mapping) else ()
        return ", ".join(f"{texts.title(key)} {texts.plain(each)}" for key, each in given)
    if option.name in _TOLD_WITH_UNIT:
        return f"{texts.plain(value)} {unit_of(option.unit, value)}"
    return f"{texts.title(option.name)} {texts.plain(value)}"


def step_words(step: Any, kind: str) -> str:
    """One of a list of components at a glance: its title and first number, `rotate 10°`."""
    name = step.get("name") if isinstance(step, Mapping) else step
    if not isinstance(step, Mapping) or name not in COMPONENTS.names(kind):
        return str(name)
    cls = COMPONENTS.get(kind, str(name))
    told = [option for option in options_of(cls) if is_essential(option)]
    said = f" {amount(step.get(told[0].name), told[0])}" if told else ""
    return f"{cls.title.lower()}{said}"


def is_essential(option: Option) -> bool:
    """Whether an option of a component in a list says what the component does."""
    return not option.advanced and option.name not in _SELDOM_TOLD


def amount(value: Any, option: Option) -> str:
    """A value with its unit: `10°`, `2 pixels`."""
    sign = _SIGNS.get(option.unit, f" {unit_of(option.unit, value)}" if option.unit else "")
    return f"{texts.plain(value)}{sign}"


def facts_line(facts: Facts) -> str:
    """A dataset in one line: `1,797 images 8×8, 10 classes`."""
    if facts.kind == "image":
        channels, *sides = facts.shape
        kind = "image" if channels == 1 else "colour image"
        inputs = f"{counted(facts.samples, kind)} {'×'.join(map(str, sides))}"
    elif facts.task == "tokens":
        length, known = counted(facts.shape[0], "token"), counted(facts.vocabulary, "kind")
        return f"{counted(facts.samples, 'window')} of {length}, {known}"
    elif facts.kind == "text":
        length = counted(facts.shape[0], "token")
        inputs = f"{counted(facts.samples, 'text')} of up to {length}"
    elif facts.kind == "series":
        window, channels = facts.shape
        size = f"{counted(window, 'step')}, {counted(channels, 'channel')}"
        inputs = f"{counted(facts.samples, 'window')} of {size}"
    else:
        inputs = f"{counted(facts.samples, 'row')} of {counted(facts.inputs, 'number')}"
    noun = {"classes": "class", "multilabel": "label"}.get(facts.task, "target")
    return f"{inputs}, {counted(len(facts.targets), noun)}"


_ALWAYS_TOLD = {"lr", "epochs", "hidden", "channels"}
_TOLD_WITH_UNIT = {"epochs", "steps"}
_SELDOM_TOLD = {"p"}
_SIGNS = {"degrees": "°"}


def _own_option(owner: type[Section] | None, name: str) -> Option | None:
    options = options_of(owner) if owner is not None else ()
    return next((option for option in options if option.name == name), None)


def _read_by(owner: type[Section] | None, name: str, values: Any) -> type[Section] | None:
    if owner is None or not issubclass(owner, Component) or not isinstance(values, Mapping):
        return None
    return owner.options_read(name, values)


def _class_of(option: Option | None, value: Any) -> type[Section] | None:
    if option is None:
        return None
    if option.component_kind is not None:
        name = value.get("name") if isinstance(value, Mapping) else None
        known = name in COMPONENTS.names(option.component_kind)
        return COMPONENTS.get(option.component_kind, str(name)) if known else None
    return option.group
