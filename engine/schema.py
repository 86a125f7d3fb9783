"""What a component is: one typed, documented, bounded class, from which everything else follows.

The form in the window, the YAML, the command-line override, the error messages, the JSON Schema
and the reference pages are all read from these declarations. Imports neither torch nor Qt.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticUndefined, core_schema

from engine.problems import Problem

Scale = Literal["linear", "log"]
ENTRY_POINT_GROUP = "trainboard.components"


class Section(BaseModel):
    """A group of settings: immutable, closed to unknown keys, strict about types, finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Component(Section):
    """One choice inside a section. Subclasses narrow `name` to a Literal and add `build()`.

    The first line of the class docstring is the help that the window and the reference show.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    also: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Other names under which it is asked for, and the options that each stands for."""
    name: str

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Problems of this choice beside the rest of the recipe; `recipe` is a whole `Recipe`."""
        yield from ()

    def own_code(self) -> str:
        """The path of the user's own file of Python that this choice runs; "" for none."""
        return ""

    @classmethod
    def options_read(cls, name: str, values: Mapping[str, Any]) -> SectionClass | None:
        """The options that stand in the mapping `name`, where the other `values` of the choice say
        what these are; None where they cannot be told."""
        return None

    @classmethod
    def summary(cls) -> str:
        """The first sentence of the docstring."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0]


FOUND = "found by itself"
"""What `empty` says where a value that is not given is read from the data."""


def option(
    default: Any = ...,
    help: str = "",
    *,
    unit: str = "",
    scale: Scale = "linear",
    advanced: bool = False,
    typical: Any = None,
    live: bool = False,
    empty: str = "",
    **bounds: Any,
) -> Any:
    """Declare one option: its default, bounds (`ge gt le lt`), help sentence, unit and scale.

    `advanced` options are folded away behind "more" in the window; `typical` is the value that
    a form starts from when an option that may be empty is switched on; `live` options can be
    changed while a training runs; `empty` says in a word or two what a form shows in the place
    of a value that is not given.
    """
    extra: dict[str, Any] = {"unit": unit, "scale": scale, "advanced": advanced, "live": live}
    extra |= {} if typical is None else {"typical": typical}
    extra |= {"empty": empty} if empty else {}
    return Field(default, description=help, json_schema_extra=extra, **bounds)


def _to_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


PositiveInt = Annotated[int, Field(ge=1, le=65_536)]
Sizes = Annotated[tuple[PositiveInt, ...], BeforeValidator(_to_tuple)]
"""A list of whole numbers from 1 to 65,536: hidden sizes, channels."""

Item = TypeVar("Item")
AsTuple = Annotated[tuple[Item, ...], BeforeValidator(_to_tuple)]
"""A list of anything, which YAML and JSON have no tuples for."""


@dataclass(frozen=True)
class IsPath:
    """Annotation: this text is a path, empty until one is chosen. (A `Path` cannot be empty.)"""

    folder: bool = False
    """Whether it is that of a folder, not of a file."""


# --- The registry ------------------------------------------------------------------------------


class Registry:
    """The components by kind and name, in the order in which they were declared."""

    def __init__(self) -> None:
        self._classes: dict[str, dict[str, type[Component]]] = {}
        self.failed_plugins: list[Problem] = []

    def add(self, cls: type[Component]) -> None:
        """Take in `cls`; a second component of the same kind and name is a programming error."""
        kind = self._classes.setdefault(cls.kind, {})
        name = component_name(cls)
        if name in kind and kind[name] is not cls:
            raise ValueError(f"There are two components named {name!r} of kind {cls.kind!r}")
        kind[name] = cls

    def kinds(self) -> tuple[str, ...]:
        """Every kind that has at least one component."""
        return tuple(self._classes)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of one kind's components."""
        return tuple(self._classes.get(kind, {}))

    def get(self, kind: str, name: str) -> type[Component]:
        """The class of one component; KeyError if there is none."""
        return self._classes[kind][name]

    def meant_by(self, kind: str, name: str) -> dict[str, Any] | None:
        """What another name of a component stands for: its own, and options; None for the rest."""
        for cls in self.classes(kind):
            if name in cls.also:
                return {"name": component_name(cls), **cls.also[name]}
        return None

    def classes(self, kind: str) -> tuple[type[Component], ...]:
        """The classes of one kind's components."""
        return tuple(self._classes.get(kind, {}).values())

    def load_plugins(self) -> None:
        """Import what other installed packages add; one that fails is noted, not raised."""
        for entry in entry_points(group=ENTRY_POINT_GROUP):
            try:
                entry.load()
            except Exception as error:
                sentence = f"The plug-in {entry.value!r} could not be loaded: {error}"
                hint = "update or uninstall the package that brings it"
                self.failed_plugins.append(Problem(entry.name, sentence, hint))


ALSO = "trainboard_also"
"""Under this key the schema of a choice between components lists their other names."""

COMPONENTS = Registry()
C = TypeVar("C", bound=Component)


def register(cls: type[C]) -> type[C]:
    """Class decorator: make a component known under its kind and name."""
    COMPONENTS.add(cls)
    return cls


def component_name(cls: type[Component]) -> str:
    """The Literal that a component's `name` field is narrowed to."""
    (name,) = get_args(cls.model_fields["name"].annotation)
    return str(name)


