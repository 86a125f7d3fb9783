from __future__ import annotations

import pytest

from engine import overrides
from engine.problems import Problem
from engine.recipe import Recipe
from gui.presenters.found import found
from gui.presenters.recipe import RecipePresenter
from tests.gui.conftest import DATA


def test_begins_valid_saved_and_unmodified(recipe: RecipePresenter) -> None:
    assert recipe.recipe == Recipe.parse(DATA)
    assert recipe.problems == []
    assert not recipe.modified


def test_a_valid_edit_makes_another_recipe(recipe: RecipePresenter) -> None:
    recipe.set("optimizer.lr", 0.01)
    assert recipe.recipe is not None
    assert recipe.recipe.optimizer.lr == 0.01
    assert recipe.modified


def test_an_invalid_edit_is_kept_and_its_problem_has_a_place(recipe: RecipePresenter) -> None:
    recipe.set("architecture.hidden", [64, "x"])
    assert recipe.get("architecture.hidden") == [64, "x"]
    assert recipe.recipe is None
    (problem,) = recipe.problems_at("architecture.hidden")
    assert problem.path == "architecture.hidden[1]"
    assert recipe.problems_at("architecture.activation") == []


def test_problems_changed_is_told_only_when_they_do(recipe: RecipePresenter, qtbot) -> None:
    heard: list[int] = []
    recipe.problems_changed.connect(lambda: heard.append(len(recipe.problems)))
    recipe.set("training.epochs", 3)
    recipe.set("training.epochs", 0)
    recipe.set("training.epochs", 5)
    assert heard == [1, 0]


def test_choosing_a_component_takes_its_defaults(recipe: RecipePresenter) -> None:
    recipe.choose("optimizer", "sgd")
    assert recipe.get("optimizer.name") == "sgd"
    assert recipe.get("optimizer.lr") == recipe.opened.default("optimizer.lr")
    recipe.undo()
    assert recipe.get("optimizer") == Recipe.parse(DATA).as_data()["optimizer"]


def test_another_task_is_a_problem_of_the_loss(recipe: RecipePresenter) -> None:
    recipe.choose("dataset", "diabetes")
    assert recipe.problems_at("loss")
    assert recipe.facts() is not None
    assert recipe.facts().task == "regression"  # type: ignore[union-attr]


def test_typing_undoes_as_one_step_and_leaving_the_field_ends_it(recipe: RecipePresenter) -> None:
    for typed in ("", "1", "1e", "1e-", "1e-2"):
        recipe.set("optimizer.lr", typed)
    recipe.finish_edit()
    recipe.set("optimizer.lr", 0.5)
    recipe.undo()
    assert recipe.get("optimizer.lr") == "1e-2"
    recipe.undo()
    assert recipe.get("optimizer.lr") == 0.003
    recipe.redo()
    assert recipe.get("optimizer.lr") == "1e-2"


def test_the_same_value_again_is_no_step(recipe: RecipePresenter) -> None:
    recipe.set("optimizer.lr", 0.003)
    assert recipe.history.undo_what == ""
    assert not recipe.modified


@pytest.mark.parametrize("path", ["training.epochs", "regularization.clip_norm"])
def test_reset_goes_back_to_what_was_opened(recipe: RecipePresenter, path: str) -> None:
    before = recipe.get(path)
    recipe.set(path, 7)
    assert recipe.opened.differs(path)
    recipe.reset(path)
    assert recipe.get(path) == before
    assert not recipe.opened.differs(path)


def test_opened_value_and_declared_default_are_two_things(recipe: RecipePresenter) -> None:
    recipe.set("optimizer.lr", 0.5)
    recipe.reset_to_default("optimizer.lr")
    assert recipe.get("optimizer.lr") == 0.001
    recipe.reset("optimizer.lr")
    assert recipe.get("optimizer.lr") == 0.003


def test_of_another_component_the_default_is_the_baseline(recipe: RecipePresenter) -> None:
    recipe.choose("optimizer", "sgd")
    assert recipe.opened.value("optimizer.lr") == recipe.opened.default("optimizer.lr")
    assert recipe.opened.other_choice("optimizer") == "adamw"
    recipe.reset("optimizer")
    assert recipe.get("optimizer.lr") == 0.003
    assert recipe.opened.other_choice("optimizer") == ""


def test_switching_on_starts_from_a_typical_value(recipe: RecipePresenter) -> None:
    recipe.switch("regularization.ema", True)
    assert recipe.get("regularization.ema") == 0.999
    recipe.switch("regularization.early_stopping", True)
    assert recipe.get("regularization.early_stopping.patience") == 5
    assert not recipe.opened.differs("regularization.early_stopping.patience")
    recipe.switch("regularization.early_stopping", False)
    assert recipe.get("regularization.early_stopping") is None
    assert recipe.problems == []


def test_switching_back_on_takes_what_was_opened() -> None:
    presenter = RecipePresenter(Recipe.parse({**DATA, "regularization": {"clip_norm": 2.5}}))
    presenter.switch("regularization.clip_norm", False)
    presenter.switch("regularization.clip_norm", True)
    assert presenter.get("regularization.clip_norm") == 2.5
    assert not presenter.modified


