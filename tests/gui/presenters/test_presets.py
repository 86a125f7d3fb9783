from __future__ import annotations

from pathlib import Path

import pytest

from engine import presets
from engine.recipe import Recipe
from gui.presenters.messages import Message, Messages
from gui.presenters.presets import PresetsPresenter
from gui.presenters.recipe import RecipePresenter


@pytest.fixture
def presenter(recipe: RecipePresenter, messages: Messages) -> PresetsPresenter:
    return PresetsPresenter(recipe, messages)


def test_opens_a_shipped_preset_by_name(
    presenter: PresetsPresenter, recipe: RecipePresenter
) -> None:
    assert presenter.open("iris_mlp")
    assert recipe.get("dataset.name") == "iris"
    assert not recipe.modified
    assert presenter.origin.shipped
    assert presenter.comment
    assert [path.stem for path in presenter.recent] == ["iris_mlp"]


def test_what_cannot_be_opened_is_said_and_changes_nothing(
    presenter: PresetsPresenter, recipe: RecipePresenter, said: list[Message], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\ndataset: digits\narchitecture: mlpp\n")
    before = recipe.data
    assert not presenter.open(str(broken))
    assert not presenter.open("nothing_of_that_name")
    assert recipe.data is before
    assert "mlpp" in said[0].text
    assert said[0].level == "error"


def test_the_title_has_a_star_while_there_is_something_to_save(
    presenter: PresetsPresenter, recipe: RecipePresenter
) -> None:
    assert presenter.title == "digits-mlp"
    recipe.set("optimizer.lr", 0.5)
    assert presenter.title == "digits-mlp *"


def test_a_shipped_preset_is_never_written_to(presenter: PresetsPresenter) -> None:
    presenter.open("iris_mlp")
    assert presenter.needs_name
    assert not presenter.save()
    assert presenter.suggested_path().parent == presets.user_path("x").parent


def test_saves_where_it_was_told_and_from_then_on_there(
    presenter: PresetsPresenter, recipe: RecipePresenter, tmp_path: Path, said: list[Message]
) -> None:
    presenter.open("iris_mlp")
    comment = presenter.comment
    recipe.set("optimizer.lr", 0.02)
    assert presenter.save_as(tmp_path / "mine")
    path = tmp_path / "mine.yaml"
    assert Recipe.load(path) == recipe.recipe
    assert presets.opening_comment(path) == comment
    assert not recipe.modified
    recipe.set("optimizer.lr", 0.04)
    assert presenter.save()
    assert Recipe.load(path).optimizer.lr == 0.04
    assert presenter.recent[0] == path
    assert said[-1].level == "good"


def test_a_recipe_with_problems_is_not_saved(
    presenter: PresetsPresenter, recipe: RecipePresenter, tmp_path: Path, said: list[Message]
) -> None:
    recipe.set("training.epochs", 0)
    assert not presenter.can_save().enabled
    assert "epochs of the training" in presenter.can_save().why
    assert not presenter.save_as(tmp_path / "x.yaml")
    assert not (tmp_path / "x.yaml").exists()
    assert said


def test_a_folder_that_cannot_be_written_is_said(
    presenter: PresetsPresenter, recipe: RecipePresenter, tmp_path: Path, said: list[Message]
) -> None:
    (tmp_path / "file").write_text("")
    recipe.set("optimizer.lr", 0.5)
    assert not presenter.save_as(tmp_path / "file" / "x.yaml")
    assert recipe.modified
    assert said[-1].level == "error"


def test_recent_files_are_remembered_newest_first(
    recipe: RecipePresenter, messages: Messages, presenter: PresetsPresenter
) -> None:
    for name in ("iris_mlp", "digits_mlp", "iris_mlp"):
        presenter.open(name)
    again = PresetsPresenter(recipe, messages)
    assert [path.stem for path in again.recent] == ["iris_mlp", "digits_mlp"]


def test_a_damaged_list_of_recent_files_is_an_empty_one(
    recipe: RecipePresenter, messages: Messages, presenter: PresetsPresenter
) -> None:
    from engine import paths

    (paths.home() / "recent.json").write_text("{broken")
    assert PresetsPresenter(recipe, messages).recent == []


def test_nothing_to_save_is_said(presenter: PresetsPresenter, recipe: RecipePresenter) -> None:
    presenter.open("iris_mlp")
    assert not presenter.can_save().enabled
    recipe.set("optimizer.lr", 0.5)
    assert presenter.can_save().enabled


def test_a_copy_is_called_as_its_file_unless_it_was_named(
    presenter: PresetsPresenter, recipe: RecipePresenter, tmp_path: Path
) -> None:
    presenter.open("digits_cnn")
    assert presenter.suggested_path().name == "my_digits_cnn.yaml"
    assert presenter.save_as(tmp_path / "my_digits.yaml")
    assert recipe.get("name") == "my digits"
    assert Recipe.load(tmp_path / "my_digits.yaml").name == "my digits"
    assert not recipe.modified
    recipe.set("name", "Mine")
    assert presenter.save_as(tmp_path / "third.yaml")
    assert recipe.get("name") == "Mine"


def test_presets_of_one_title_are_told_apart(presenter: PresetsPresenter) -> None:
    presenter.open("digits_cnn")
    target = presets.user_path("digits_copy")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Recipe.load(presenter.origin.path).to_yaml())
    titles = {preset.name: preset.title for preset in presenter.listing()}
    assert titles["digits_copy"] == "Digits, CNN (digits_copy)"
    assert titles["digits_cnn"] == "Digits, CNN (digits_cnn)"
    assert "(" not in titles["iris_mlp"]
