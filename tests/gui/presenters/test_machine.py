"""What the window knows of the machine's devices."""

from __future__ import annotations

from gui.presenters.machine import Machine
from tests.gui.fakes import FakePreviews


def test_nothing_is_known_before_the_worker_has_answered(previews: FakePreviews) -> None:
    machine = Machine()
    machine.ask(previews)
    assert machine.offers() == [("auto", "the best there is")]
    assert machine.lacking("cpu") == {}


def test_devices_are_offered_with_name_and_memory(previews: FakePreviews) -> None:
    machine, heard = Machine(), []
    machine.known.connect(lambda: heard.append(1))
    machine.ask(previews)
    previews.run()
    assert heard == [1]
    names = [name for name, _ in machine.offers()]
    assert names[:2] == ["auto", "cpu"]
    about = dict(machine.offers())
    assert machine.usual in about["auto"]
    assert "cores), " in about["cpu"]
    assert "tf32" in machine.lacking("cpu")
    assert machine.lacking("auto") == machine.lacking(machine.usual)
    assert machine.lacking("cuda:99") == {}
