"""A list of components in a form: what its rows say, what can be added, and the list edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from engine.augmentation.reading import usual_for
from engine.facts import Facts
from engine.problems import Problem
from engine.schema import COMPONENTS, Component, Option, component_name
from gui import texts
from gui.presenters import declared
from gui.presenters.recipe import RecipePresenter

Steps = list[Any]


@runtime_checkable
class Judged(Protocol):
    """A component that knows which samples it suits, as augmentations do."""

    def check_at(self, path: str, facts: Facts) -> Iterator[Problem]:
        """Its problems with such samples; those of the choice itself have the path as theirs."""


@dataclass(frozen=True)
class Offer:
    """A component that can be added to a list, or why it does not suit the dataset."""

    name: str
    title: str
    help: str
    why_not: str = ""


def steps_of(value: Any) -> Steps:
    """The list that stands in the recipe's data; none where something else stands."""
    return list(value) if isinstance(value, list | tuple) else []


def offers(option: Option, facts: Facts | None) -> list[Offer]:
    """Every component of the list's kind; the suited ones first where the dataset is known."""
    kind = option.component_kind or ""
    found = [
        Offer(component_name(cls), cls.title, cls.summary(), _why_not(cls, facts))
        for cls in COMPONENTS.classes(kind)
    ]
    return sorted(found, key=lambda offer: bool(offer.why_not))


@dataclass(frozen=True)
class Suited:
    """What the lists are for: the dataset's facts, where they are known, and whether its images
    mean another thing in a mirror."""

    facts: Facts | None = None
    handed: bool = False


def suited(presenter: RecipePresenter) -> Suited:
    """For the dataset that is chosen now."""
    dataset = declared.component_at(presenter.data, "dataset")
    return Suited(presenter.facts(), bool(getattr(dataset, "handed", False)))


def usual(option: Option, to: Suited) -> Steps:
    """The list that is put in for who does not want to choose, with all options."""
    kind, listed = option.component_kind or "", steps_of(option.typical)
    if kind == "augmentation":
        listed = list(usual_for(to.facts, to.handed))
    return [declared.filled(kind, step) for step in listed]


def why_not_usual(option: Option, to: Suited) -> str:
    """Why the usual list does not suit the dataset; empty when it does."""
    kind = option.component_kind or ""
    listed = usual(option, to)
    said = (_why_not(COMPONENTS.get(kind, step["name"]), to.facts) for step in listed)
    return next((why for why in said if why), "")


def _why_not(cls: type[Component], facts: Facts | None) -> str:
    made = cls.model_validate({"name": component_name(cls)})
    if facts is None or not isinstance(made, Judged):
        return ""
    return next((p.sentence for p in made.check_at("", facts) if not p.path), "")


# --- Editing -------------------------------------------------------------------------------------


def with_added(steps: Sequence[Any], kind: str, name: str) -> Steps:
    """One more at the end, with its defaults."""
    return [*steps, declared.component_data(kind, name)]


def without(steps: Sequence[Any], place: int) -> Steps:
    """All but one."""
    return [*steps[:place], *steps[place + 1 :]]


def moved(steps: Sequence[Any], place: int, by: int) -> Steps:
    """The one at a place goes up (by -1) or down (by 1), as far as the list goes."""
    rest = without(steps, place)
    target = min(max(place + by, 0), len(rest))
    return [*rest[:target], steps[place], *rest[target:]]


# --- In words ------------------------------------------------------------------------------------


def title_of(step: Any, kind: str) -> str:
    """What a row is called."""
    name = step.get("name") if isinstance(step, Mapping) else step
    known = name in COMPONENTS.names(kind)
    return COMPONENTS.get(kind, str(name)).title if known else str(name)


def details(step: Any, kind: str) -> str:
    """A row's options in short: `10°`, `part 0.1, probability 0.5`."""
    name = step.get("name") if isinstance(step, Mapping) else None
    if name not in COMPONENTS.names(kind):
        return ""
    told = [
        (option, step.get(option.name))
        for option in declared.options_of(COMPONENTS.get(kind, str(name)))
        if declared.is_essential(option) or step.get(option.name) != option.default
    ]
    # A unit says what a number is; where there are several, only the name does.
    alone = sum(bool(option.unit) for option, _ in told) == 1
    return ", ".join(
        declared.amount(value, option)
        if option.unit and alone
        else f"{texts.title(option.name)} {declared.amount(value, option)}"
        for option, value in told
    )


def said(value: Any, kind: str) -> str:
    """A whole list at a glance: `flip, rotate 10°`; `none` for an empty one."""
    return ", ".join(declared.step_words(step, kind) for step in steps_of(value)) or "none"
