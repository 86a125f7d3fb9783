"""Layers that do not fit together are a problem of the recipe a moment after the edit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.problems import Problem
from engine.recipe import Recipe
from gui.presenters.recipe import RecipePresenter
from gui.presenters.trials import Trials
from tests.gui.fakes import FakePreviews

WIDE = Problem("architecture.hidden", "The layer 1 (Linear) cannot take (N, 64)", "")


class Attempts:
    """Finds something wrong with every network whose first layer is wide."""

    def __init__(self) -> None:
        self.tried: list[Recipe] = []

    def __call__(self, recipe: Recipe) -> tuple[Problem, ...]:
        self.tried.append(recipe)
        hidden = getattr(recipe.architecture, "hidden", (0,))
        return (WIDE,) if hidden[0] > 50 else ()


@pytest.fixture
def attempts() -> Attempts:
    return Attempts()


@pytest.fixture
def trials(
    previews: FakePreviews, recipe: RecipePresenter, attempts: Attempts, qapp
) -> Iterator[Trials]:
    recipe.choose("architecture", "mlp")
    made = Trials(previews, recipe, attempts)
    recipe.set("architecture.hidden", [16])
    yield made
    made.close()


def edited(recipe: RecipePresenter, previews: FakePreviews, wait, path: str, value: object) -> None:
    """One edit and what comes of it."""
    recipe.set(path, value)
    wait(lambda: bool(previews.requests))
    previews.run()


def test_what_is_found_is_a_problem_until_it_is_mended(
    trials: Trials, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    edited(recipe, previews, wait, "architecture.hidden", [100])
    assert recipe.problems == [WIDE]
    assert recipe.problems_at("architecture.hidden") == [WIDE]
    recipe.set("training.epochs", 7)  # has nothing to do with it
    assert recipe.problems == [WIDE]
    recipe.set("architecture.hidden", [20])
    assert recipe.problems == []
    recipe.set("architecture.hidden", [100])  # known already
    assert recipe.problems == [WIDE]


def test_only_networks_and_data_are_tried(
    trials: Trials, previews: FakePreviews, recipe: RecipePresenter, attempts: Attempts, wait, qtbot
) -> None:
    edited(recipe, previews, wait, "architecture.hidden", [20])
    assert len(attempts.tried) == 1
    recipe.set("training.epochs", 7)
    qtbot.wait(400)
    assert not previews.requests
    edited(recipe, previews, wait, "dataset.subset", 300)
    assert len(attempts.tried) == 2


def test_an_answer_that_comes_too_late_is_about_another_network(
    trials: Trials, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    recipe.set("architecture.hidden", [100])
    wait(lambda: bool(previews.requests))
    recipe.set("architecture.hidden", [20])
    previews.run()
    assert recipe.problems == []


def test_a_recipe_with_other_problems_is_not_tried(
    trials: Trials, previews: FakePreviews, recipe: RecipePresenter, qtbot
) -> None:
    recipe.set("architecture.hidden", [-1])
    qtbot.wait(400)
    assert not previews.requests
    assert recipe.recipe is None


def test_nothing_is_tried_after_the_end(
    trials: Trials, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    recipe.set("architecture.hidden", [100])
    wait(lambda: bool(previews.requests))
    trials.close()
    previews.run()
    assert recipe.problems == []
