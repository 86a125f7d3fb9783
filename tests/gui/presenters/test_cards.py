"""Which cards of the recipe look otherwise after a change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.problems import Problem
from engine.recipe import SECTIONS
from gui.presenters.cards import seen
from gui.presenters.recipe import RecipePresenter

Change = Callable[[RecipePresenter], object]


def others(recipe: RecipePresenter, change: Change) -> set[str]:
    before = seen(recipe)
    assert before == seen(recipe)
    change(recipe)
    now = seen(recipe)
    return {section for section in SECTIONS if before[section] != now[section]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda recipe: recipe.set("name", "another"), set()),
        (lambda recipe: recipe.set("loss.label_smoothing", 0.1), {"loss"}),
        (lambda recipe: recipe.set("architecture.hidden", [8]), {"architecture"}),
        (lambda recipe: recipe.set("training.batch_size", 7), {"training", "optimizer"}),
        (lambda recipe: recipe.set("dataset.val_fraction", 0.3), {"dataset", "optimizer"}),
        (lambda recipe: recipe.choose("dataset", "mnist"), set(SECTIONS)),
        (lambda recipe: recipe.compare_with(recipe.recipe), set(SECTIONS)),
        (lambda recipe: recipe.judge_by(lambda _: [Problem("loss", "Not here")]), {"loss"}),
    ],
)
def test_a_change_is_seen_in_the_cards_that_tell_of_it(
    recipe: RecipePresenter, change: Change, expected: set[str]
) -> None:
    assert others(recipe, change) == expected


def test_another_dataset_is_seen_everywhere_whatever_is_known_of_it(
    recipe: RecipePresenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RecipePresenter, "facts", lambda _: None)
    assert others(recipe, lambda r: r.choose("dataset", "mnist")) == set(SECTIONS)


def test_what_was_saved_is_seen_where_it_had_changed(recipe: RecipePresenter) -> None:
    recipe.set("loss.label_smoothing", 0.1)
    assert others(recipe, RecipePresenter.mark_saved) == {"loss"}


def test_when_an_edit_takes_effect_is_seen_at_the_edit(recipe: RecipePresenter) -> None:
    trained = recipe.recipe
    recipe.compare_with(trained)
    assert others(recipe, lambda r: r.set("optimizer.lr", 0.5)) == {"optimizer"}
    assert others(recipe, RecipePresenter.undo) == {"optimizer"}
