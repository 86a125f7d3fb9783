"""A training whose folder cannot be written, or is gone: it goes on, says so, loses nothing."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs.checkpointfile import is_whole, list_checkpoints, read_stamp
from engine.runs.folder import RunFolder
from engine.runs.interventions import read_interventions
from engine.runs.lock import is_locked
from engine.runs.metricreader import read_metrics
from engine.runs.state import run_state
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.events import (
    Evaluated,
    Event,
    Intervened,
    Notice,
    Paused,
    Recovered,
    RunCreated,
)  # fmt: skip
from engine.training.writing import CheckpointWriter, Job
from tests.engine.disks import Filler, closed, small_disk
from tests.engine.training.beginnings import content_of, refused
from tests.engine.training.helpers import Run, same_curves, small, train

STEPS = 7
"""Batches, steps and a validation of each epoch of the recipe below."""

Act = Callable[[Channel], None]


@pytest.fixture(autouse=True)
def _soon_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.writing.RETRY", 0.01)


def recipe(**training: object) -> Recipe:
    return small(
        training={
            "epochs": 12,
            "checkpoint_every_steps": STEPS,
            "keep_checkpoints": 100,
            **training,
        }
    )


def at_steps(acts: dict[int, Act]) -> Callable[[Event, Channel], None]:
    """Do something after the validation at a step."""

    def act(event: Event, channel: Channel) -> None:
        if isinstance(event, Evaluated) and event.step in acts:
            acts[event.step](channel)

    return act


def notices(run: Run) -> list[Problem]:
    return [event.problem for event in run.events if isinstance(event, Notice)]


def recoveries(run: Run) -> list[str]:
    return [event.sentence for event in run.events if isinstance(event, Recovered)]


def assert_all_is_there(run: Run) -> None:
    """Every point of every curve, and the checkpoint of the very end."""
    assert run.result is not None
    assert run.result.run is not None
    folder = RunFolder(run.result.run)
    stored, log = read_metrics(folder.path), run.channel.log
    assert stored.names() == log.names()
    for name in log.names():
        assert stored.series(name).since().tobytes() == log.series(name).since().tobytes(), name
    stamp = read_stamp(folder.last_checkpoint)
    assert stamp is not None
    assert stamp.step == run.result.steps
    assert all(is_whole(c.path) for c in list_checkpoints(folder))
    assert not list(folder.path.rglob(".writing-*"))


# --- A full disk ---------------------------------------------------------------------------------


def test_a_full_disk_is_told_once_and_everything_is_written_when_there_is_room(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    undisturbed = train(recipe(), tmp_path / "elsewhere")
    with small_disk(tmp_path / "disk", 1500) as disk:
        filler = Filler(disk)
        intact: list[bool] = []

        def look(_channel: Channel) -> None:
            (folder,) = (disk / "runs").iterdir()
            found = {c.path.name: is_whole(c.path) for c in list_checkpoints(RunFolder(folder))}
            intact.append("auto-00000007.ckpt" in found and all(found.values()))

        acts: dict[int, Act] = dict.fromkeys(range(4 * STEPS, 12 * STEPS, STEPS), look)
        acts |= {3 * STEPS: lambda _: filler.fill(), 8 * STEPS: lambda _: filler.free()}
        run = train(recipe(), disk / "runs", at_steps(acts))
        assert_all_is_there(run)
        assert RunFolder(run.result.run).summary()["status"] == "finished"
        assert "cannot be written" in RunFolder(run.result.run).log_file.read_text()
    assert all(intact)
    (notice,) = notices(run)
    assert "cannot be written: No space left on device" in notice.sentence
    assert "goes on" in notice.hint
    assert len(recoveries(run)) == 1
    assert run.result.weights_sha256 == undisturbed.result.weights_sha256
    assert same_curves(run, undisturbed)
    assert capfd.readouterr().err == ""


def test_a_run_whose_end_could_not_be_saved_makes_it_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1500) as disk:
        filler = Filler(disk)
        run = train(recipe(), disk / "runs", at_steps({5 * STEPS: lambda _: filler.fill()}))
        assert run.result.status == "finished"
        assert run.result.checkpoint is None
        assert "could not be saved" in run.ended.problem.sentence
        assert len(notices(run)) == 1
        folder = RunFolder(run.result.run)
        assert run_state(folder.environment(), folder.summary()) != "finished"
        filler.free()
        again = train(recipe(), disk / "runs", folder=folder)
        assert again.result.weights_sha256 == run.result.weights_sha256
        assert again.result.metrics == run.result.metrics
        assert same_curves(again, run)
        assert_all_is_there(again)
        assert folder.summary()["status"] == "finished"


def test_a_training_that_is_to_pause_does_and_goes_on_when_asked(tmp_path: Path) -> None:
    held: list[int] = []
    with small_disk(tmp_path / "disk", 1500) as disk:
        filler = Filler(disk)

        def act(event: Event, channel: Channel) -> None:
            if isinstance(event, Evaluated) and event.step == 3 * STEPS:
                filler.fill()
            if isinstance(event, Paused):
                held.append(event.step)
                filler.free()
                channel.post(c.Resume())

        run = train(recipe(when_not_saved="pause"), disk / "runs", act)
        assert run.result.status == "finished"
        assert_all_is_there(run)
    assert len(held) == 1
    (notice,) = notices(run)
    assert "the training pauses" in notice.hint
    assert len(recoveries(run)) == 1


def test_what_cannot_be_saved_at_the_very_end_pauses_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when it is so slow that the result has been measured meanwhile."""
    held: list[int] = []
    usual = CheckpointWriter._write

    def slow(self: CheckpointWriter, job: Job) -> None:
        threading.Event().wait(0.5 if job.stamp.step == 12 * STEPS else 0)
        usual(self, job)

    monkeypatch.setattr(CheckpointWriter, "_write", slow)
    with ExitStack() as stack:

        def act(event: Event, channel: Channel) -> None:
            if isinstance(event, Evaluated) and event.step == 12 * STEPS:
                (folder,) = (tmp_path / "runs").iterdir()
                stack.enter_context(closed(folder / "checkpoints"))
            if isinstance(event, Paused):
                held.append(event.step)
                stack.close()
                channel.post(c.Resume())

        run = train(recipe(when_not_saved="pause"), tmp_path / "runs", act)
    assert_all_is_there(run)
    assert held == [12 * STEPS]
    assert run.ended.problems == ()


