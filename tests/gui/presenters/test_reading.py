"""The reading thread: answers in order, problems and bugs alike, and ends when told."""

from __future__ import annotations

import threading

import pytest

from engine.problems import Problem, ProblemError
from gui.presenters.reading import ReadingThread


@pytest.fixture
def thread(qapp):
    made = ReadingThread()
    yield made
    made.quit_and_wait()


def test_it_starts_with_the_first_request_and_answers_in_order(thread, qtbot):
    assert not thread.isRunning()
    answers = []
    thread.done.connect(lambda key, result: answers.append((key, result)))
    for number in range(5):
        thread.request(number, lambda number=number: number**2)
    qtbot.waitUntil(lambda: len(answers) == 5)
    assert answers == [(number, number**2) for number in range(5)]


def test_it_does_not_run_on_the_windows_thread(thread, qtbot):
    with qtbot.waitSignal(thread.done) as answered:
        thread.request("who", threading.get_ident)
    assert answered.args[1] != threading.get_ident()


def test_a_problem_and_a_bug_are_answers_too(thread, qtbot):
    def problem():
        raise ProblemError(Problem("run", "There is none", "make one"))

    with qtbot.waitSignal(thread.failed) as answered:
        thread.request("a", problem)
    assert answered.args == ["a", Problem("run", "There is none", "make one")]
    with qtbot.waitSignal(thread.failed) as answered:
        thread.request("b", lambda: 1 / 0)
    assert "ZeroDivisionError" in answered.args[1].sentence


def test_told_to_quit_it_leaves_what_has_not_begun(qapp, qtbot):
    thread, begun, go = ReadingThread(), threading.Event(), threading.Event()
    done = []

    def first():
        begun.set()
        go.wait(60)

    thread.request(1, first)
    thread.request(2, lambda: done.append(2))
    assert begun.wait(60)
    threading.Timer(0.05, go.set).start()
    thread.quit_and_wait()
    assert not thread.isRunning()
    assert done == []