def test_saving_makes_the_present_the_baseline(recipe: RecipePresenter, qtbot) -> None:
    recipe.set("optimizer.lr", 0.01)
    with qtbot.waitSignal(recipe.saved):
        recipe.mark_saved()
    assert not recipe.modified
    assert not recipe.opened.differs("optimizer.lr")
    recipe.undo()
    assert recipe.modified


def test_revert_can_be_undone(recipe: RecipePresenter) -> None:
    recipe.set("optimizer.lr", 0.01)
    recipe.revert()
    assert not recipe.modified
    recipe.undo()
    assert recipe.get("optimizer.lr") == 0.01


def test_opening_another_recipe_forgets_the_history(recipe: RecipePresenter) -> None:
    recipe.set("optimizer.lr", 0.01)
    recipe.open(Recipe.parse({**DATA, "name": "other"}))
    assert recipe.get("name") == "other"
    assert not recipe.modified
    assert recipe.history.undo_what == ""


# --- What an architecture fills into the dataset -------------------------------------------------

FILLED = {
    "version": 1,
    "dataset": {"name": "image_folder", "path": "sample:shapes"},
    "architecture": {"name": "torchvision", "model": "resnet18", "weights": "w.pth"},
}
"""A recipe whose dataset gets its size from the network."""


def opened(data: dict[str, object]) -> RecipePresenter:
    class Plain(Recipe):
        """A recipe that nobody looks at: its pictures are not there."""

        def conflicts(self) -> list[Problem]:
            return []

    return RecipePresenter(Plain.parse(data))


def test_what_was_filled_in_follows_the_architecture() -> None:
    recipe = opened(FILLED)
    assert (recipe.get("dataset.size"), recipe.get("dataset.zoom")) != (None, None)
    recipe.set("architecture.model", "inception_v3")
    assert recipe.get("dataset.size") is None  # it is filled in anew
    assert found(recipe, "dataset.size", "pixels") == "299 pixels"
    recipe.undo()
    assert recipe.get("dataset.size") == 224
    recipe.choose("architecture", "cnn")
    assert (recipe.get("dataset.size"), recipe.get("dataset.zoom")) == (None, None)
    recipe.choose("architecture", "torchvision")
    assert recipe.get("dataset.size") is None  # without weights any will do
    recipe.set("architecture.weights", "published")
    assert found(recipe, "dataset.size", "pixels") == "224 pixels"


def test_a_run_made_before_there_was_an_option_is_opened_as_it_was_trained() -> None:
    """What its network would have filled in since is left open, until something else is wished."""
    weights = {"name": "torchvision", "model": "swin_t", "weights": "published"}
    data = {"version": 1, "dataset": {"name": "eurosat", "size": 64}, "architecture": weights}
    run = Recipe.parse(data, whole=True)
    recipe = RecipePresenter(Recipe.parse(DATA))
    recipe.open(run)
    assert recipe.recipe == run
    assert found(recipe, "dataset.zoom", "") == ""
    recipe.set("architecture.tune", "head")
    assert recipe.recipe is not None
    assert recipe.recipe.dataset == run.dataset
    recipe.set("architecture.model", "efficientnet_b0")
    assert recipe.recipe.dataset.model_dump()["zoom"] == 1.1429
    recipe.choose("dataset", "food101")
    recipe.set("architecture.model", "swin_t")
    assert found(recipe, "dataset.size", "pixels") == "224 pixels"
    assert recipe.facts() == recipe.recipe.dataset.facts()
    assert recipe.facts().shape == (3, 224, 224)


def test_the_window_fills_in_what_the_command_line_does() -> None:
    recipe = RecipePresenter(Recipe.parse(DATA))
    recipe.choose("dataset", "food101")
    assert found(recipe, "dataset.size", "pixels") == "64 pixels"
    recipe.choose("architecture", "torchvision")
    recipe.set("architecture.weights", "published")
    wanted = ["dataset=food101", "architecture=torchvision", "architecture.weights=published"]
    assert recipe.recipe is not None
    assert recipe.recipe.dataset == overrides.resolve(DATA, wanted).dataset
    recipe.set("dataset.size", 64)
    assert recipe.recipe.dataset == overrides.resolve(DATA, [*wanted, "dataset.size=64"]).dataset


def test_what_the_person_gave_stays() -> None:
    recipe = opened({**FILLED, "dataset": {**FILLED["dataset"], "size": 96}})  # type: ignore[dict-item]
    recipe.choose("architecture", "cnn")
    assert (recipe.get("dataset.size"), recipe.get("dataset.zoom")) == (96, None)
    plain = opened({**FILLED, "architecture": "cnn",
                    "dataset": {**FILLED["dataset"], "size": 224}})  # type: ignore[dict-item]  # fmt: skip
    plain.choose("architecture", "torchvision")
    plain.set("architecture.weights", "published")
    plain.choose("architecture", "cnn")
    assert plain.get("dataset.size") == 224
