from __future__ import annotations

import pytest

from engine.datasets.base import Progress
from engine.recipe import Recipe
from gui.presenters.dataview import CANCELLED, DataPreview
from gui.presenters.recipe import RecipePresenter
from tests.gui.fakes import FakePreviews


class Loader:
    """Remembers what was loaded, and with which seed."""

    def __init__(self) -> None:
        self.recipes: list[Recipe] = []
        self.seeds: list[int] = []

    def __call__(self, recipe: Recipe, progress: Progress, seed: int = 0) -> str:
        progress("Reading", 0.5)
        self.recipes.append(recipe)
        self.seeds.append(seed)
        return f"{recipe.dataset.name} {seed}"


@pytest.fixture
def loader() -> Loader:
    return Loader()


@pytest.fixture
def preview(previews: FakePreviews, recipe: RecipePresenter, loader: Loader, qapp) -> DataPreview:
    made = DataPreview(previews, recipe, loader)
    yield made
    made.close()


def load(preview: DataPreview, previews: FakePreviews, wait) -> None:
    preview.want(True)
    wait(lambda: bool(previews.requests))
    previews.run()


def test_is_loaded_while_another_section_is_wrong(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, loader: Loader, wait
) -> None:
    recipe.choose("dataset", "diabetes")  # a regression: the loss does not fit
    assert recipe.recipe is None
    load(preview, previews, wait)
    assert preview.value == "diabetes 0"
    assert loader.recipes[0].dataset.name == "diabetes"


def test_says_what_is_wrong_with_the_dataset_itself(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, loader: Loader, wait
) -> None:
    load(preview, previews, wait)
    recipe.choose("dataset", "table")  # without a path
    wait(lambda: preview.status == "failed")
    assert preview.problem is not None
    assert preview.problem.path == "dataset.path"
    assert preview.value is None
    recipe.undo()
    wait(lambda: bool(previews.requests))
    previews.run()
    assert (preview.status, preview.value) == ("shown", "digits 0")


def test_other_copies_are_those_of_the_next_seed_and_keep_what_is_shown(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, loader: Loader, wait
) -> None:
    load(preview, previews, wait)
    for seed in (1, 2):
        preview.other_copies()
        assert preview.refreshing
        assert preview.value is not None
        previews.run()
        assert not preview.refreshing
        assert loader.seeds[-1] == seed
    recipe.set("dataset.val_fraction", 0.3)
    wait(lambda: bool(previews.requests))
    assert not preview.refreshing  # it is other data
    previews.run()
    assert loader.seeds[-1] == 0


def test_loading_can_be_cancelled_and_done_again(
    preview: DataPreview, previews: FakePreviews, loader: Loader, wait
) -> None:
    preview.want(True)
    wait(lambda: bool(previews.requests))
    preview.cancel()
    previews.run()
    assert loader.recipes == []
    assert preview.problem is not None
    assert preview.problem.path == CANCELLED
    preview.again()
    previews.run()
    assert preview.value == "digits 0"


def test_cancelled_copies_leave_what_was_shown(
    preview: DataPreview, previews: FakePreviews, wait
) -> None:
    load(preview, previews, wait)
    preview.other_copies()
    preview.cancel()
    assert (preview.status, preview.value) == ("shown", "digits 0")


def test_augmentation_is_looked_at_anew_but_not_the_length_of_training(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, qtbot, wait
) -> None:
    load(preview, previews, wait)
    recipe.set("training.epochs", 99)
    recipe.set("training.seed", 7)  # which changes nothing without augmentation
    qtbot.wait(400)
    assert previews.requests == []
    recipe.set("regularization.augmentation", [{"name": "flip"}])
    wait(lambda: bool(previews.requests))
