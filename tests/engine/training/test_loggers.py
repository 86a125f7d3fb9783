"""Extra loggers get every point, change no bit of the training, and never end it."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.problems import ProblemError
from engine.runs.folder import RunFolder
from engine.runs.imports.csvlog import read_table
from engine.runs.imports.curves import Curves
from engine.runs.imports.tensorboard import read_events
from engine.runs.metriclog import MetricLog
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.events import Evaluated, Event, Notice, RunCreated
from engine.training.loggers import STEPS, ExtraLoggers, check_loggers
from engine.training.loggertargets import TARGETS, Row
from tests.engine.training.helpers import Run, small, train

BOTH = {"training": {"loggers": ["csv", "tensorboard"]}}


def fill(log: MetricLog, steps: range) -> None:
    for step in steps:
        for batch in (0, 1):  # two batches make a step
            log.append("train_loss", step, step / 10, step * 0.5 + batch / 4, 1 / (step + batch))
        if step % 50 == 0:
            log.append("val_loss", step, step / 10, step * 0.5, 0.25)
    log.open("val_f1")


def from_csv(folder: RunFolder) -> Curves:
    return read_table(folder.path / "csv" / "metrics.csv")


def from_tensorboard(folder: RunFolder) -> Curves:
    return read_events(folder.path, sorted((folder.path / "tensorboard").glob("*tfevents*")))


def same_values(curves: Curves, log: MetricLog, exact: bool = True) -> bool:
    """Whether every point is there; TensorBoard keeps values in 32 bits."""
    names = [name for name in log.names() if len(log.series(name))]
    kind = np.float64 if exact else np.float32
    return set(curves.metrics) == set(names) and all(
        np.array_equal(curves.metrics[name]["step"], log.series(name).since()["step"])
        and np.array_equal(
            curves.metrics[name]["value"], log.series(name).since()["value"].astype(kind)
        )
        for name in names
    )


def notices(run_events: Sequence[Event]) -> list[str]:
    found = [e.problem for e in run_events if isinstance(e, Notice)]
    return [str(problem) for problem in found if problem.path == "training.loggers"]


class Broken:
    """A logger that fails at its second hand-over."""

    def __init__(self, run: Path, settings: object) -> None:
        self.taken = 0

    def take(self, rows: Sequence[Row]) -> None:
        self.taken += 1
        if self.taken == 2:
            raise RuntimeError("no space\nleft")

    def close(self, finished: bool) -> None:
        raise AssertionError("it is off")


def test_every_point_is_handed_over_in_the_order_of_steps(tmp_path: Path) -> None:
    channel, folder = Channel(), RunFolder(tmp_path)
    fill(channel.log, range(1, 30))
    extra = ExtraLoggers(small(**BOTH), folder, channel)
    extra.on_train_batch_end()
    assert len(from_csv(folder).metrics["train_loss"]) == 58
    fill(channel.log, range(30, 3 * STEPS))
    extra.close()
    assert same_values(from_csv(folder), channel.log)
    assert same_values(from_tensorboard(folder), channel.log, exact=False)
    times = from_tensorboard(folder).metrics["train_loss"]["time"]
    assert np.diff(times[:4]).tolist() == pytest.approx([0.25] * 3, abs=1e-5)
    assert (folder.path / "csv" / "hparams.yaml").read_text().count("optimizer.lr: 0.003") == 1


def test_a_run_that_goes_on_has_every_point_once(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for steps in (range(1, 40), range(1, 60)):
        channel = Channel()
        fill(channel.log, steps)
        ExtraLoggers(small(**BOTH), folder, channel).close()
        assert same_values(from_csv(folder), channel.log)
        assert same_values(from_tensorboard(folder), channel.log, exact=False)


def test_global_random_states_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Drawing(Broken):
        def __init__(self, run: Path, settings: object) -> None:
            super().__init__(run, settings)
            self.draw()

        def take(self, rows: Sequence[Row]) -> None:
            self.draw()

        def close(self, finished: bool) -> None:
            self.draw()

        def draw(self) -> None:
            drawn.append((random.random(), np.random.rand(), torch.rand(1)))

    drawn: list[object] = []
    monkeypatch.setitem(TARGETS, "csv", Drawing)
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    channel = Channel()
    fill(channel.log, range(1, 5))
    ExtraLoggers(small(training={"loggers": ["csv"]}), RunFolder(tmp_path), channel).close()
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    assert len(drawn) == 3
    assert after == before


def test_a_logger_that_fails_is_off_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TARGETS, "tensorboard", Broken)
    events: list[Event] = []
    channel, folder = Channel(events.append), RunFolder(tmp_path)
    fill(channel.log, range(1, 5 * STEPS))
    ExtraLoggers(small(**BOTH), folder, channel).close()
    (said,) = notices(events)
    assert "tensorboard is switched off: no space (the training goes on" in said
    assert same_values(from_csv(folder), channel.log)


def test_a_logger_that_cannot_be_opened_is_off(tmp_path: Path) -> None:
    (tmp_path / "csv").write_text("in the way")
    events: list[Event] = []
    channel = Channel(events.append)
    fill(channel.log, range(1, 5))
    ExtraLoggers(small(training={"loggers": ["csv"]}), RunFolder(tmp_path), channel).close()
    assert len(notices(events)) == 1


def test_what_takes_too_long_at_the_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.loggers.LONGEST_END", 0.0)
    events: list[Event] = []
    channel, folder = Channel(events.append), RunFolder(tmp_path)
    fill(channel.log, range(1, 5 * STEPS))
    ExtraLoggers(small(training={"loggers": ["csv"]}), folder, channel).close()
    assert "csv did not get the end of the curves" in notices(events)[0]
    assert 0 < len(from_csv(folder).metrics["train_loss"]) < 10 * STEPS


def test_what_is_not_installed_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    check_loggers(small(**BOTH))
    for package in ("mlflow", "wandb"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ProblemError) as raised:
        check_loggers(small(training={"loggers": ["wandb", "csv", "mlflow"]}))
    first, second = raised.value.problems
    assert (first.path, first.sentence) == ("training.loggers", "wandb is not installed")
    assert second.hint == "pip install 'trainboard[mlflow]'"


def test_one_logger_needs_no_list() -> None:
    assert small(training={"loggers": "csv"}).training.loggers == ("csv",)
    with pytest.raises(ProblemError, match="choose 'tensorboard', 'csv', 'mlflow' or 'wandb'"):
        small(training={"loggers": ["csv", "tensorbord"]})


# --- In a training -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A training without extra loggers."""
    return train(small(), tmp_path_factory.mktemp("plain"))


