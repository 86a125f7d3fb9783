"""What holds in the place of a value that is not given, as the dataset's facts tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.facts import Facts
from engine.wording import unit_of
from gui import texts
from gui.presenters.recipe import RecipePresenter

_FOUND: dict[str, Callable[[Facts], int]] = {
    "dataset.vocabulary": lambda facts: facts.vocabulary,
    "dataset.length": lambda facts: facts.shape[0] if facts.kind == "text" else 0,
    "dataset.size": lambda facts: facts.shape[-1] if facts.kind == "image" else 0,
}


def found(presenter: RecipePresenter, path: str, unit: str) -> str:
    """`98 tokens`, or what the architecture fills in; empty where nothing is found, or the data
    cannot be read."""
    if wished := _filled_in(presenter, path):
        return f"{wished} {unit}".strip()
    tell = _FOUND.get(path)
    facts = presenter.facts() if tell is not None else None
    number = tell(facts) if tell is not None and facts is not None else 0
    return f"{texts.whole(number)} {unit_of(unit, number)}".strip() if number else ""


def _filled_in(presenter: RecipePresenter, path: str) -> str:
    """What the architecture gives to an option of the dataset that nobody has given."""
    section, _, name = path.partition(".")
    if section != "dataset" or presenter.get(path) not in (None, ""):
        return ""
    dataset = presenter.filled.get("dataset")
    value = dataset.get(name) if isinstance(dataset, Mapping) else None
    return "" if value in (None, "") else texts.plain(value)
