"""Layers that do not fit together are a problem of the recipe a moment after the edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip  before torchvision
from engine.architectures.dryrun import misfits
from engine.architectures.weights.glance import PATH, Unbegun
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


# --- Files of weights ----------------------------------------------------------------------------


@pytest.fixture
def weights(
    previews: FakePreviews, recipe: RecipePresenter, tmp_path: Path, wait, qapp
) -> Iterator[Path]:
    """A file that the recipe names, and that is not there."""
    trials = Trials(previews, recipe, misfits)
    recipe.choose("architecture", "torchvision")
    recipe.set("architecture.model", "shufflenet_v2_x0_5")
    path = tmp_path / "some.pth"
    edited(recipe, previews, wait, PATH, str(path))
    yield path
    trials.close()


def saved(path: Path) -> None:
    from torchvision import models

    torch.save(models.shufflenet_v2_x0_5().state_dict(), path)


def test_a_file_that_is_not_there_is_a_problem_until_it_is(
    weights: Path, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    (problem,) = recipe.problems
    assert (problem.path, isinstance(problem, Unbegun)) == (PATH, True)
    saved(weights)
    wait(lambda: bool(previews.requests))
    previews.run()
    assert recipe.problems == []


def test_a_path_that_the_system_refuses_is_a_problem_like_others(
    weights: Path, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    edited(recipe, previews, wait, PATH, "a" * 300 + ".pth")
    (problem,) = recipe.problems
    assert "File name too long" in problem.sentence


def test_a_fork_and_what_trains_need_no_file(weights: Path, recipe: RecipePresenter) -> None:
    heard: list[int] = []
    recipe.problems_changed.connect(lambda: heard.append(len(recipe.problems)))
    recipe.compare_with(recipe.recipe)  # it trains: the weights are in its checkpoint
    recipe.set("training.epochs", 7)
    assert recipe.problems == []
    recipe.compare_with(None)
    assert len(recipe.problems) == 1
    recipe.judge_by(lambda _recipe: [])  # a fork is prepared
    assert recipe.problems == []
    recipe.judge_by(None)
    assert heard == [0, 1, 0, 1]


def test_another_network_than_the_one_that_trains_needs_its_file(
    weights: Path, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    trained = Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"})
    recipe.compare_with(trained)
    assert len(recipe.problems) == 1
