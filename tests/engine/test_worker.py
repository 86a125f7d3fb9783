"""Training on the QThread: the same bits as anywhere else, live commands, a clean end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import engine.training
from engine.problems import Problem, ProblemError
from engine.training import commands as c
from engine.training.events import Ended, Event, Paused, Started
from engine.worker import PreviewThread, TrainingThread
from tests.engine.training.helpers import small, train


@pytest.fixture
def thread(qtbot: QtBot):
    made = TrainingThread()
    made.start()
    yield made
    made.quit_and_wait()


def test_the_thread_trains_to_the_same_bits(
    qtbot: QtBot, thread: TrainingThread, tmp_path: Path
) -> None:
    here = train(small(), tmp_path)
    events: list[Event] = []
    thread.happened.connect(events.append)
    for _ in range(2):  # the thread lives on: a second training on it is like the first
        events.clear()
        thread.train(small(), tmp_path, tmp_path)
        qtbot.waitUntil(lambda: any(isinstance(e, Ended) for e in events), timeout=60_000)
        ended = events[-1]
        assert isinstance(ended, Ended)
        assert ended.result.weights_sha256 == here.result.weights_sha256
        assert ended.result.metrics == here.result.metrics


def test_an_installation_that_is_not_whole_is_a_failure_of_the_run(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "engine.training.session", None)
    monkeypatch.delattr(engine.training, "session", raising=False)
    thread, events = TrainingThread(), list[Event]()
    thread.happened.connect(events.append)
    thread.start()
    try:
        thread.train(small(), tmp_path, tmp_path)
        qtbot.waitUntil(lambda: bool(events), timeout=60_000)
        (ended,) = events
        assert isinstance(ended, Ended)
        assert ended.result.status == "failed"
        assert ended.problem is not None
        assert ended.problem.sentence.startswith("The training cannot begin")
        monkeypatch.undo()
        events.clear()
        thread.train(small(), tmp_path, tmp_path)  # the thread lives on
        qtbot.waitUntil(lambda: any(isinstance(e, Ended) for e in events), timeout=60_000)
    finally:
        thread.quit_and_wait()
    assert events[-1].result.status == "finished"  # type: ignore[attr-defined]


def test_paused_and_stepped_from_outside(
    qtbot: QtBot, thread: TrainingThread, tmp_path: Path
) -> None:
    events: list[Event] = []
    thread.happened.connect(events.append)
    channel = thread.train(small(training={"epochs": 200}), tmp_path, tmp_path)
    qtbot.waitUntil(lambda: any(isinstance(e, Started) for e in events), timeout=60_000)
    channel.post(c.Pause()).result(timeout=30)
    qtbot.waitUntil(lambda: any(isinstance(e, Paused) for e in events), timeout=30_000)
    count = len(channel.log.series("train_loss"))
    qtbot.wait(100)
    assert len(channel.log.series("train_loss")) == count  # no batch passes
    events.clear()
    channel.post(c.Step(1)).result(timeout=30)
    qtbot.waitUntil(lambda: any(isinstance(e, Paused) for e in events), timeout=30_000)
    assert len(channel.log.series("train_loss")) == count + 1
    channel.post(c.Stop())
    qtbot.waitUntil(lambda: any(isinstance(e, Ended) for e in events), timeout=30_000)
    assert events[-1].result.status == "stopped"  # type: ignore[attr-defined]


def test_threads_are_latched_one_by_one(qtbot: QtBot, thread: TrainingThread) -> None:
    """A value set on one thread must not leak into another (two full pools starve each other)."""
    import queue

    import torch

    from engine import torchsetup

    torchsetup.use_threads(1)
    answers: queue.Queue[int] = queue.Queue()
    thread.submit(lambda: (torchsetup.use_threads(2), answers.put(torch.get_num_threads())))
    assert answers.get(timeout=60) == 2
    assert torch.get_num_threads() == 1
    thread.submit(lambda: answers.put(torch.get_num_threads()))
    assert answers.get(timeout=60) == 2


def test_previews_answer_with_results_and_problems(qtbot: QtBot) -> None:
    thread = PreviewThread()
    done: list[tuple[object, object]] = []
    failed: list[tuple[object, Problem]] = []
    thread.done.connect(lambda key, result: done.append((key, result)))
    thread.failed.connect(lambda key, problem: failed.append((key, problem)))
    thread.start()

    def refuse() -> None:
        raise ProblemError(Problem("dataset", "is not there"))

    thread.request("a", lambda: 42)
    thread.request("b", refuse)
    thread.request("c", lambda: 1 / 0)
    qtbot.waitUntil(lambda: len(done) + len(failed) == 3, timeout=60_000)
    thread.quit_and_wait()
    assert done == [("a", 42)]
    assert failed[0] == ("b", Problem("dataset", "is not there"))
    assert "ZeroDivisionError" in failed[1][1].sentence
