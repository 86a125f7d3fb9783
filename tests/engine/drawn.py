"""Hypothesis strategies read from the schema: values, sections, whole recipes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.datasets.base import Dataset
from engine.losses.base import Loss
from engine.recipe import Recipe
from engine.schema import COMPONENTS, Option, Section, options_of

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_DEVICES = st.sampled_from(["auto", "cpu", "mps", "cuda", "cuda:1"])


def _ints(option: Option) -> st.SearchStrategy[Any]:
    low = option.ge if option.ge is not None else option.gt + 1 if option.gt is not None else -9999
    high = option.le if option.le is not None else option.lt - 1 if option.lt is not None else 9999
    return st.integers(int(low), int(max(low, high)))


def _floats(option: Option) -> st.SearchStrategy[Any]:
    low, high = (option.ge, option.gt), (option.le, option.lt)
    return st.floats(
        next((value for value in low if value is not None), None),
        next((value for value in high if value is not None), None),
        exclude_min=option.gt is not None,
        exclude_max=option.lt is not None,
        allow_nan=False,
        allow_infinity=False,
    )


def values(option: Option) -> st.SearchStrategy[Any]:
    """Any value that one option takes."""
    drawn = {
        "int": lambda: _ints(option),
        "float": lambda: _floats(option),
        "bool": st.booleans,
        "text": lambda: _DEVICES if option.name == "device" else _TEXT,
        "path": lambda: _TEXT,
        "choice": lambda: st.sampled_from(option.choices),
        "int_list": lambda: st.lists(_ints(option), max_size=3),
        "float_list": lambda: st.lists(_floats(option), max_size=3),
        "text_list": lambda: st.lists(
            st.sampled_from(option.choices) if option.choices else _TEXT, max_size=3
        ),
        "component": lambda: components(str(option.component_kind)),
        "component_list": lambda: st.lists(components(str(option.component_kind)), max_size=2),
        "mapping": lambda: st.dictionaries(_TEXT, st.integers(), max_size=2),
        "group": lambda: sections(option.group) if option.group else st.none(),
    }[option.type]()
    return st.none() | drawn if option.nullable else drawn


def sections(cls: type[Section], name: str | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """A section or component with any part of its options given."""
    every = {option.name: values(option) for option in options_of(cls)}
    required = {
        option.name: every.pop(option.name) for option in options_of(cls) if option.required
    }
    named = {"name": st.just(name)} if name else {}
    return st.fixed_dictionaries({**named, **required}, optional=every)


def components(kind: str, names: tuple[str, ...] | None = None) -> st.SearchStrategy[Any]:
    """Any component of a kind (or of these names), by name alone or with options."""
    chosen = names or COMPONENTS.names(kind)
    full = [sections(COMPONENTS.get(kind, name), name) for name in chosen]
    return st.sampled_from(chosen) | st.one_of(full)


@st.composite
def recipes(draw: st.DrawFn) -> dict[str, Any]:
    """The plain data of a recipe whose loss fits its dataset; other choices may still conflict.

    Datasets that read a file of the user's are left out: without it nothing is known of them.
    """
    known = COMPONENTS.names("dataset")
    own = [name for name in known if "path" in COMPONENTS.get("dataset", name).model_fields]
    name = draw(st.sampled_from([name for name in known if name not in own]))
    dataset = draw(sections(COMPONENTS.get("dataset", name), name))
    built = COMPONENTS.get("dataset", name).model_validate(dataset)
    assert isinstance(built, Dataset)
    fitting = tuple(
        loss
        for loss, cls in zip(COMPONENTS.names("loss"), COMPONENTS.classes("loss"), strict=True)
        if issubclass(cls, Loss) and cls.fits(built.facts())
    )
    rest = {
        "name": _TEXT,
        "notes": _TEXT,
        "loss": components("loss", fitting),
        "optimizer": components("optimizer"),
        "regularization": sections(_group("regularization")),
        "training": sections(_group("training")),
    }
    architecture = draw(components("architecture"))
    base = {"version": 1, "dataset": dataset, "architecture": architecture}
    return base | draw(st.fixed_dictionaries({}, optional=rest))


def _group(section: str) -> type[Section]:
    (group,) = [option.group for option in options_of(Recipe) if option.name == section]
    assert group is not None
    return group
