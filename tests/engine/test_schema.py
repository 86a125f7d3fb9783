"""Declarations are read back as options; the registry; JSON Schema; descriptions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field

from engine import describe, presets
from engine.optimizers.schedules import Schedule
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.recipe_schema import recipe_schema
from engine.regularization import EarlyStopping, Regularization
from engine.schema import (
    COMPONENTS,
    Component,
    ListOf,
    OneOf,
    Option,
    Registry,
    Section,
    Sizes,
    component_name,
    option,
    options_of,
)

ALL = [cls for kind in COMPONENTS.kinds() for cls in COMPONENTS.classes(kind)]


class Everything(Section):
    """One option of each type."""

    whole: int = option(3, "A number.", ge=1, lt=9, unit="things")
    rate: float = option(0.1, "A rate.", gt=0, le=1, scale="log", advanced=True)
    perhaps: float | None = option(None, "Or not.", gt=0, typical=2.0, empty="without")
    switch: bool = option(False, "On or off.")
    words: str = option("hi", "Text.")
    place: Path = option(Path("/x"), "A path.")
    pick: Literal["a", "b"] = option("a", "One of two.")
    sizes: Sizes = option((4, 2), "Sizes.")
    shares: tuple[Annotated[float, Field(ge=0)], ...] = option((0.5,), "Shares.")
    names: tuple[str, ...] = option((), "Names.")
    picks: tuple[Literal["a", "b"], ...] = option(("a",), "Any of two.")
    needed: int = option(help="Must be given.")
    schedule: Annotated[Schedule, OneOf("schedule")] = option(..., "A component.")
    steps: Annotated[tuple[Schedule, ...], ListOf("schedule", list)] = option((), "Components.")
    stopping: EarlyStopping | None = option(None, "A group.")


def test_every_type_of_option_is_read_back() -> None:
    found = {read.name: read for read in options_of(Everything)}
    types = {name: read.type for name, read in found.items()}
    assert types == {
        "whole": "int", "rate": "float", "perhaps": "float", "switch": "bool", "words": "text",
        "place": "path", "pick": "choice", "sizes": "int_list", "shares": "float_list",
        "names": "text_list", "picks": "text_list", "needed": "int", "schedule": "component",
        "steps": "component_list", "stopping": "group",
    }  # fmt: skip
    assert found["whole"] == Option(
        "whole", "int", "A number.", default=3, ge=1, lt=9, unit="things"
    )
    assert (found["rate"].gt, found["rate"].le) == (0, 1)
    assert (found["rate"].scale, found["rate"].advanced) == ("log", True)
    assert (found["perhaps"].nullable, found["perhaps"].typical) == (True, 2.0)
    assert (found["perhaps"].empty, found["whole"].empty) == ("without", "")
    assert found["pick"].choices == found["picks"].choices == ("a", "b")
    assert (found["sizes"].ge, found["sizes"].default) == (1, [4, 2])
    assert found["shares"].ge == 0
    assert (found["needed"].required, found["whole"].required) == (True, False)
    assert found["schedule"].component_kind == found["steps"].component_kind == "schedule"
    assert (found["stopping"].group, found["stopping"].nullable) == (EarlyStopping, True)


def test_options_as_json_leave_out_what_is_not_set() -> None:
    found = {read.name: read.as_json() for read in options_of(Everything)}
    assert found["switch"] == {
        "name": "switch", "type": "bool", "help": "On or off.", "default": False,
    }  # fmt: skip
    assert found["rate"]["scale"] == "log"
    assert found["needed"]["required"] is True
    assert "default" not in found["needed"]
    assert [inner["name"] for inner in found["stopping"]["options"]][:2] == ["metric", "patience"]


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: f"{cls.kind}={component_name(cls)}")
def test_every_component_is_documented_and_valid_at_its_defaults(cls: type[Component]) -> None:
    assert re.fullmatch(r"[A-Z0-9].*[.)]", cls.summary())
    assert cls.title
    assert COMPONENTS.get(cls.kind, component_name(cls)) is cls
    for read in options_of(cls):
        assert read.help.endswith("."), f"{read.name} has no sentence of help"
        assert describe.option_type(read)
        assert describe.option_default(read)
    if not any(read.required for read in options_of(cls)):
        built = cls()
        assert cls.model_validate(built.model_dump(mode="json")) == built


def test_every_option_of_the_sections_is_documented() -> None:
    for section in (Recipe, Regularization, EarlyStopping, Recipe.model_fields["training"]):
        cls = section if isinstance(section, type) else section.annotation
        assert isinstance(cls, type)
        assert issubclass(cls, BaseModel)
        for read in options_of(cls):  # type: ignore[arg-type]
            assert read.help.endswith(".")


def test_two_components_of_one_name_are_a_programming_error() -> None:
    class First(Component):
        kind: ClassVar[str] = "thing"
        title: ClassVar[str] = "First"
        name: Literal["same"] = "same"

    class Second(First):
        title: ClassVar[str] = "Second"

    registry = Registry()
    registry.add(First)
    registry.add(First)
    with pytest.raises(ValueError, match="two components named 'same'"):
        registry.add(Second)
    assert registry.kinds() == ("thing",)
    assert registry.names("thing") == ("same",)
    assert registry.names("nothing") == ()


def test_a_plugin_that_fails_is_noted_and_the_others_load(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    class Entry:
        name = "good"
        value = "good.module"

        def load(self) -> None:
            loaded.append(self.name)

    class Broken(Entry):
        name = "broken"

        def load(self) -> None:
            raise ImportError("No module named 'broken'")

    monkeypatch.setattr("engine.schema.entry_points", lambda group: [Broken(), Entry()])
    registry = Registry()
    registry.load_plugins()
    assert loaded == ["good"]
    (problem,) = registry.failed_plugins
    assert problem.path == "broken"
    assert "No module named" in problem.sentence


# --- JSON Schema ---------------------------------------------------------------------------------

SCHEMA = recipe_schema()
_JSON_TYPES = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
    "boolean": bool, "null": type(None),
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], place: str = "") -> list[str]:
    """What a JSON Schema validator would say, for the keywords that a recipe's schema uses."""
    if "$ref" in schema:
        return faults(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], place)
    found = []
    for keyword, wanted in (("anyOf", 1), ("oneOf", 1)):
        fitting = [part for part in schema.get(keyword, []) if not faults(value, part, place)]
        if keyword in schema and (
            len(fitting) < wanted or (keyword == "oneOf" and len(fitting) > 1)
        ):
            found.append(f"{place}: fits {len(fitting)} of {keyword}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{place}: is not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: is not one of {schema['enum']}")
    if "type" in schema and not _is(value, schema["type"]):
        return [*found, f"{place}: is no {schema['type']}"]
    for keyword, fits in _BOUNDS.items():
        if (
            keyword in schema
            and isinstance(value, (int, float))
            and not fits(value, schema[keyword])
        ):
            found.append(f"{place}: {keyword} {schema[keyword]}")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [
            f"{place}.{name}: missing" for name in schema.get("required", []) if name not in value
        ]
        for name, inner in value.items():
            if name in properties:
                found += faults(inner, properties[name], f"{place}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{place}.{name}: unknown")
    if isinstance(value, list) and "items" in schema:
        found += [fault for item in value for fault in faults(item, schema["items"], place)]
    return found


