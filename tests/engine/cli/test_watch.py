"""The bar in a terminal, the lines in a log file, and silence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from engine.cli import watch
from engine.problems import Problem
from engine.training import events
from engine.training.channel import Channel

STARTED = events.Started(Path("/r"), 3, 30, 10, "cpu", 2, 1234)
EVALUATED = events.Evaluated(
    1.5, 15, {"val_loss": 0.25, "val_accuracy": 0.9, "val_f1": 0.8}, best=True
)
NOTICE = events.Notice(Problem("checkpoint", "Not written: [disk] full", "free space"))


def test_a_bar_shows_where_the_training_is() -> None:
    stream = io.StringIO()
    bar = watch.Bar(Console(file=stream, force_terminal=True, width=160, color_system=None))
    channel = Channel()
    bar.look(channel)
    bar.happened(events.Preparing("Downloading", 0.25))
    assert bar._progress.tasks[0].percentage == 25
    bar.happened(events.Preparing("Loading", None))
    assert bar._progress.tasks[0].total is None
    bar.happened(STARTED)
    bar.happened(EVALUATED)
    bar.happened(NOTICE)
    bar.happened(events.Compiled(12.34))
    now = channel.progress
    now.phase, now.epoch, now.epochs, now.step, now.total_steps = "training", 2, 3, 15, 30
    now.samples_per_second = 1234.5
    bar.look(channel)
    (task,) = bar._progress.tasks
    assert (task.description, task.percentage) == ("Epoch 2/3", 50)
    assert task.fields["detail"] == "1,234 samples/s  val_loss 0.2500  val_accuracy 0.9000"
    now.phase = "testing"
    bar.look(channel)
    assert bar._progress.tasks[0].description == "Epoch 2/3, testing"
    bar.close()
    shown = stream.getvalue()
    assert "1,234 parameters, 30 steps of 10 batches an epoch on cpu (2 threads)" in shown
    assert "checkpoint: Not written: [disk] full (free space)" in shown
    assert "The network was compiled in 12.3 s" in shown


def test_lines_say_each_thing_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = watch.Lines()
    for event in (events.Preparing("Loading", 0.1), events.Preparing("Loading", 0.2), STARTED,
                  events.Compiling(), events.Compiled(12.34), EVALUATED, NOTICE):  # fmt: skip
        lines.happened(event)
    lines.look(Channel())
    lines.close()
    assert capsys.readouterr().err.splitlines() == [
        "Loading",
        "1,234 parameters, 30 steps of 10 batches an epoch on cpu (2 threads)",
        "Compiling the network for a new shape of batches…",
        "The network was compiled in 12.3 s",
        "epoch 1.5, step 15: val_loss 0.2500  val_accuracy 0.9000  val_f1 0.8000",
        "checkpoint: Not written: [disk] full (free space)",
    ]


def test_the_watcher_fits_where_standard_error_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(watch.watcher(quiet=True)) is watch.Quiet
    assert type(watch.watcher(quiet=False)) is watch.Lines
    monkeypatch.setattr(Console, "is_terminal", True)
    bar = watch.watcher(quiet=False)
    assert isinstance(bar, watch.Bar)
    bar.close()