def test_the_weights_are_the_same_with_and_without(tmp_path: Path, plain: Run) -> None:
    logged = train(small(**BOTH), tmp_path)
    assert logged.result.weights_sha256 == plain.result.weights_sha256
    assert logged.metrics() == plain.metrics()
    folder = RunFolder(logged.result.run)
    assert same_values(from_csv(folder), logged.channel.log)
    assert same_values(from_tensorboard(folder), logged.channel.log, exact=False)


def test_a_stopped_run_that_goes_on_has_its_whole_curves(tmp_path: Path, plain: Run) -> None:
    def stop(event: Event, channel: Channel) -> None:
        if isinstance(event, Evaluated) and event.step == 14:
            channel.post(c.Stop())

    stopped = train(small(**BOTH), tmp_path, stop)
    folder = RunFolder(stopped.result.run)
    assert same_values(from_csv(folder), stopped.channel.log)
    resumed = train(small(**BOTH), tmp_path, folder=folder)
    assert resumed.result.weights_sha256 == plain.result.weights_sha256
    assert same_values(from_csv(folder), resumed.channel.log)
    assert same_values(from_tensorboard(folder), resumed.channel.log, exact=False)


def test_a_failing_logger_does_not_end_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: Run
) -> None:
    monkeypatch.setitem(TARGETS, "csv", Broken)
    monkeypatch.setattr("engine.training.loggers.EVERY", 0.0)
    run = train(small(training={"loggers": ["csv"]}), tmp_path)
    assert run.result.status == "finished"
    assert run.result.weights_sha256 == plain.result.weights_sha256
    assert len(notices(run.events)) == 1


def test_a_missing_package_is_found_out_before_there_is_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    run = train(small(training={"loggers": ["wandb"]}), tmp_path / "runs")
    assert run.ended.bad_input
    assert run.ended.problem.hint == "pip install 'trainboard[wandb]'"
    assert not any(isinstance(event, RunCreated) for event in run.events)
