"""What the card of each section shows, as values to compare: equal ones look the same."""

from __future__ import annotations

from typing import Any

from engine.recipe import SECTIONS
from gui.presenters import declared
from gui.presenters.dotted import is_within, value_at
from gui.presenters.recipe import RecipePresenter

_ALSO = {"optimizer": ("dataset", "training")}
"""Sections that a card looks at beside its own: the schedule's curve is as long as a training."""

Seen = tuple[Any, ...]


def seen(presenter: RecipePresenter) -> dict[str, Seen]:
    """For each section all that its card depends on. What every card may tell of the dataset and
    the machine is looked up once, because this is asked for at every key."""
    shared = (
        presenter.facts(),
        value_at(presenter.data, "dataset.name"),
        presenter.may_find(),
        presenter.machine.devices,
        presenter.machine.usual,
    )
    filled = presenter.filled.get("dataset")
    return {
        section: (*_own(presenter, section), shared, filled if section == "dataset" else None)
        for section in SECTIONS
    }


def _own(presenter: RecipePresenter, section: str) -> Seen:
    data, then, edit = presenter.data, presenter.opened.then, presenter.edit
    return (
        [data.get(name) for name in (section, *_ALSO.get(section, ()))],
        then.get(section),
        _read_from_files(presenter, section),
        presenter.problems_at(section),
        [path for path in edit.changes if is_within(path, section)],
        [path for path in edit.later if is_within(path, section)],
    )


def _read_from_files(presenter: RecipePresenter, section: str) -> list[object]:
    """The options that a person's own file declares: the file may change while the data stays."""
    cls = declared.class_at(presenter.data, section)
    mappings = [o.name for o in declared.options_of(cls) if o.type == "mapping"] if cls else []
    return [declared.class_at(presenter.data, f"{section}.{name}") for name in mappings]
