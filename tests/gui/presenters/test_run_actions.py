"""What can be done with which runs, and why not."""

from __future__ import annotations

import pytest

from gui.presenters.run_actions import ACTIONS, BUSY, possible, title
from tests.gui.run_infos import info

ALL = [action for group in ACTIONS for action in group]


def can(name, *runs, busy=False):
    return possible(name, runs, busy)


@pytest.mark.parametrize(
    ("name", "state", "allowed"),
    [
        ("resume", "stopped", True), ("resume", "interrupted", True), ("resume", "failed", True),
        ("resume", "finished", False), ("resume", "running", False), ("resume", "imported", False),
        ("extend", "finished", True), ("extend", "stopped", False), ("extend", "imported", False),
        ("fork", "finished", True), ("fork", "running", True), ("fork", "imported", False),
        ("trash", "finished", True), ("trash", "running", False), ("open", "imported", True),
    ],
)  # fmt: skip
def test_what_can_be_done_in_which_state(name, state, allowed):
    found = can(name, info(state=state))
    assert found.enabled is allowed
    assert bool(found.why) is not allowed


@pytest.mark.parametrize("name", ["resume", "extend", "fork"])
def test_nothing_is_begun_while_a_training_is_under_way(name):
    state = "finished" if name != "resume" else "stopped"
    assert can(name, info(state=state), busy=True).why == BUSY
    assert can("open", info(), busy=True).enabled


@pytest.mark.parametrize("action", ALL, ids=lambda action: action.name)
def test_actions_for_one_run_are_for_one_run(action):
    state = "stopped" if action.name == "resume" else "finished"
    assert can(action.name, info(state=state)).enabled
    assert can(action.name, info("a"), info("b")).enabled is not action.single
    assert not can(action.name).enabled


def test_texts_say_what_will_happen():
    texts = {a.name: title(a, [info(favourite=True, archived=True)], True) for a in ALL}
    assert texts["compare"] == "Compare no more"
    assert texts["favourite"] == "No favourite any more"
    assert texts["archive"] == "Take out of the archive"
    assert {a.name: title(a, [info()], False) for a in ALL}["archive"] == "Archive"
