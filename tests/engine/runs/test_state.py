"""The state of a run: its summary, its process, its heartbeat on another machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.runs.state import SILENCE, STATES, run_state
from tests.engine.runs.made import myself


def test_on_this_machine() -> None:
    mine = myself()
    assert run_state(mine, {}) == "running"
    assert run_state({**mine, "process_started": 1.0}, {}) == "interrupted"
    assert run_state({}, {}) == "interrupted"
    assert run_state(mine, {"status": "stopped"}) == "stopped"
    assert run_state({"imported": {"kind": "csv"}}, {"status": "finished"}) == "imported"
    assert run_state({}, {"status": "sideways"}) == "interrupted"


@pytest.mark.skipif(os.name != "posix", reason="there are no such processes")
def test_a_killed_process_that_nobody_asked_for_is_not_alive() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    seen = {"pid": process.pid, "process_started": psutil.Process(process.pid).create_time()}
    assert run_state(seen, {}) == "running"
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, but not asked for
    assert run_state(seen, {}) == "interrupted"
    process.communicate()
    assert run_state(seen, {}) == "interrupted"


@pytest.mark.parametrize(("age", "state"), [(1, "running"), (SILENCE + 10, "interrupted")])
def test_on_another_machine_the_heartbeat_tells(age: float, state: str, tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    lock.touch()
    then = time.time() - age
    os.utime(lock, (then, then))
    elsewhere = {**myself(), "host": "elsewhere.example"}
    assert run_state(elsewhere, {}, lock) == state
    assert state in STATES


def test_without_a_heartbeat_another_machine_is_silent(tmp_path: Path) -> None:
    elsewhere = {**myself(), "host": "elsewhere.example"}
    assert run_state(elsewhere, {}, tmp_path / "run.lock") == "interrupted"
    assert run_state(elsewhere, {}) == "interrupted"
