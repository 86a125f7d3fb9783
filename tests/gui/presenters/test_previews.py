from __future__ import annotations

import pytest

from engine.datasets.base import Progress
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from gui.presenters.previews import Preview
from gui.presenters.recipe import RecipePresenter
from tests.gui.fakes import FakePreviews


class Loader:
    """Counts what is loaded; fails when told to."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.problem: Problem | None = None

    def __call__(self, recipe: Recipe, progress: Progress) -> str:
        progress("Reading", 0.25)
        if self.problem is not None:
            raise ProblemError(self.problem)
        self.loaded.append(recipe.dataset.name)
        return recipe.dataset.name


@pytest.fixture
def loader() -> Loader:
    return Loader()


@pytest.fixture
def preview(previews: FakePreviews, recipe: RecipePresenter, loader: Loader, qapp) -> Preview[str]:
    made = Preview(previews, recipe, ("dataset",), loader)
    yield made
    made.close()


def test_loads_nothing_until_it_is_wanted(
    preview: Preview[str], previews: FakePreviews, recipe: RecipePresenter, qtbot
) -> None:
    recipe.choose("dataset", "iris")
    qtbot.wait(400)
    assert previews.requests == []


def test_loads_once_a_moment_after_the_last_edit(
    preview: Preview[str], previews: FakePreviews, recipe: RecipePresenter, qtbot, wait
) -> None:
    preview.want(True)
    recipe.set("dataset.val_fraction", 0.2)
    recipe.set("dataset.val_fraction", 0.25)
    wait(lambda: bool(previews.requests))
    assert len(previews.requests) == 1
    assert preview.status == "loading"
    previews.run()
    assert (preview.status, preview.value) == ("shown", "digits")


def test_a_section_it_does_not_depend_on_is_no_reason_to_load(
    preview: Preview[str], previews: FakePreviews, recipe: RecipePresenter, qtbot, wait
) -> None:
    preview.want(True)
    wait(lambda: bool(previews.requests))
    previews.run()
    recipe.set("training.epochs", 99)
    qtbot.wait(400)
    assert previews.requests == []


def test_an_answer_to_an_old_question_is_dropped(
    preview: Preview[str], previews: FakePreviews, recipe: RecipePresenter, wait
) -> None:
    preview.want(True)
    wait(lambda: len(previews.requests) == 1)
    recipe.set("dataset.val_fraction", 0.3)
    wait(lambda: len(previews.requests) == 2)
    old, new = previews.requests
    previews.done.emit(old[0], "old")
    assert preview.value is None
    previews.done.emit(new[0], "new")
    assert preview.value == "new"


def test_a_question_that_nobody_asks_any_more_is_cut_short(
    preview: Preview[str], previews: FakePreviews, loader: Loader, wait
) -> None:
    preview.want(True)
    wait(lambda: bool(previews.requests))
    preview.close()
    previews.run()
    assert loader.loaded == []


def test_a_failure_keeps_its_problem_and_another_way_can_be_tried(
    preview: Preview[str], previews: FakePreviews, loader: Loader, wait
) -> None:
    loader.problem = Problem("dataset.download", "Not here: 12 MB", "")
    preview.want(True)
    wait(lambda: bool(previews.requests))
    previews.run()
    assert preview.status == "failed"
    assert preview.problem == loader.problem
    preview.ask_with(lambda recipe, progress: "fetched")
    previews.run()
    assert preview.value == "fetched"


def test_tells_how_far_the_loading_is(preview: Preview[str], previews: FakePreviews, wait) -> None:
    heard: list[str] = []
    preview.changed.connect(lambda: heard.append(preview.words))
    preview.want(True)
    wait(lambda: bool(previews.requests))
    previews.run()
    assert "Reading 25 %" in heard
