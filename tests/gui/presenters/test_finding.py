"""A search for a value: its progress, its answer, and giving it up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from gui.presenters.finding import BATCH, RATE, Finding, searching_in
from tests.gui.conftest import DATA
from tests.gui.fakes import FakePreviews


def finding_by(previews: FakePreviews, search: Callable[..., Any]) -> Finding:
    made = Finding()
    made.work_on(previews, search)
    return made


def test_nothing_is_offered_without_a_worker() -> None:
    assert not Finding().offers(RATE)


def test_only_two_values_can_be_found(previews: FakePreviews) -> None:
    finding = finding_by(previews, lambda *_: None)
    assert finding.offers(RATE)
    assert finding.offers(BATCH)
    assert not finding.offers("training.epochs")


def test_progress_and_answer_are_told(previews: FakePreviews, qapp: object) -> None:
    seen: list[tuple[str, float | None, bool]] = []

    def search(path: str, recipe: Recipe, told: Any, cancelled: Any) -> Any:
        told("Trying", 0.5)
        return path, cancelled()

    finding = finding_by(previews, search)
    finding.changed.connect(
        lambda: seen.append((finding.words, finding.fraction, finding.searching))
    )
    finding.begin(RATE, Recipe.parse(DATA))
    previews.run()
    assert seen == [("Preparing…", None, True), ("Trying", 0.5, True), ("Trying", 0.5, False)]
    assert finding.found == (RATE, False)


def test_an_answer_that_was_given_up_is_dropped(previews: FakePreviews) -> None:
    told: list[bool] = []
    finding = finding_by(previews, lambda *given: told.append(given[3]()))
    finding.begin(RATE, Recipe.parse(DATA))
    finding.give_up()
    previews.run()
    assert told == [True]
    assert finding.found is None
    assert not finding.searching


def test_what_keeps_it_from_searching_is_told(previews: FakePreviews) -> None:
    def search(*_: Any) -> Any:
        raise ProblemError(Problem("training", "Another training is under way", "wait"))

    finding = finding_by(previews, search)
    finding.begin(BATCH, Recipe.parse(DATA))
    previews.run()
    assert finding.problem is not None
    assert finding.problem.sentence == "Another training is under way"


def test_the_engine_finds(tmp_path: Path) -> None:
    search = searching_in(tmp_path)
    recipe = Recipe.parse(DATA)
    assert search(BATCH, recipe, lambda *_: None, lambda: False).batch_size > 100
    assert search(RATE, recipe, lambda *_: None, lambda: True) is None