_BOUNDS: dict[str, Any] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}


def _is(value: Any, name: str) -> bool:
    numeric = name in ("integer", "number")
    return isinstance(value, _JSON_TYPES[name]) and not (numeric and isinstance(value, bool))  # type: ignore[arg-type]


@pytest.mark.parametrize("preset", presets.list_presets(), ids=lambda preset: preset.name)
def test_the_json_schema_accepts_every_shipped_preset(preset: presets.Preset) -> None:
    assert faults(preset.data(), SCHEMA) == []
    assert faults(preset.recipe().as_data(), SCHEMA) == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"dataset": "digits", "optimizer": {"name": "adamw", "schedule": "cosine"}},
        {"regularization": {"early_stopping": 3, "ema": True}},
        {"regularization": {"early_stopping": {"patience": 3}, "ema": 0.9}},
        {"regularization": {"early_stopping": False, "ema": None}},
        {"regularization": {"augmentation": True, "mixup": 0.3}},
        {"regularization": {"augmentation": "flip"}},
        {"regularization": {"augmentation": None}},
        {"regularization": {"augmentation": ["flip", {"name": "rotate", "degrees": 5}]}},
        {"regularization": {"augmentation": {"name": "rotate", "p": 0.5}}},
        {"regularization": {"augmentation": {"flip": True, "rotate": 10}}},
        {"training": {"precision": 32}},
        {"training": {"precision": "bf16-mixed", "steps": 5}},
    ],
)
def test_the_json_schema_accepts_what_the_recipe_accepts(change: dict[str, Any]) -> None:
    data = {"version": 1, "dataset": "digits", "architecture": "mlp"} | change
    Recipe.parse(data)
    assert faults(data, SCHEMA) == []


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn"])
def test_editors_take_the_other_names_of_a_component(name: str) -> None:
    for architecture in (name, {"name": name, "hidden": [8]}):
        data = {"version": 1, "dataset": "digits", "architecture": architecture}
        assert Recipe.problems(data) == []
        assert faults(data, SCHEMA) == []
    assert faults({"version": 1, "dataset": "digits", "architecture": name.upper()}, SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"dataset": "digit"},
        {"dataset": {"val_fraction": 0.1}},
        {"optimizer": {"name": "adamw", "lr": 0}},
        {"optimizer": {"name": "adamw", "momentum": 0.9}},
        {"architecture": {"name": "mlp", "hidden": [0]}},
        {"regularization": {"augmentation": ["flop"]}},
        {"regularization": {"augmentation": [{"name": "rotate", "degrees": 200}]}},
        {"regularization": {"augmentation": [{"degrees": 20}]}},
        {"training": {"precision": 31}},
        {"training": {"epochs": "ten"}},
        {"extra": 1},
    ],
)
def test_the_json_schema_refuses_what_the_recipe_refuses(change: dict[str, Any]) -> None:
    data = {"version": 1, "dataset": "digits", "architecture": "mlp"} | change
    with pytest.raises(ProblemError):
        Recipe.parse(data)
    assert faults(data, SCHEMA)