class OneOf:
    """Annotation: this field holds any registered component of a kind, told apart by `name`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        classes = COMPONENTS.classes(self.kind)
        choices: dict[Any, CoreSchema] = {
            component_name(cls): handler.generate_schema(cls) for cls in classes
        }
        also = [name for cls in classes for name in cls.also]
        return core_schema.tagged_union_schema(choices, discriminator="name", metadata={ALSO: also})


class ListOf:
    """Annotation: this field holds a list of registered components of a kind, in an order.

    `read` turns any way of writing the list into a tuple of mappings with `name`; a bare name is
    short for such a mapping. `shorthands` are the types of what else it takes, for the JSON Schema.
    """

    def __init__(
        self, kind: str, read: Callable[[Any], Any], shorthands: tuple[Any, ...] = ()
    ) -> None:
        self.kind, self.read, self._shorthands = kind, read, shorthands

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        item = OneOf(self.kind).__get_pydantic_core_schema__(source, handler)
        others = [handler.generate_schema(each) for each in self._shorthands]
        whole = core_schema.tuple_variable_schema(item)
        return core_schema.no_info_before_validator_function(
            self.read,
            whole,
            json_schema_input_schema=core_schema.union_schema([whole, item, *others]),
        )


# --- Reading declarations back -------------------------------------------------------------------

OptionType = Literal[
    "int", "float", "bool", "text", "path", "choice", "int_list", "float_list", "text_list",
    "component", "component_list", "group", "mapping",
]  # fmt: skip

SectionClass = type[Section]


@dataclass(frozen=True)
class Option:
    """One option as declared: all that a form, a parser or a reference page needs to know.

    `default` is the JSON value (None when `nullable` and unset); meaningless when `required`.
    `choices` are the allowed values of a `choice`, or of each text in a `text_list`;
    `component_kind` the kind of a `component` or of those in a `component_list`; `group` the
    Section class of a `group`; `folder` says that a `path` is that of a folder. What stands in a
    `mapping` is said by `Component.options_read`.
    """

    name: str
    type: OptionType
    help: str
    required: bool = False
    default: Any = None
    nullable: bool = False
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    unit: str = ""
    scale: Scale = "linear"
    advanced: bool = False
    typical: Any = None
    live: bool = False
    empty: str = ""
    choices: tuple[Any, ...] = ()
    component_kind: str | None = None
    group: SectionClass | None = None
    folder: bool = False

    def as_json(self) -> dict[str, Any]:
        """The declaration as JSON types; unset attributes are left out."""
        shown: dict[str, Any] = {"name": self.name, "type": self.type, "help": self.help}
        shown |= {"required": True} if self.required else {"default": self.default}
        plain = ("nullable", "ge", "gt", "le", "lt", "unit", "advanced", "live", "component_kind")
        for key in plain:
            value = getattr(self, key)
            if value is not None and value is not False and value != "":
                shown[key] = value
        if self.scale != "linear":
            shown["scale"] = self.scale
        if self.choices:
            shown["choices"] = list(self.choices)
        if self.group is not None:
            shown["options"] = [o.as_json() for o in options_of(self.group)]
        return shown


def options_of(cls: type[Section]) -> list[Option]:
    """The options that a section or component declares, in order, without `name`."""
    is_component = issubclass(cls, Component)
    return [
        _describe(name, field)
        for name, field in cls.model_fields.items()
        if not (is_component and name == "name")
    ]


def _describe(name: str, field: FieldInfo) -> Option:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    shape = _shape(field.annotation, list(field.metadata))
    return Option(
        name=name,
        help=field.description or "",
        required=field.is_required(),
        default=_json_default(field),
        unit=str(extra.get("unit", "")),
        scale="log" if extra.get("scale") == "log" else "linear",
        advanced=bool(extra.get("advanced", False)),
        typical=extra.get("typical"),
        live=bool(extra.get("live", False)),
        empty=str(extra.get("empty", "")),
        **shape,
    )


def _json_default(field: FieldInfo) -> Any:
    if field.default_factory is not None and not field.default_factory_takes_validated_data:
        value = field.get_default(call_default_factory=True, validated_data={})
    else:
        value = None if field.default is PydanticUndefined else field.default
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


_SCALARS: dict[Any, OptionType] = {
    bool: "bool", int: "int", float: "float", str: "text", Path: "path",
}  # fmt: skip
_LISTS: dict[Any, OptionType] = {int: "int_list", float: "float_list", str: "text_list"}


def _shape(annotation: Any, metadata: list[Any]) -> dict[str, Any]:
    """The type-dependent part of an `Option`, from a field's annotation and its metadata."""
    found: dict[str, Any] = {}
    for item in metadata:
        if isinstance(item, OneOf):
            found |= {"type": "component", "component_kind": item.kind}
        if isinstance(item, ListOf):
            found |= {"type": "component_list", "component_kind": item.kind}
        if isinstance(item, IsPath):
            found |= {"type": "path", "folder": item.folder}
        for bound in ("ge", "gt", "le", "lt"):
            if isinstance(item, getattr(annotated_types, bound.capitalize())):
                found[bound] = getattr(item, bound)
        if isinstance(item, FieldInfo):
            found |= {k: v for k, v in _shape(None, list(item.metadata)).items() if k != "type"}
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0], list(arguments[1:])) | found
    if origin in (Union, types.UnionType):
        (inner,) = [argument for argument in arguments if argument is not type(None)]
        nullable = {"nullable": True} if type(None) in arguments else {}
        return _shape(inner, []) | nullable | found
    if "type" in found:
        return found
    if origin is Literal:
        return {"type": "choice", "choices": arguments} | found
    if origin is dict:
        return {"type": "mapping"} | found
    if origin is tuple:
        element = _shape(arguments[0], [])
        base = {"int": int, "float": float, "text": str, "choice": str}[element["type"]]
        return element | {"type": _LISTS[base]} | found
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return {"type": "group", "group": annotation} | found
    return {"type": _SCALARS.get(annotation, "text")} | found