def test_an_intervention_that_cannot_be_logged_changes_nothing(tmp_path: Path) -> None:
    undisturbed = train(recipe(), tmp_path / "elsewhere")
    with small_disk(tmp_path / "disk", 1500) as disk:
        filler = Filler(disk)
        asked: list[Future[c.Report]] = []

        def lower(channel: Channel) -> None:
            filler.fill()
            asked.append(channel.post(c.Intervene.of({"optimizer.lr": 1e-5})))

        acts: dict[int, Act] = {3 * STEPS: lower, 6 * STEPS: lambda _: filler.free()}
        run = train(recipe(), disk / "runs", at_steps(acts))
        report = asked[0].result(1)
        assert not report.ok
        assert report.sentence == "The change could not be logged: No space left on device"
        assert "nothing was changed" in report.hint
        assert read_interventions(run.result.run) == []
        assert not any(isinstance(event, Intervened) for event in run.events)
        assert run.result.weights_sha256 == undisturbed.result.weights_sha256


def test_a_disk_that_is_full_from_the_start_is_bad_input(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 100) as disk:
        (disk / "runs").mkdir()
        Filler(disk).fill()
        run = train(recipe(), disk / "runs")
        assert run.result.status == "failed"
        assert run.ended.bad_input
        assert "No space left" in run.ended.problem.sentence
        assert run.ended.traceback == ""
        assert list((disk / "runs").iterdir()) == []


def test_a_run_cannot_go_on_where_nothing_can_be_written_and_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = train(recipe(), tmp_path, at_steps({14: lambda ch: ch.post(c.Stop())}))
    folder = RunFolder(stopped.result.run)
    before = content_of(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "write_json", full)
        assert "cannot be written: No space left" in refused(
            train(recipe(), tmp_path, folder=folder)
        )
    assert content_of(folder) == before
    with closed(folder.path):
        assert "cannot be written: " in refused(train(recipe(), tmp_path, folder=folder))
    assert content_of(folder) == before
    assert train(recipe(), tmp_path, folder=folder).result.status == "finished"


# --- A folder that is closed, or gone ------------------------------------------------------------


