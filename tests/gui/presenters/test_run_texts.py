"""Runs in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from gui.presenters import run_texts as say
from tests.gui.run_infos import info


@pytest.mark.parametrize(
    ("known", "title"),
    [
        ({"title": "wide", "recipe_name": "cnn"}, "wide"),
        ({"recipe_name": "cnn"}, "cnn"),
        ({"recipe_name": "", "name": "20260729-143005-digits-cnn"}, "digits-cnn"),
        ({"recipe_name": "", "name": "copied"}, "copied"),
    ],
)
def test_a_run_is_called_by_its_title_its_recipe_or_its_folder(known, title):
    assert say.title_of(info(**known)) == title


def test_titles_that_are_the_same_are_told_apart():
    runs = [
        info("a", started="2026-03-04T10:00:00+00:00"), info("b", title="wide"),
        info("c", started="2026-03-05T11:00:00+00:00"), info("d", started="", title="x"),
        info("e", started="", title="x"),
    ]  # fmt: skip
    titles = say.titles_of(runs)
    assert len(set(titles.values())) == 5
    assert titles["/runs/b"] == "wide"
    assert titles["/runs/a"].startswith("digits-cnn, 4 Mar")
    assert titles["/runs/d"] == "x, d"


def test_runs_of_one_minute_are_told_apart_by_the_second():
    runs = [info(n, started=f"2026-03-04T10:00:0{n}+00:00") for n in "12"]
    assert [title[-3:] for title in say.titles_of(runs).values()] == [":01", ":02"]


@pytest.mark.parametrize(
    ("state", "position", "words"),
    [
        ("finished", (15, 120), "finished"),
        ("interrupted", (7, 112), "interrupted at epoch 7, batch 112"),
        ("stopped", (7, 112), "stopped at epoch 7, batch 112"),
        ("failed", None, "failed"),
        ("running", (7, 112), "running, epoch 7"),
    ],
)
def test_the_state_says_where_a_run_stands(state, position, words):
    assert say.state_of(info(state=state, position=position)) == words


def test_in_a_column_the_state_is_short():
    stopped, through = info(state="stopped", position=(7, 112)), info(position=(15, 120))
    assert say.short_state_of(stopped) == "stopped · epoch 7"
    assert say.short_state_of(through) == "finished"


def test_the_head_of_a_column_is_what_tells_runs_of_one_title_apart():
    minutes = {name: f"2026-03-04T10:0{name}:00+00:00" for name in "12"}
    runs = [info(name, title="x", started=when) for name, when in minutes.items()]
    heads = list(say.heads_of([*runs, info("b", title="wide")]).values())
    assert [head[-3:] for head in heads[:2]] == [":01", ":02"]
    assert not any("x" in head for head in heads[:2])
    assert heads[2] == "wide"


def test_values_are_written_as_their_metric_is():
    share, error = info(), info(best={"metric": "val_r2", "value": 0.914, "step": None})
    assert say.value_text(share, say.best_of(share)) == "98.6 %"
    assert say.value_text(error, say.best_of(error)) == "R² 0.914"
    assert say.value_text(info(best=None), None) == ""
    assert say.last_of(share) == 0.981
    assert say.best_sentence(share) == "Accuracy on validation data 98.6 %, at step 1,200"
    assert say.best_sentence(error) == "R² on validation data 0.914"


def test_what_is_not_finite_is_no_value():
    assert say.best_of(info(best={"metric": "val_loss", "value": float("nan"), "step": 1})) is None


def test_steps_say_of_how_many_while_a_run_is_not_through():
    assert say.steps_text(info()) == "1,800"
    assert say.steps_text(info(state="stopped", steps=900)) == "900 of 1,800"
    assert say.steps_text(info(steps=0, total_steps=0)) == ""


def test_the_year_is_told_when_it_is_another_one():
    now = datetime.now().astimezone()
    assert str(now.year) not in say.moment_of(info(started=now.isoformat()))
    assert "2020" in say.moment_of(info(started="2020-03-04T10:00:00+00:00"))
    assert say.moment_of(info(started="yesterday")) == ""


def test_forks_and_replays_name_their_parent():
    parent = "20260729-143005-digits-cnn"
    fork = info(parent=parent, parent_step=1200, parent_kind="fork")
    assert say.parent_text(fork) == "digits-cnn at step 1,200"
    replay = info(parent=parent, parent_step=0, parent_kind="replay")
    assert say.parent_text(replay) == "replay of digits-cnn"
    assert say.parent_text(info()) == ""


def test_tags_are_what_stands_between_commas():
    assert say.tags_from(" paper,  lr  sweep,, paper ") == ("paper", "lr sweep")
    assert say.tags_from("") == ()
