"""What holds in the place of a value that is not given, as the dataset's facts tell it."""

from __future__ import annotations

from collections.abc import Callable

from engine.facts import Facts
from gui import texts
from gui.presenters.recipe import RecipePresenter

_FOUND: dict[str, Callable[[Facts], int]] = {
    "dataset.vocabulary": lambda facts: facts.vocabulary,
    "dataset.length": lambda facts: facts.shape[0] if facts.kind == "text" else 0,
    "dataset.size": lambda facts: facts.shape[-1] if facts.kind == "image" else 0,
}


def found(presenter: RecipePresenter, path: str, unit: str) -> str:
    """`98 tokens`; empty where nothing is found, or the data cannot be read."""
    tell = _FOUND.get(path)
    facts = presenter.facts() if tell is not None else None
    number = tell(facts) if tell is not None and facts is not None else 0
    return f"{texts.whole(number)} {unit}".strip() if number else ""