def test_the_json_schema_carries_help_and_bounds() -> None:
    adamw = SCHEMA["$defs"]["AdamW"]
    assert adamw["required"] == ["name"]
    assert adamw["properties"]["lr"]["exclusiveMinimum"] == 0
    assert adamw["properties"]["lr"]["description"].startswith("Learning rate")
    assert SCHEMA["required"] == ["version", "dataset", "architecture"]


# --- In words ------------------------------------------------------------------------------------


def test_options_in_words() -> None:
    found = {read.name: read for read in options_of(Everything)}
    words = {name: describe.option_type(read) for name, read in found.items()}
    assert words["whole"] == "whole number, at least 1, less than 9"
    assert words["perhaps"] == "number, greater than 0, or null"
    assert words["pick"] == "one of a, b"
    assert words["sizes"] == "list of whole numbers, each at least 1 and at most 65536"
    assert words["schedule"] == "a schedule"
    assert words["steps"] == "list of schedule components, in their order"
    defaults = {name: describe.option_default(read) for name, read in found.items()}
    assert defaults["rate"] == "0.1"
    assert defaults["sizes"] == "[4, 2]"
    assert defaults["needed"] == "required"
    assert defaults["words"] == "hi"
    assert defaults["perhaps"] == "null"


def test_every_kind_is_described_sections_first() -> None:
    assert describe.kinds()[:6] == (
        "dataset", "architecture", "loss", "optimizer", "regularization", "training",
    )  # fmt: skip
    described = {(entry.kind, entry.name) for entry in describe.described()}
    assert {(cls.kind, component_name(cls)) for cls in ALL} <= described
    assert ("training", "training") in described
    assert len(described) == len(ALL) + 2
