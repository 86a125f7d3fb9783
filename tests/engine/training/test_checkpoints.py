"""Which checkpoints a training keeps: last, best, every so often, and those asked for."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.runs.checkpointfile import Stamp, list_checkpoints, read_stamp, stamped
from engine.runs.folder import RunFolder
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.checkpoints import thin_out
from engine.training.events import CheckpointSaved, Evaluated, Event
from engine.training.loading import load_checkpoint
from engine.training.writing import CheckpointWriter, Job
from tests.engine.runs.test_checkpointfile import archive
from tests.engine.training.helpers import small, train
from tests.engine.training.stepped import Stepped


def names(folder: RunFolder) -> list[str]:
    return sorted(path.stem for path in folder.checkpoints.iterdir())


def kept(tmp_path: Path, **training: Any) -> list[str]:
    """The names of the checkpoints saved every so often, without their beginning and zeros."""
    run = train(small(training=training), tmp_path)
    found = [name for name in names(RunFolder(run.result.run)) if name.startswith("auto-")]
    return [name.removeprefix("auto-").lstrip("0") for name in found]


# --- When ----------------------------------------------------------------------------------------


def test_last_is_of_the_end_and_best_of_the_best_validation(tmp_path: Path) -> None:
    run = train(small(), tmp_path)
    folder = RunFolder(run.result.run)
    assert names(folder) == ["best", "last"]
    last, best = read_stamp(folder.last_checkpoint), read_stamp(folder.best_checkpoint)
    assert last is not None
    assert best is not None
    assert (last.step, last.batch, last.epoch, last.reason) == (21, 21, 3.0, "last")
    improved = [event.step for event in run.events if isinstance(event, Evaluated) and event.best]
    assert (best.step, best.reason) == (improved[-1], "best")
    saved = [event for event in run.events if isinstance(event, CheckpointSaved)]
    assert [event.step for event in saved if event.reason == "best"] == improved


@pytest.mark.parametrize(
    ("every", "accumulate", "expected"),
    [(5, 1, ["5", "10", "15", "20"]), (7, 1, ["7", "14", "21"]), (100, 1, []),
     (2, 3, ["2", "4", "6", "8"]), (1, 7, ["1", "2", "3"])],
)  # fmt: skip
def test_every_so_many_steps(
    tmp_path: Path, every: int, accumulate: int, expected: list[str]
) -> None:
    """Steps, not batches: windows of 3 in an epoch of 7 make 3 steps."""
    settings = {"checkpoint_every_steps": every, "accumulate": accumulate, "keep_checkpoints": 100}
    assert kept(tmp_path, **settings) == expected


def test_every_so_many_minutes(tmp_path: Path) -> None:
    found = kept(tmp_path, checkpoint_every_minutes=1e-9, keep_checkpoints=100)
    assert found == [str(step) for step in range(1, 22)]
    assert kept(tmp_path, checkpoint_every_minutes=60) == []


def test_minutes_of_a_pause_do_not_count(tmp_path: Path) -> None:
    """Held for long between all batches, the training itself does not come near a minute."""
    run = Stepped({}).run(small(training={"checkpoint_every_minutes": 1.0}), tmp_path)
    assert names(run.folder) == ["best", "last"]


def test_last_is_saved_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.checkpoints.LAST_EVERY", 0.0)
    monkeypatch.setattr("engine.training.checkpoints.SHARE", 1e9)
    run = train(small(training={"epochs": 1}), tmp_path)
    saved = [event for event in run.events if isinstance(event, CheckpointSaved)]
    assert len([event for event in saved if event.reason == "last"]) > 1


# --- How many ------------------------------------------------------------------------------------


def test_the_oldest_are_deleted_beyond_a_number(tmp_path: Path) -> None:
    assert kept(tmp_path, checkpoint_every_steps=3, keep_checkpoints=2) == ["18", "21"]
    assert kept(tmp_path, checkpoint_every_steps=4, keep_checkpoints=1) == ["20"]


def test_the_oldest_are_deleted_beyond_a_size_but_for_the_newest(tmp_path: Path) -> None:
    (size,) = {
        checkpoint.bytes // 1000
        for checkpoint in list_checkpoints(RunFolder(train(small(), tmp_path).result.run))
    }
    three = 3.5 * (size + 1) / 1000
    found = kept(tmp_path, checkpoint_every_steps=2, keep_checkpoints=9, checkpoint_space=three)
    assert found == ["16", "18", "20"]
    assert kept(tmp_path, checkpoint_every_steps=5, checkpoint_space=1e-6) == ["20"]


def test_others_are_never_thinned_out(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.checkpoints.mkdir()
    every = ("last", "best", "fork", "step-00000002", "auto-00000001", "auto-00000003")
    for batch, name in enumerate(every):
        stamp = Stamp(batch, batch, 0.0, "auto", "", "")
        (folder.checkpoints / f"{name}.ckpt").write_bytes(stamped(archive(), stamp))
    thin_out(folder, keep=1, space=None)
    assert names(folder) == ["auto-00000003", "best", "fork", "last", "step-00000002"]
    thin_out(folder, keep=1, space=1e-9)
    assert "auto-00000003" in names(folder)


# --- Asked for -----------------------------------------------------------------------------------


def test_one_that_is_asked_for_is_kept_under_its_step(tmp_path: Path) -> None:
    def save(run: Stepped) -> None:
        run.reports.append(run.channel.post(c.SaveCheckpoint()))

    run = Stepped({0: save, 9: save}).run(small(), tmp_path)
    assert [report.result(1).sentence for report in run.reports] == [
        "Saved step-00000000.ckpt",
        "Saved step-00000009.ckpt",
    ]
    assert "step-00000009" in names(run.folder)
    path = run.report(1).path
    assert path is not None
    stamp = read_stamp(path)
    assert stamp is not None
    assert (stamp.batch, stamp.reason) == (9, "asked")


def test_one_that_cannot_be_written_is_answered_so(tmp_path: Path) -> None:
    def save(run: Stepped) -> None:
        (run.folder.checkpoints / "step-00000009.ckpt").mkdir()
        run.reports.append(run.channel.post(c.SaveCheckpoint()))

    run = Stepped({9: save}).run(small(), tmp_path)
    report = run.report()
    assert not report.ok
    assert report.sentence == "The checkpoint step-00000009.ckpt could not be written: " + (
        "Is a directory"
    )
    assert "intact" in report.hint
    assert run.result.status == "finished"


def test_a_stop_while_another_is_being_written_waits_for_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that writes is held in the middle of its work until the stop was asked for."""
    gate, order = threading.Event(), []
    usual = CheckpointWriter._write

    def slow(self: CheckpointWriter, job: Job) -> None:
        gate.wait(30)
        usual(self, job)
        order.append(job.stamp.reason)

    monkeypatch.setattr(CheckpointWriter, "_write", slow)

    def stop(event: Event, channel: Channel) -> None:
        if isinstance(event, Evaluated):
            channel.post(c.Stop())
            threading.Timer(0.2, gate.set).start()

    run = train(small(), tmp_path, stop)
    assert order[-1] == "stopped"
    assert run.result.status == "stopped"
    folder = RunFolder(run.result.run)
    stamp = read_stamp(folder.last_checkpoint)
    assert stamp is not None
    assert (stamp.batch, stamp.reason) == (7, "stopped")
    assert folder.best_checkpoint.is_file()
    whole = train(small(), tmp_path)
    resumed = train(small(), tmp_path, folder=folder)
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


def test_the_result_names_checkpoints_that_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the disk is."""
    usual = CheckpointWriter._write

    def slow(self: CheckpointWriter, job: Job) -> None:
        threading.Event().wait(0.3)
        usual(self, job)

    monkeypatch.setattr(CheckpointWriter, "_write", slow)
    result = train(small(training={"epochs": 1}), tmp_path).result
    assert result.checkpoint is not None
    assert result.checkpoint.is_file()
    assert result.best_checkpoint is not None


def test_a_spoilt_state_is_not_kept(tmp_path: Path) -> None:
    def spoil(run: Stepped) -> None:
        with torch.no_grad():
            next(run.network.parameters())[0, 0] = float("nan")
        run.channel.post(c.SaveCheckpoint())

    run = Stepped({9: spoil}).run(small(), tmp_path)
    assert run.result.status == "failed"
    assert "weights became nan" in str(run.events[-1])
    assert names(run.folder) == ["best"]
    content = load_checkpoint(run.folder.best_checkpoint)
    assert all(t.isfinite().all() for t in content["state_dict"].values())
