"""Commands that wait for own code are told of."""

from __future__ import annotations

import threading

from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.events import Event, Notice
from engine.training.slow import SlowWatch


def test_a_command_that_waits_for_long_is_told_of_once() -> None:
    told: list[Event] = []
    heard = threading.Event()

    def listen(event: Event) -> None:
        told.append(event)
        heard.set()

    channel = Channel(listen)
    watch = SlowWatch(channel, ["mine.py"], patience=0.05)
    watch.start()
    assert not heard.wait(0.2)
    channel.post(c.Stop())
    assert heard.wait(10)
    heard.clear()
    assert not heard.wait(0.2)
    watch.end()
    (notice,) = told
    assert isinstance(notice, Notice)
    assert "waits for mine.py" in notice.problem.sentence
