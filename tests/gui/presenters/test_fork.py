"""Preparing a fork: the recipe of that moment, what cannot carry over, what starts anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.training.begin import Fork
from gui.presenters.fork import ForkPresenter, ForkView
from gui.presenters.messages import Messages
from gui.presenters.presets import PresetsPresenter
from gui.presenters.recipe import RecipePresenter
from gui.presenters.training import TrainingPresenter
from tests.gui.conftest import DATA
from tests.gui.fakes import FakeWorker
from tests.gui.run_folders import Made, make_run


@pytest.fixture
def run(tmp_path: Path) -> Made:
    """With checkpoints of the steps 40, 60 (best) and 100; the rate was changed at 50."""
    made = make_run(tmp_path, Recipe.parse(DATA)).checkpoint("auto-00000040.ckpt", 40)
    return made.change(50, "optimizer.lr", 0.003, 0.001)


@pytest.fixture
def presets(recipe: RecipePresenter, messages: Messages) -> PresetsPresenter:
    return PresetsPresenter(recipe, messages)


@pytest.fixture
def fork(worker: FakeWorker, recipe: RecipePresenter, presets: PresetsPresenter) -> ForkPresenter:
    training = TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))
    return ForkPresenter(training, presets, recipe)


def view(fork: ForkPresenter) -> ForkView:
    found = fork.view()
    assert found is not None
    return found


def test_it_begins_with_the_newest_checkpoint_and_its_recipe(
    fork: ForkPresenter, run: Made, recipe: RecipePresenter
) -> None:
    fork.enter(run.folder)
    assert fork.on
    assert view(fork).title == "Fork of digits-mlp"
    assert view(fork).chosen == run.folder.last_checkpoint
    assert [words for _path, words in view(fork).choices] == [
        "step 100, epoch 5 (newest)", "step 60, epoch 3 (best)", "step 40, epoch 2",
    ]  # fmt: skip
    assert recipe.get("optimizer.lr") == 0.001


def test_the_checkpoint_nearest_to_a_step_comes_with_the_recipe_of_that_moment(
    fork: ForkPresenter, run: Made, recipe: RecipePresenter
) -> None:
    fork.enter(run.folder, step=45)
    assert view(fork).chosen.name == "auto-00000040.ckpt"
    assert recipe.get("optimizer.lr") == 0.003


def test_another_checkpoint_keeps_what_was_edited(
    fork: ForkPresenter, run: Made, recipe: RecipePresenter
) -> None:
    fork.enter(run.folder, step=45)
    recipe.set("regularization.dropout", 0.5)
    fork.choose(run.folder.best_checkpoint)
    assert recipe.get("optimizer.lr") == 0.001
    assert recipe.get("regularization.dropout") == 0.5
    assert recipe.modified


def test_what_cannot_carry_over_is_a_problem_at_the_field(
    fork: ForkPresenter, run: Made, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    fork.enter(run.folder)
    recipe.set("architecture.hidden", [16])
    assert recipe.problems_at("architecture.hidden")
    fork.start()
    assert worker.recipes == []
    recipe.set("architecture.hidden", [64, 32])
    assert recipe.problems == []
    recipe.choose("architecture", "cnn")
    assert [problem.path for problem in recipe.problems] == ["architecture.name"]


def test_what_starts_anew_is_said(fork: ForkPresenter, run: Made, recipe: RecipePresenter) -> None:
    fork.enter(run.folder)
    assert view(fork).notes == ()
    recipe.choose("optimizer", "sgd")
    assert "starts anew" in view(fork).notes[0]


def test_a_fork_with_nothing_left_to_train_says_so_and_does_not_start(
    fork: ForkPresenter, run: Made, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    fork.enter(run.folder)
    recipe.set("training.epochs", 5)
    assert "5 epochs done" in recipe.problems_at("training.epochs")[0].sentence
    assert "ask for more" in view(fork).problem
    fork.start()
    assert worker.begins == []
    fork.choose(run.folder.best_checkpoint)
    assert recipe.problems == []
    assert view(fork).problem == ""


def test_started_it_is_a_fork_of_that_checkpoint(
    fork: ForkPresenter, run: Made, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    fork.enter(run.folder, step=40)
    recipe.set("optimizer.lr", 0.01)
    fork.start()
    assert worker.begins == [Fork(run.folder, run.folder.checkpoints / "auto-00000040.ckpt")]
    assert worker.recipes[0].optimizer.lr == 0.01
    assert not fork.on


def test_thought_better_of_the_recipe_is_an_ordinary_one(
    fork: ForkPresenter, run: Made, recipe: RecipePresenter
) -> None:
    fork.enter(run.folder)
    recipe.set("architecture.hidden", [16])
    fork.cancel()
    assert not fork.on
    assert recipe.problems == []
    assert recipe.get("architecture.hidden") == [16]


def test_opening_something_else_ends_it(
    fork: ForkPresenter, run: Made, presets: PresetsPresenter
) -> None:
    fork.enter(run.folder)
    presets.open("iris_mlp")
    assert fork.view() is None


def test_a_run_without_a_checkpoint_cannot_be_forked(fork: ForkPresenter, run: Made) -> None:
    for path in run.folder.checkpoints.iterdir():
        path.unlink()
    with pytest.raises(ProblemError, match="no checkpoint"):
        fork.enter(run.folder)
    assert not fork.on
