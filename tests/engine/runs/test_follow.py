"""A run that another process writes: read as it grows, read anew when its past changes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psutil
import pytest

from engine.runs.follow import FollowedRun
from engine.runs.interventions import Change, Intervention, append_intervention, write_interventions
from engine.runs.metricreader import read_metrics
from engine.runs.metrictail import PATIENCE
from tests.engine.runs.metricfiles import append, cut, name, records


def steps(run: FollowedRun, metric: str = "train_loss") -> list[int]:
    return [int(step) for step in run.series(metric).since()["step"]]


def same_as_on_disk(run: FollowedRun) -> bool:
    log = read_metrics(run.folder.path)
    return run.names() == log.names() and all(
        run.series(each).since().tobytes() == log.series(each).since().tobytes()
        for each in log.names()
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    name(tmp_path, "train_loss", "val_loss")
    append(tmp_path, records(0, range(100)), records(1, range(0, 100, 10)))
    return tmp_path


def test_what_is_added_is_added(folder: Path) -> None:
    run = FollowedRun(folder)
    assert same_as_on_disk(run)
    assert not run.poll()
    seen = run.series("train_loss")
    append(folder, records(0, range(100, 250)))
    assert run.poll()
    assert run.series("train_loss") is seen  # whoever draws it goes on from where it was
    assert same_as_on_disk(run)
    assert run.generation == 0
    assert run.position == (249, 24.9, 124.5)


def test_only_whole_records_are_read(folder: Path) -> None:
    run = FollowedRun(folder)
    new = records(0, range(100, 102)).tobytes()
    with open(folder / "metrics.bin", "ab") as file:
        file.write(new[:45])
    assert run.poll()
    assert steps(run)[-1] == 100
    with open(folder / "metrics.bin", "ab") as file:
        file.write(new[45:])
    assert run.poll()
    assert steps(run)[-1] == 101


def test_a_file_that_became_shorter_is_read_anew(folder: Path) -> None:
    run = FollowedRun(folder)
    cut(folder, 50)
    assert run.poll()
    assert (run.generation, steps(run)) == (1, list(range(50)))
    assert run.position.step == 49
    assert len(run.series("val_loss")) == 0  # its curve may be on the screen
    append(folder, records(0, range(50, 60)))
    assert run.poll()
    assert (run.generation, steps(run)) == (1, list(range(60)))


@pytest.mark.parametrize("left", [10, 99, 109])
def test_cut_back_and_grown_beyond_between_two_looks(folder: Path, left: int) -> None:
    """A killed run that was resumed: the same steps again, at other times."""
    run = FollowedRun(folder)
    cut(folder, left)
    append(folder, records(0, range(left, 400), shift=7.0))
    assert run.poll()
    assert run.generation == 1
    assert same_as_on_disk(run)


def test_a_replaced_file_of_the_same_length_is_read_anew(folder: Path) -> None:
    run = FollowedRun(folder)
    cut(folder, 0)
    append(folder, records(0, range(110), shift=3.0))
    assert run.poll()
    assert (run.generation, steps(run)) == (1, list(range(110)))


def test_a_metric_that_appears_later_waits_for_its_name(folder: Path) -> None:
    run = FollowedRun(folder)
    append(folder, records(0, range(100, 103)), records(2, range(3)), records(0, range(103, 105)))
    assert run.poll()
    assert steps(run)[-1] == 102
    name(folder, "train_loss", "val_loss", "lr")
    assert run.poll()
    assert (steps(run)[-1], steps(run, "lr")) == (104, [0, 1, 2])


def test_a_metric_that_never_gets_a_name_does_not_stop_the_others(folder: Path) -> None:
    run = FollowedRun(folder)
    append(folder, records(9, range(3)), records(0, range(100, 105)))
    assert any(run.poll() for _ in range(PATIENCE + 2))
    assert steps(run)[-1] == 104


def test_a_run_that_begins_anew_with_other_names(folder: Path) -> None:
    run = FollowedRun(folder)
    name(folder, "lr", "train_loss")
    cut(folder, 0)
    append(folder, records(1, range(7)))
    assert run.poll()
    assert run.generation > 0
    assert (steps(run), steps(run, "lr")) == (list(range(7)), [])


def test_records_that_are_said_to_be_of_other_metrics_are_read_anew(folder: Path) -> None:
    run = FollowedRun(folder)
    name(folder, "lr", "train_loss")
    assert run.poll()
    assert (run.generation, len(steps(run, "lr")), len(steps(run))) == (1, 100, 10)


def test_what_is_away_for_a_moment_is_tried_again(folder: Path) -> None:
    run = FollowedRun(folder)
    away = folder.with_name("away")
    folder.rename(away)
    assert not run.poll()
    assert len(steps(run)) == 100
    away.rename(folder)
    append(folder, records(0, range(100, 110)))
    assert run.poll()
    assert (run.generation, len(steps(run))) == (0, 110)


def test_half_written_names_are_tried_again(folder: Path) -> None:
    (folder / "metrics.json").write_text('{"metr')
    run = FollowedRun(folder)
    assert run.names() == ()
    name(folder, "train_loss", "val_loss")
    assert run.poll()
    assert same_as_on_disk(run)


def test_nothing_there_yet(tmp_path: Path) -> None:
    run = FollowedRun(tmp_path)
    assert (run.names(), run.position, run.poll()) == ((), (0, 0.0, 0.0), False)
    name(tmp_path, "train_loss")
    append(tmp_path, records(0, range(3)))
    assert run.poll()
    assert steps(run) == [0, 1, 2]


def test_the_state_is_looked_at_now_and_then(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = psutil.Process(os.getpid())
    environment = {"pid": me.pid, "process_started": me.create_time()}
    (folder / "environment.json").write_text(json.dumps(environment))
    run = FollowedRun(folder)
    assert run.state == "running"
    (folder / "summary.json").write_text('{"status": "finished", "steps": 100}')
    assert not run.poll()  # a moment ago
    monkeypatch.setattr("engine.runs.follow.LOOK_EVERY", 0.0)
    assert run.poll()
    assert (run.state, run.summary["steps"]) == ("finished", 100)
    assert not run.poll()


def test_interventions_are_followed(folder: Path) -> None:
    run = FollowedRun(folder)
    made = [
        Intervention(step, step, 0.1, 1.0, "now", (Change("optimizer.lr", 0.1, 0.01),))
        for step in (5, 9)
    ]
    append_intervention(folder, made[0])
    assert run.poll()
    append_intervention(folder, made[1])
    assert run.poll()
    assert list(run.interventions) == made
    write_interventions(folder, made[:1])
    assert run.poll()
    assert list(run.interventions) == made[:1]
    assert not run.poll()


def test_it_never_writes(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    FollowedRun(folder).poll()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
