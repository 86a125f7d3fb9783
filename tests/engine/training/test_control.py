"""Pause holds, Step makes exactly one batch, Stop ends at once: in training and in validation."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.runs.folder import RunFolder
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.control import Control
from engine.training.events import (
    Answered,
    Evaluated,
    Event,
    Paused,
    Phase,
    Preparing,
    Resumed,
    Started,
)  # fmt: skip
from tests.engine.training.helpers import Run, small, train


class PausesInValidation(Control):
    """Asks for a pause after the second batch of the first validation."""

    seen = 0

    def between_evaluation_batches(self, phase: Phase = "validating") -> None:
        self.seen += 1
        if self.seen == 2:
            self._channel.post(c.Pause())
        super().between_evaluation_batches(phase)


def of(run: Run, kind: type[Event]) -> list[Event]:
    return [event for event in run.events if isinstance(event, kind)]


def test_pause_before_the_start_holds_before_the_first_batch(tmp_path: Path) -> None:
    channel = Channel()
    channel.post(c.Pause())

    def resume(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            assert len(channel.log.series("train_loss")) == 0
            channel.post(c.Resume())

    run = train(small(), tmp_path, resume, channel=channel)
    assert run.result.status == "finished"
    assert len(of(run, Paused)) == len(of(run, Resumed)) == 1


def test_step_makes_exactly_one_batch(tmp_path: Path) -> None:
    counts: list[int] = []
    channel = Channel()
    channel.post(c.Pause())

    def step(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            counts.append(len(channel.log.series("train_loss")))
            channel.post(c.Step(1) if len(counts) < 12 else c.Stop())

    run = train(small(), tmp_path, step, channel=channel)
    assert counts == list(range(12))  # across an epoch's end with its validation
    assert run.result.status == "stopped"
    assert run.result.steps == 11


def test_step_of_several_batches(tmp_path: Path) -> None:
    counts: list[int] = []
    channel = Channel()
    channel.post(c.Pause())

    def step(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            counts.append(len(channel.log.series("train_loss")))
            channel.post(c.Step(5) if len(counts) < 3 else c.Stop())

    train(small(), tmp_path, step, channel=channel)
    assert counts == [0, 5, 10]


def test_pause_holds_inside_a_validation_and_step_finishes_its_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.metrics.EVALUATION_BATCH", 8)
    monkeypatch.setattr("engine.training.session.Control", PausesInValidation)
    held: list[tuple[int, int]] = []

    def watch(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            assert channel.progress.phase == "paused"
            held.append((channel.progress.step, len(channel.log.series("val_loss").since())
                         if "val_loss" in channel.log.names() else 0))  # fmt: skip
            channel.post(c.Step(1) if len(held) == 1 else c.Stop())

    run = train(small(training={"batch_size": 8}), tmp_path, watch)
    (first, before), (second, after) = held
    assert (before, after) == (0, 1)  # held in the middle of the validation, then it was finished
    assert second == first + 1
    assert run.result.status == "stopped"


def test_stop_ends_a_validation_within_one_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.metrics.EVALUATION_BATCH", 8)
    monkeypatch.setattr("engine.training.session.Control", PausesInValidation)

    def stop(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            channel.post(c.Stop())

    run = train(small(training={"batch_size": 8}), tmp_path, stop)
    assert run.result.status == "stopped"
    assert not of(run, Evaluated)


def test_stop_ends_within_one_batch_and_keeps_a_checkpoint(tmp_path: Path) -> None:
    def stop(event: Event, channel: Channel) -> None:
        if isinstance(event, Started):
            channel.post(c.Stop())

    run = train(small(), tmp_path, stop)
    assert run.result.status == "stopped"
    assert run.result.steps <= 1


def test_stop_while_preparing(tmp_path: Path) -> None:
    channel = Channel()
    channel.post(c.Stop())
    run = train(small(), tmp_path, channel=channel)
    assert run.result.status == "stopped"
    assert run.result.run is None
    assert of(run, Preparing)
    assert not list(tmp_path.iterdir())


def test_a_run_that_was_to_go_on_is_told_as_it_is(tmp_path: Path) -> None:
    first = train(small(training={"epochs": 1}), tmp_path)
    folder = RunFolder(first.result.run)
    for end in ("finished", None):
        channel = Channel()
        channel.post(c.Stop())
        if end is None:
            folder.summary_file.unlink()  # a run that was killed
        again = train(small(training={"epochs": 1}), tmp_path, folder=folder, channel=channel)
        assert again.result.status == "stopped"
        assert (again.result.epochs, again.result.steps) == (1, first.result.steps)
        assert again.result.checkpoint == folder.last_checkpoint


def test_stop_without_saving_leaves_no_checkpoint(tmp_path: Path) -> None:
    channel = Channel()
    channel.post(c.Pause())

    def stop(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            channel.post(c.Step(2) if event.batch == 0 else c.Stop(save=False))

    run = train(small(), tmp_path, stop, channel=channel)
    assert run.result.status == "stopped"
    assert run.result.checkpoint is None


def test_commands_are_answered(tmp_path: Path) -> None:
    futures = []
    channel = Channel()
    channel.post(c.Pause())

    def ask(event: Event, channel: Channel) -> None:
        if isinstance(event, Paused):
            if event.batch == 0:
                channel.post(c.Step(1))
                return
            futures.extend([
                channel.post(c.SaveCheckpoint()),
                channel.post(c.Validate()),
                channel.post(c.Export("no such format", tmp_path / "x")),
                channel.post(c.Command()),
                channel.post(c.Resume()),
            ])  # fmt: skip

    run = train(small(), tmp_path / "runs", ask, channel=channel)
    reports = [future.result(timeout=1) for future in futures]
    assert [report.ok for report in reports] == [True, True, False, False, True]
    assert reports[0].path is not None
    assert reports[0].path.is_file()
    assert "val_loss" in reports[1].sentence
    assert len(of(run, Answered)) == len(futures) + 2
    assert run.result.status == "finished"  # a failing command does not end the training


def test_a_closed_channel_answers_too(tmp_path: Path) -> None:
    run = train(small(training={"epochs": 1}), tmp_path)
    report = run.channel.post(c.SaveCheckpoint()).result(timeout=1)
    assert not report.ok
    assert "ended" in report.sentence


def test_a_step_is_at_least_one_batch(tmp_path: Path) -> None:
    channel = Channel()
    futures = [channel.post(c.Pause()), channel.post(c.Step(0)), channel.post(c.Step(-2)),
               channel.post(c.Stop())]  # fmt: skip
    train(small(), tmp_path, channel=channel)
    assert [future.result(1).ok for future in futures] == [True, False, False, True]


def test_whoever_gives_up_on_an_answer_does_not_end_the_training(tmp_path: Path) -> None:
    channel = Channel()
    assert channel.post(c.Validate()).cancel()
    assert train(small(), tmp_path, channel=channel).result.status == "finished"


def test_a_listener_that_fails_does_not_end_the_training(tmp_path: Path) -> None:
    def fail(_event: Event, _channel: Channel) -> None:
        raise RuntimeError("the screen is gone")

    run = train(small(), tmp_path, fail)
    assert run.result.status == "finished"
    assert not run.channel.post(c.Pause()).result(1).ok


def test_a_stop_that_could_not_save_holds_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.training.writing.write_atomically", full)
    reports = []

    def stop(event: Event, channel: Channel) -> None:
        if isinstance(event, Started):
            channel.post(c.Stop(save=True))
        if isinstance(event, Answered):
            reports.append(event.report)
        if isinstance(event, Paused):
            channel.post(c.Stop(save=False))

    run = train(small(), tmp_path, stop)
    assert run.result.status == "stopped"
    assert [report.ok for report in reports] == [False, True]
    assert "No space left" in reports[0].sentence


def test_one_training_at_a_time_in_a_process(tmp_path: Path) -> None:
    inner: list[Run] = []

    def start_another(event: Event, _channel: Channel) -> None:
        if isinstance(event, Started):
            inner.append(train(small(), tmp_path))

    outer = train(small(), tmp_path, start_another)
    assert outer.result.status == "finished"
    assert inner[0].result.status == "failed"
    assert "under way" in inner[0].ended.problem.sentence
