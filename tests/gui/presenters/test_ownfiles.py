"""An edit of a person's own file is noticed, and taken in when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import consent
from engine.recipe import Recipe
from gui.presenters.consent import ConsentPresenter
from gui.presenters.messages import Messages
from gui.presenters.ownfiles import OwnFiles
from gui.presenters.recipe import RecipePresenter

CODE = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self, width: int = 4): pass\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def recipe(qtbot) -> RecipePresenter:
    return RecipePresenter(Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"}))


@pytest.fixture
def own_files(recipe: RecipePresenter, file: Path) -> Iterator[OwnFiles]:
    files = OwnFiles(recipe, ConsentPresenter(recipe, Messages()))
    recipe.choose("architecture", "custom")
    recipe.set("architecture.path", str(file))
    yield files
    files.close()


def test_an_edit_is_noticed_by_itself(own_files: OwnFiles, file: Path, qtbot) -> None:
    assert own_files.words == ""
    with qtbot.waitSignal(own_files.changed):
        file.write_text(CODE.replace("4", "5"))
    assert own_files.words == "mine.py was changed"
    other = file.with_suffix(".tmp")
    other.write_text(CODE)
    with qtbot.waitSignal(own_files.changed):
        other.replace(file)  # as editors do that save in one step
    assert own_files.words == ""


def test_reloading_judges_the_recipe_by_the_new_content(
    own_files: OwnFiles, recipe: RecipePresenter, file: Path, qtbot
) -> None:
    consent.allow(file, consent.read(file, "x").sha256)
    recipe.look_again()
    assert recipe.recipe is not None
    file.write_text(CODE.replace("4", "5"))
    own_files.look()
    assert own_files.edited == (str(file),)
    assert recipe.recipe is not None
    with qtbot.waitSignal(own_files.reloaded):
        own_files.reload()
    assert own_files.words == ""
    assert recipe.recipe is None
    assert recipe.get("architecture.options.width") == 5


def test_another_choice_is_watched_no_longer(
    own_files: OwnFiles, recipe: RecipePresenter, file: Path
) -> None:
    recipe.choose("architecture", "mlp")
    file.write_text(CODE.replace("4", "5"))
    own_files.look()
    assert own_files.words == ""
