from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.training import events as e
from gui.presenters.logs import LogPresenter
from gui.presenters.messages import Messages
from tests.gui.fakes import started


@pytest.fixture
def log(messages: Messages, qapp) -> Iterator[LogPresenter]:
    engine = logging.getLogger("engine")
    level = engine.level
    engine.setLevel(logging.INFO)
    made = LogPresenter(messages)
    yield made
    made.close()
    engine.setLevel(level)


def texts(log: LogPresenter, least: str = "info") -> list[str]:
    return [line.text for line in log.lines(least)]  # type: ignore[arg-type]


def test_messages_and_events_become_lines(log: LogPresenter, messages: Messages) -> None:
    messages.say("Saved mine.yaml", "good")
    log.note(started())
    log.note(e.Evaluated(2.0, 40, {"val_loss": 0.0613, "val_accuracy": 0.986}, best=True))
    log.note(e.CheckpointSaved(Path("/r/best.ckpt"), 40, "best"))
    lines = texts(log)
    assert lines[0] == "Saved mine.yaml"
    assert "9,514 parameters" in lines[1]
    assert lines[2] == "Validation at epoch 2: loss 0.0613, accuracy 98.6 % (best so far)"
    assert "best.ckpt" in lines[3]


def test_the_engine_may_log_from_any_thread(log: LogPresenter, wait) -> None:
    def work() -> None:
        logging.getLogger("engine.somewhere").warning("disk nearly full")
        logging.getLogger("engine.somewhere").debug("not this")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    wait(lambda: bool(log.lines()))
    assert [(line.level, line.text) for line in log.lines()] == [("warning", "disk nearly full")]


def test_lines_can_be_had_by_level_and_as_text(log: LogPresenter, messages: Messages) -> None:
    messages.say("as usual")
    messages.say("careful", "warning")
    messages.say("wrong", "error")
    assert texts(log, "warning") == ["careful", "wrong"]
    assert texts(log, "error") == ["wrong"]
    assert log.lines("error")[0].as_text().endswith("ERROR: wrong")


def test_a_closed_log_hears_nothing(log: LogPresenter, qapp) -> None:
    log.close()
    logging.getLogger("engine").warning("too late")
    qapp.processEvents()
    assert log.lines() == []


def test_what_the_engine_and_a_message_say_at_once_is_one_line(
    log: LogPresenter, messages: Messages, wait
) -> None:
    logging.getLogger("engine.somewhere").info("The network was compiled in 1.0 s")
    wait(lambda: bool(log.lines()))
    messages.say("The network was compiled in 1.0 s", "good")
    messages.say("The network was compiled in 2.0 s", "good")
    assert texts(log) == [f"The network was compiled in {n}.0 s" for n in (1, 2)]
