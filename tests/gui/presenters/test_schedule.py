from __future__ import annotations

from engine.optimizers.schedules import Cosine
from gui.presenters.recipe import RecipePresenter
from gui.presenters.schedule import schedule_curve


def test_previews_the_very_function_that_trains(recipe: RecipePresenter) -> None:
    recipe.choose("optimizer.schedule", "cosine")
    curve = schedule_curve(recipe)
    assert curve is not None
    schedule = Cosine()
    assert curve.rates[0] == 0.003
    assert curve.rates[-1] == 0.003 * schedule.factor(curve.steps - 1, curve.steps, 21)


def test_the_length_follows_epochs_batch_size_and_steps(recipe: RecipePresenter) -> None:
    steps = schedule_curve(recipe).steps  # type: ignore[union-attr]
    assert steps == 10 * 21  # 1,797 samples, 15 % for the test, 15 % of the rest for validation
    recipe.set("training.batch_size", 128)
    assert schedule_curve(recipe).steps == 10 * 11  # type: ignore[union-attr]
    recipe.set("training.steps", 50)
    assert schedule_curve(recipe).steps == 50  # type: ignore[union-attr]


def test_there_is_no_preview_of_what_is_not_valid(recipe: RecipePresenter) -> None:
    recipe.set("optimizer.lr", "1e-")
    assert schedule_curve(recipe) is None
    recipe.undo()
    recipe.set("training.epochs", 0)
    assert schedule_curve(recipe) is None


def test_an_official_test_part_is_not_trained_on(recipe: RecipePresenter) -> None:
    recipe.choose("dataset", "mnist")
    recipe.set("dataset.val_fraction", 0.1)
    recipe.set("training.batch_size", 100)
    curve = schedule_curve(recipe)
    assert curve is not None
    assert curve.steps == 10 * 540  # 60,000 of the 70,000 are for training and validation
