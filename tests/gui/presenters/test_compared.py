"""Runs are chosen, read in the background, coloured for good, and followed while they go on."""

from __future__ import annotations

import pytest

from engine.recipe import Recipe
from engine.runs.library import describe_run
from gui.presenters.compared import ComparedPresenter
from tests.gui.conftest import DATA
from tests.gui.run_folders import make_run


@pytest.fixture
def make(tmp_path):
    def made(state="finished"):
        return make_run(tmp_path, Recipe.parse(DATA), state)

    return made


@pytest.fixture
def compared(qapp, previews, messages):
    made = ComparedPresenter(previews, messages)
    yield made
    made.watch(False)


def run_of(made):
    return describe_run(made.folder)


def ready(compared):
    return [(found.title, found.color) for found in compared.ready()]


def test_curves_are_read_in_the_background(compared, previews, make, qtbot):
    run = run_of(make())
    compared.choose(run)
    assert compared.color(str(run.path)) == 0
    assert compared.ready() == []
    with qtbot.waitSignal(compared.loaded):
        previews.run()
    (found,) = compared.ready()
    assert (found.key, found.title, found.color) == (str(run.path), "digits-mlp", 0)
    assert len(found.source.series("train_loss")) == 100


def test_a_run_that_is_not_compared_any_more_is_forgotten(compared, previews, make, qtbot):
    runs = [run_of(make()) for _ in range(2)]
    for run in runs:
        compared.choose(run)
    previews.run()
    with qtbot.waitSignals([compared.changed, compared.loaded]):
        compared.choose(runs[0], False)
    assert len(compared.ready()) == 1
    assert compared.color(str(runs[0].path)) is None
    compared.choose(runs[0], False)  # once more changes nothing
    compared.clear()
    assert compared.ready() == []


def test_what_was_taken_away_while_it_was_read_does_not_come_back(compared, previews, make):
    run = run_of(make())
    compared.choose(run)
    compared.clear()
    previews.run()
    compared.choose(run)
    assert compared.ready() == []  # what was read then does not count


def test_a_colour_is_kept(compared, previews, make):
    first, second = run_of(make()), run_of(make())
    compared.choose(first)
    compared.choose(second)
    compared.choose(first, False)
    compared.choose(first)
    assert (compared.color(str(first.path)), compared.color(str(second.path))) == (0, 1)


def test_the_open_run_is_not_laid_over_itself(compared, previews, make, qtbot):
    runs = [run_of(make()) for _ in range(2)]
    for run in runs:
        compared.choose(run)
    previews.run()
    with qtbot.waitSignal(compared.loaded):
        compared.set_open(str(runs[0].path))
    assert [found.key for found in compared.ready()] == [str(runs[1].path)]
    compared.set_open("")
    assert previews.requests  # it may have been trained further: read again
    previews.run()
    assert len(compared.ready()) == 2


def test_a_run_that_another_process_trains_grows(compared, previews, make, qtbot):
    made = make("running")
    compared.choose(run_of(made))
    previews.run()
    (found,) = compared.ready()
    assert not compared._timer.isActive()
    compared.watch(True)
    assert compared._timer.isActive()
    made.points("train_loss", 101, 102)
    with qtbot.waitSignal(compared.grown):
        compared._on_due()
        previews.run()
    assert len(found.source.series("train_loss")) == 102
    compared.watch(False)
    assert not compared._timer.isActive()


def test_damaged_curves_are_said_and_the_box_is_empty_again(compared, previews, make, said):
    made = make()
    (made.folder.path / "metrics.json").write_text("{")
    compared.choose(run_of(made))
    previews.run()
    assert compared.chosen == ()
    assert "digits-mlp cannot be compared" in said[-1].text


def test_it_follows_the_library(compared, previews, make, qtbot):
    first, second = make(), make()
    compared.choose(run_of(first))
    compared.choose(run_of(second))
    previews.run()
    (first.folder.path / "marks.json").write_text('{"title": "wide"}')
    with qtbot.waitSignal(compared.loaded):
        compared.follow([run_of(first), run_of(second)])
    assert ready(compared) == [("wide", 0), ("digits-mlp", 1)]
    compared.follow([run_of(second)])
    assert ready(compared) == [("digits-mlp", 1)]
