"""Runs without an end are offered once the library has been read, and put aside for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.recipe import Recipe
from engine.runs.library import Library
from gui.presenters.banners import interrupted_runs
from gui.presenters.interrupted import InterruptedPresenter
from gui.presenters.library import LibraryPresenter
from gui.presenters.messages import Messages
from tests.gui.conftest import DATA
from tests.gui.fakes import FakePreviews
from tests.gui.run_folders import make_run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def library(runs: Path, previews: FakePreviews, messages: Messages) -> LibraryPresenter:
    return LibraryPresenter(previews, Library(runs), messages)


@pytest.fixture
def interrupted(library: LibraryPresenter, messages: Messages) -> InterruptedPresenter:
    return InterruptedPresenter(library, messages)


def look(library: LibraryPresenter, previews: FakePreviews) -> None:
    library.load()
    previews.run()


def test_only_interrupted_runs_are_offered(
    runs: Path, library: LibraryPresenter, interrupted: InterruptedPresenter, previews: FakePreviews
) -> None:
    for state in ("finished", "interrupted", "stopped", "running"):
        make_run(runs, Recipe.parse(DATA), state)
    look(library, previews)
    assert [run.state for run in interrupted.runs] == ["interrupted"]
    banner = interrupted_runs(interrupted.runs)
    assert banner is not None
    assert banner.sentence.startswith("digits-mlp was interrupted at epoch 5, batch 20")
    assert banner.actions == ("resume_interrupted", "show_interrupted", "put_aside")


def test_several_are_offered_together(
    runs: Path, library: LibraryPresenter, interrupted: InterruptedPresenter, previews: FakePreviews
) -> None:
    for _ in range(3):
        make_run(runs, Recipe.parse(DATA), "interrupted")
    look(library, previews)
    banner = interrupted_runs(interrupted.runs)
    assert banner is not None
    assert banner.sentence.startswith("3 runs")
    assert banner.actions == ("show_interrupted", "put_aside")


def test_what_was_put_aside_is_not_offered_again(
    runs: Path, library: LibraryPresenter, interrupted: InterruptedPresenter,
    previews: FakePreviews, messages: Messages,
) -> None:  # fmt: skip
    make_run(runs, Recipe.parse(DATA), "interrupted")
    look(library, previews)
    interrupted.put_aside()
    assert interrupted.runs == ()
    make_run(runs, Recipe.parse({**DATA, "name": "other"}), "interrupted")
    again = InterruptedPresenter(library, messages)
    look(library, previews)
    assert [run.recipe_name for run in again.runs] == ["other"]


def test_nothing_found_is_nothing_said(
    library: LibraryPresenter, interrupted: InterruptedPresenter, previews: FakePreviews
) -> None:
    look(library, previews)
    assert interrupted_runs(interrupted.runs) is None
