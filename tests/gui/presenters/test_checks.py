from __future__ import annotations

import pytest

from engine.datasets.base import Progress
from engine.inspection import Finding, Inspection
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.views import DataView
from gui.presenters import checks as checks_module
from gui.presenters.checks import Checks
from gui.presenters.dataview import DataPreview
from gui.presenters.recipe import RecipePresenter
from tests.gui.data_views import IMAGES, SHA
from tests.gui.fakes import FakePreviews

SUBSET = Finding("subset", "info", "At most 100", mend=(("dataset.subset", 100),))
WEIGH = Finding("imbalance", "warning", "Uneven", mend=(("loss.class_weights", "balanced"),))


class Inspect:
    """What the check finds, or a problem."""

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = (WEIGH, SUBSET)
        self.problem: Problem | None = None
        self.made = 0

    def __call__(self, recipe: Recipe, progress: Progress) -> Inspection:
        progress("Looking", 0.5)
        if self.problem is not None:
            raise ProblemError(self.problem)
        self.made += 1
        return Inspection(recipe.dataset.facts(), findings=self.findings, fingerprint=SHA)


@pytest.fixture
def inspect() -> Inspect:
    return Inspect()


def load(recipe: Recipe, progress: Progress, seed: int = 0) -> DataView:
    return IMAGES


@pytest.fixture
def preview(previews: FakePreviews, recipe: RecipePresenter, qapp) -> DataPreview:
    made = DataPreview(previews, recipe, load)
    yield made
    made.close()


@pytest.fixture
def checks(
    previews: FakePreviews, recipe: RecipePresenter, preview: DataPreview, inspect: Inspect
) -> Checks:
    return Checks(previews, recipe, preview, inspect)


def look(preview: DataPreview, previews: FakePreviews) -> None:
    preview.again()
    previews.run()


def test_small_data_is_checked_unasked(
    checks: Checks, preview: DataPreview, previews: FakePreviews
) -> None:
    look(preview, previews)
    assert checks.status == "checking"
    previews.run()
    assert checks.status == "done"
    assert checks.findings == (WEIGH, SUBSET)
    assert checks.fingerprint == SHA


def test_large_data_waits_for_a_word(
    checks: Checks, preview: DataPreview, previews: FakePreviews, monkeypatch
) -> None:
    monkeypatch.setattr(checks_module, "MOST_NUMBERS", 10)
    look(preview, previews)
    assert checks.status == "offered"
    assert previews.requests == []
    checks.start()
    previews.run()
    assert checks.status == "done"


def test_tells_how_far_it_is_and_can_be_cancelled(
    checks: Checks, preview: DataPreview, previews: FakePreviews, inspect: Inspect
) -> None:
    heard: list[tuple[str, float | None]] = []
    checks.changed.connect(lambda: heard.append((checks.words, checks.fraction)))
    look(preview, previews)
    checks.cancel()
    previews.run()
    assert inspect.made == 0
    assert checks.status == "offered"
    checks.start()
    previews.run()
    assert ("Looking 50 %", 0.5) in heard


def test_findings_go_with_their_dataset(
    checks: Checks, preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter
) -> None:
    look(preview, previews)
    previews.run()
    recipe.set("training.epochs", 3)
    assert checks.findings
    recipe.set("dataset.val_fraction", 0.3)
    assert checks.findings == ()
    assert (checks.status, checks.fingerprint) == ("none", "")


def test_an_answer_about_an_earlier_dataset_is_dropped(
    checks: Checks, preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter
) -> None:
    look(preview, previews)
    (request,) = previews.requests
    recipe.set("dataset.val_fraction", 0.3)
    previews.done.emit(request[0], Inspection(None, findings=(SUBSET,)))
    assert checks.findings == ()


def test_a_mend_is_one_step_that_can_be_undone(
    checks: Checks, preview: DataPreview, previews: FakePreviews, recipe: RecipePresenter
) -> None:
    look(preview, previews)
    previews.run()
    assert checks.mend_words(WEIGH) == "Weigh the classes"
    assert not checks.is_mended(WEIGH)
    checks.mend(WEIGH)
    assert recipe.get("loss.class_weights") == "balanced"
    assert checks.is_mended(WEIGH)
    assert checks.findings  # they are of the same data
    recipe.undo()
    assert not checks.is_mended(WEIGH)


def test_nothing_is_offered_that_the_recipe_does_not_have(
    checks: Checks, recipe: RecipePresenter
) -> None:
    strange = Finding("strange", "info", "Strange", mend=(("dataset.nothing", 1),))
    assert checks.mend_words(strange) == ""
    checks.mend(strange)
    assert recipe.get("dataset.nothing") is None


def test_a_check_that_fails_says_why(
    checks: Checks, preview: DataPreview, previews: FakePreviews, inspect: Inspect
) -> None:
    inspect.problem = Problem("dataset.path", "There is nothing at /x")
    look(preview, previews)
    previews.run()
    assert checks.status == "failed"
    assert checks.problem == inspect.problem


def test_data_that_is_refused_is_looked_at_until_it_can_be_used(
    checks: Checks, preview: DataPreview, previews: FakePreviews, monkeypatch
) -> None:
    def refused(recipe: Recipe, progress: Progress, seed: int = 0) -> DataView:
        raise ProblemError(Problem("dataset.path", "Half of the pictures cannot be read"))

    preview._request(refused)
    previews.run()
    assert (preview.status, checks.status) == ("failed", "checking")
    previews.run()
    assert checks.findings
    look(preview, previews)  # mended
    assert (checks.status, checks.findings) == ("checking", ())


def test_data_that_has_to_be_fetched_is_not_checked(
    checks: Checks, preview: DataPreview, previews: FakePreviews
) -> None:
    def not_here(recipe: Recipe, progress: Progress, seed: int = 0) -> DataView:
        raise ProblemError(Problem("dataset.download", "12 MB"))

    preview._request(not_here)
    previews.run()
    assert previews.requests == []
