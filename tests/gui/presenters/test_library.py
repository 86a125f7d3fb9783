"""The library as the window knows it: read in the background, marked at once."""

from __future__ import annotations

import pytest

from engine.problems import Problem
from gui.presenters.library import LibraryPresenter, check_readable
from tests.gui.run_infos import FakeLibrary, info


@pytest.fixture
def library():
    return FakeLibrary([info("a"), info("b", state="running"), info("c")])


@pytest.fixture
def presenter(qapp, previews, library, messages):
    made = LibraryPresenter(previews, library, messages)
    yield made
    made.want(False)


@pytest.fixture
def shown(presenter, previews):
    presenter.load()
    previews.run()
    return presenter


def names(presenter):
    return [run.name for run in presenter.runs]


def value(presenter, name, field):
    return next(getattr(run, field) for run in presenter.runs if run.name == name)


# --- Reading ----------------------------------------------------------------------------------


def test_nothing_is_read_until_somebody_looks(presenter, previews):
    assert (presenter.status, presenter.runs, previews.requests) == ("waiting", (), [])
    presenter.want(True)
    assert presenter.status == "loading"
    assert names(presenter) == []
    previews.run()
    assert presenter.status == "shown"
    assert names(presenter) == ["a", "b", "c"]


def test_what_is_known_is_shown_before_the_folders_are_looked_at(presenter, previews, library):
    seen = []
    presenter.changed.connect(lambda: seen.append((presenter.status, len(presenter.runs))))
    library.cached = lambda: library.runs[:2]
    presenter.load()
    previews.run()
    assert seen == [("loading", 0), ("loading", 2), ("shown", 3)]


def test_a_slow_disk_is_not_asked_twice(presenter, previews):
    presenter.load()
    count = len(previews.requests)
    presenter.refresh()
    presenter.load()
    assert len(previews.requests) == count


def test_only_live_runs_are_looked_at_every_second(shown, previews, library, tmp_path):
    library.runs = [info("a"), info("b", state="running", path=tmp_path)]
    shown.refresh()
    previews.run()
    library.change("a", steps=1)
    library.change("b", steps=900)
    shown._on_due()
    previews.run()
    assert library.looked == ["b"]
    assert (value(shown, "b", "steps"), value(shown, "a", "steps")) == (900, 1800)


def test_a_new_run_is_seen_at_the_next_tick(shown, previews, library, tmp_path):
    library.runs_dir = tmp_path
    shown.refresh()
    previews.run()
    library.runs.append(info("new"))
    shown._on_due()
    previews.run()
    assert not previews.requests  # nothing was put into the folder yet
    (tmp_path / "new").mkdir()
    shown._on_due()
    previews.run()
    previews.run()
    assert names(shown)[-1] == "new"


def test_nothing_ticks_while_it_is_out_of_sight(shown):
    shown.want(True)
    assert shown._timer.isActive()
    shown.want(False)
    assert not shown._timer.isActive()


def test_a_folder_that_cannot_be_read_is_a_problem_and_not_an_empty_library(
    presenter, previews, library, tmp_path, said
):
    library.runs_dir = tmp_path / "file"
    library.runs_dir.write_text("")
    library.runs = []
    presenter.load()
    previews.run()
    assert presenter.status == "failed"
    assert "cannot be read" in presenter.problem.sentence
    presenter.load()  # again
    library.runs_dir = tmp_path
    library.runs = [info("a")]
    previews.run()
    assert (presenter.status, presenter.problem, names(presenter)) == ("shown", None, ["a"])


def test_no_folder_yet_is_an_empty_library(tmp_path):
    check_readable(tmp_path / "not yet")
    check_readable(tmp_path)


def test_runs_stay_in_sight_when_their_disk_goes(shown, previews, library, tmp_path, said):
    library.runs_dir = tmp_path / "file"
    library.runs_dir.write_text("")
    for _look in range(2):
        shown.refresh()
        previews.run()
    assert (shown.status, len(shown.runs)) == ("shown", 3)
    assert len(said) == 1


# --- Marking ----------------------------------------------------------------------------------


def test_a_mark_is_shown_at_once_and_written_in_the_background(shown, previews, library):
    shown.mark([shown.runs[0], shown.runs[2]], favourite=True)
    assert [run.favourite for run in shown.runs] == [True, False, True]
    assert library.marks == []
    previews.run()
    assert library.marks == [("a", {"favourite": True}), ("c", {"favourite": True})]
    previews.run()
    assert [run.favourite for run in shown.runs] == [True, False, True]


def test_a_look_from_before_does_not_take_a_mark_back(shown, previews, library):
    shown.refresh()
    before = list(library.runs)
    shown.mark([shown.runs[0]], title="wide")
    library.refresh = lambda: before
    previews.requests, later = previews.requests[:1], previews.requests[1:]
    previews.run()
    assert value(shown, "a", "title") == "wide"
    del library.refresh
    previews.requests = later
    previews.run()
    previews.run()
    assert value(shown, "a", "title") == "wide"


def test_a_mark_that_cannot_be_written_is_said_and_taken_back(shown, previews, library, said):
    library.refuses = True
    shown.mark([shown.runs[0]], note="mind")
    assert value(shown, "a", "note") == "mind"
    previews.run()
    previews.run()
    assert value(shown, "a", "note") == ""
    assert "cannot be marked" in said[-1].text


def test_what_goes_to_the_trash_is_gone_when_it_is_there(shown, previews, library, said):
    shown.trash([shown.runs[0]])
    assert names(shown) == ["a", "b", "c"]
    previews.run()
    assert names(shown) == ["b", "c"]
    assert said[-1].text == "Moved digits-cnn to the trash"
    library.refuses = True
    shown.trash([shown.runs[0]])
    previews.run()
    previews.run()
    assert names(shown) == ["b", "c"]
    assert "cannot be moved" in said[-1].text


def test_answers_to_others_are_not_taken(shown, previews):
    previews.done.emit("something else", [info("x")])
    previews.failed.emit("something else", Problem("", "no"))
    assert names(shown) == ["a", "b", "c"]
