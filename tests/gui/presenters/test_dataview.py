from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engine.datasets.base import Progress
from engine.hub import NotFetched
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
def pictures(tmp_path: Path) -> Path:
    for split in ("train", "val"):
        for number, name in enumerate(("red", "blue")):
            folder = tmp_path / split / name
            folder.mkdir(parents=True)
            for side in range(20, 30):
                colour = (250 - side, number * 99, side)
                Image.new("RGB", (side, 20), colour).save(folder / f"{side}.png")
    return tmp_path


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


def test_what_comes_with_pretrained_weights_is_looked_at_anew(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, loader: Loader,
    pictures: Path, qtbot, wait,
) -> None:  # fmt: skip
    recipe.choose("dataset", "image_folder")
    recipe.set("dataset.path", str(pictures))
    recipe.choose("architecture", "torchvision")
    load(preview, previews, wait)
    before = preview.dataset
    recipe.set("architecture.weights", "published")
    assert preview.dataset != before
    wait(lambda: bool(previews.requests))
    previews.run()
    assert loader.recipes[-1].dataset.size == 224
    assert recipe.facts().shape == (3, 224, 224)
    recipe.set("architecture.tune", "head")  # which changes nothing in the data
    qtbot.wait(400)
    assert previews.requests == []


def test_weights_bring_their_normalisation_also_to_a_size_that_was_given(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter,
    pictures: Path, qtbot, wait,
) -> None:  # fmt: skip
    recipe.choose("dataset", "image_folder")
    given = {"dataset.path": str(pictures), "dataset.size": 224, "dataset.zoom": 1.0}
    recipe.set_all(given, "pictures")
    recipe.choose("architecture", "torchvision")
    load(preview, previews, wait)
    before = preview.dataset
    recipe.set("architecture.weights", "published")
    assert preview.dataset == before
    wait(lambda: bool(previews.requests))


def test_what_comes_too_late_is_not_taken_for_the_data_that_was_opened_meanwhile(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, pictures: Path, wait
) -> None:
    preview.want(True)
    wait(lambda: bool(previews.requests))
    data = {"version": 1, "dataset": {"name": "image_folder", "path": str(pictures)},
            "architecture": "cnn"}  # fmt: skip
    recipe.open(Recipe.parse(data))
    previews.run()
    assert preview.value is None
    wait(lambda: bool(previews.requests))
    assert not preview.refreshing
    previews.run()
    assert preview.value == "image_folder 0"


def test_back_to_the_data_whose_answer_was_dropped(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    preview.want(True)
    wait(lambda: bool(previews.requests))
    recipe.set("dataset.val_fraction", 0.3)
    previews.run()
    recipe.undo()
    wait(lambda: bool(previews.requests))
    previews.run()
    assert (preview.status, preview.value) == ("shown", "digits 0")


def test_what_is_shown_goes_with_the_recipe_that_it_is_of(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    load(preview, previews, wait)
    recipe.set("training.epochs", 7)
    recipe.mark_saved()
    assert preview.status == "shown"
    recipe.open(Recipe.parse({"version": 1, "dataset": "wine", "architecture": "mlp"}))
    assert (preview.status, preview.value) == ("waiting", None)
    wait(lambda: bool(previews.requests))
    previews.run()
    assert preview.value == "wine 0"


# --- A pretrained network that is not here -------------------------------------------------------


@pytest.fixture
def waiting(
    preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter, wait,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> DataPreview:  # fmt: skip
    """A recipe whose texts are cut by a network that has to be fetched."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    load(preview, previews, wait)
    recipe.choose("dataset", "text")
    recipe.set_all({"dataset.path": "sample:python_topics", "dataset.tokenizer": "a/b"}, "texts")
    wait(lambda: isinstance(preview.problem, NotFetched))
    return preview


def test_a_network_is_fetched_and_the_recipe_looked_at_anew(
    waiting: DataPreview, previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    told: list[str] = []
    waiting.changed.connect(lambda: told.append(waiting.words))

    def fetch(progress: Progress) -> None:
        progress("Downloading a/b (91 MB)", 0.5)

    waiting.fetch(fetch)
    recipe.set("training.epochs", 7)  # says nothing about the data
    recipe.changed.connect(lambda: told.append("anew"))
    previews.run()
    assert "Downloading a/b (91 MB) 50 %" in told
    assert "anew" in told
    wait(lambda: isinstance(waiting.problem, NotFetched) and waiting.status == "failed")


def test_a_fetch_can_be_cancelled_and_asked_for_again(
    waiting: DataPreview, previews: FakePreviews
) -> None:
    heard: list[str] = []

    def fetch(progress: Progress) -> None:
        heard.append("asked")
        progress("Downloading", 0.1)
        heard.append("went on")

    waiting.fetch(fetch)
    waiting.cancel()
    assert isinstance(waiting.problem, NotFetched)
    previews.run()
    assert heard == ["asked"]
    assert (waiting.status, isinstance(waiting.problem, NotFetched)) == ("failed", True)
