"""The selected run in a few lines."""

from __future__ import annotations

import pytest

from engine.recipe import Recipe
from engine.runs.library import describe_run
from gui.presenters.run_details import RunDetails, measured, sheet_of
from tests.gui.conftest import DATA
from tests.gui.run_folders import make_run
from tests.gui.run_infos import info


@pytest.fixture
def run(tmp_path):
    return describe_run(make_run(tmp_path, Recipe.parse(DATA)).folder)


@pytest.fixture
def details(qapp, previews):
    made = RunDetails(previews)
    yield made
    made._timer.stop()


def test_the_recipe_is_told_section_by_section(tmp_path):
    sheet = sheet_of("k", make_run(tmp_path, Recipe.parse(DATA)).folder)
    told = dict(sheet.lines)
    assert list(told)[:4] == ["Dataset", "Architecture", "Loss", "Optimizer"]
    assert "[64, 32]" in told["Architecture"]
    assert told["Optimizer"].startswith("AdamW, learning rate 0.003")


def test_it_is_read_a_moment_after_the_selection_came_to_rest(details, previews, run, qtbot):
    details.show_run(info("passing by"))
    details.show_run(run)
    assert previews.requests == []
    qtbot.waitUntil(lambda: bool(previews.requests))
    previews.run()
    assert details.sheet.key == str(run.path)


def test_the_answer_for_another_run_is_not_shown(details, previews, run, qtbot):
    details.show_run(run)
    qtbot.waitUntil(lambda: bool(previews.requests))
    details.show_run(info("other"))
    previews.run()
    assert details.sheet is None


def test_newer_values_of_the_same_run_do_not_read_it_again(details, previews, run, qtbot):
    details.show_run(run)
    qtbot.waitUntil(lambda: bool(previews.requests))
    previews.run()
    details.show_run(info(run.name, path=run.path, steps=1))
    assert not details._timer.isActive()
    assert details.sheet is not None


def test_a_recipe_that_cannot_be_read_is_said(details, previews, run, qtbot):
    (run.path / "recipe.yaml").write_text("version: 99\n")
    details.show_run(run)
    qtbot.waitUntil(lambda: bool(previews.requests))
    previews.run()
    assert details.sheet.problem


def test_measured_values_stand_by_metric():
    run = info(
        metrics={"val_accuracy": 0.98, "test_accuracy": 0.97, "val_loss": 0.061, "train_x": 1.0},
        best={"metric": "val_accuracy", "value": 0.986, "step": 1},
    )
    rows = dict(measured(run))
    assert rows["accuracy"] == {"val": "98.0 %", "test": "97.0 %", "best": "98.6 %"}
    assert rows["loss"] == {"val": "0.0610"}
    assert len(rows) == 2