def test_lost_permission_is_told_once_and_mended(tmp_path: Path) -> None:
    with ExitStack() as stack:

        def close(_channel: Channel) -> None:
            (folder,) = (tmp_path / "runs").iterdir()
            stack.enter_context(closed(folder / "checkpoints"))

        acts: dict[int, Act] = {21: close, 56: lambda _: stack.close()}
        run = train(recipe(), tmp_path / "runs", at_steps(acts))
    assert_all_is_there(run)
    (notice,) = notices(run)
    assert notice.sentence.startswith("Checkpoints cannot be written: ")
    assert recoveries(run) == ["Checkpoints are written again"]


def gone(folder: Path) -> None:
    """Deleted in one moment, whatever is written to it at that moment."""
    away = folder.with_name("gone")
    folder.rename(away)
    shutil.rmtree(away)


def test_a_deleted_run_folder_is_written_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    locked: list[bool] = []
    folders: list[RunFolder] = []

    def act(event: Event, channel: Channel) -> None:
        if isinstance(event, RunCreated):
            folders.append(RunFolder(event.run))
        if isinstance(event, Evaluated) and event.step == 35:
            channel.post(c.Intervene.of({"regularization.dropout": 0.4}))
        if isinstance(event, Evaluated) and event.step == 49:
            gone(folders[0].path)
        if isinstance(event, Evaluated) and event.step == 70:
            channel.post(c.SaveCheckpoint())  # by now it is there again
            channel.post(c.Stop())
        if isinstance(event, Notice):
            locked.append(is_locked(folders[0]))

    stopped = train(recipe(), tmp_path / "runs", act)
    (notice,) = notices(stopped)
    assert "was deleted while it is being trained" in notice.sentence
    assert locked == [True]
    assert not is_locked(folders[0])
    assert_all_is_there(stopped)
    assert len(read_interventions(folders[0].path)) == 1
    assert folders[0].recipe() == recipe()
    resumed = train(recipe(), tmp_path / "runs", folder=folders[0])

    def lower(channel: Channel) -> None:
        channel.post(c.Intervene.of({"regularization.dropout": 0.4}))

    whole = train(recipe(), tmp_path / "whole", at_steps({35: lower}))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert same_curves(resumed, whole)
    assert capfd.readouterr().err == ""


def test_half_a_deleted_run_folder_is_made_whole(tmp_path: Path) -> None:
    """`rm -r` meets the training's own writing: what it leaves is no run."""

    def gone_but_for_a_folder(_channel: Channel) -> None:
        (folder,) = (tmp_path / "runs").iterdir()
        gone(folder)
        (folder / "checkpoints").mkdir(parents=True)

    run = train(recipe(), tmp_path / "runs", at_steps({35: gone_but_for_a_folder}))
    assert_all_is_there(run)
    assert RunFolder(run.result.run).recipe() == recipe()


def test_a_deleted_library_is_waited_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    runs = tmp_path / "runs"
    acts: dict[int, Act] = {21: lambda _: gone(runs), 56: lambda _: runs.mkdir()}
    run = train(recipe(), runs, at_steps(acts))
    assert_all_is_there(run)
    first, second = (notice.sentence for notice in notices(run))
    assert "cannot be written: No such file or directory" in first
    assert "was deleted" in second
    assert len(recoveries(run)) == 1
    assert capfd.readouterr().err == ""


def test_a_library_that_stays_away_does_not_end_the_training(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run = train(recipe(), runs, at_steps({21: lambda _: gone(runs)}))
    assert run.result.status == "finished"
    assert run.result.checkpoint is None
    assert "could not be saved" in run.ended.problem.sentence
    assert not runs.exists()


def test_a_moved_run_goes_on_where_it_is(tmp_path: Path) -> None:
    whole = train(recipe(), tmp_path / "whole")
    stopped = train(recipe(), tmp_path / "runs", at_steps({35: lambda ch: ch.post(c.Stop())}))
    moved = tmp_path / "été" / "another name"
    moved.parent.mkdir()
    os.rename(stopped.result.run, moved)
    resumed = train(recipe(), tmp_path / "runs", folder=RunFolder(moved))
    assert resumed.result.run == moved
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert resumed.result.checkpoint == moved / "checkpoints" / "last.ckpt"
    assert list((tmp_path / "runs").iterdir()) == []
