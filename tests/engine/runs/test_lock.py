"""The lock of a run folder: one owner, gone with its process, shown to other machines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.runs.folder import RunFolder
from engine.runs.lock import RunLock, is_locked

HOLDS = """
import sys, time
from pathlib import Path
from engine.runs.folder import RunFolder
from engine.runs.lock import RunLock
lock = RunLock(RunFolder(Path(sys.argv[1])))
lock.take()
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    (tmp_path / "run").mkdir()
    return RunFolder(tmp_path / "run")


def test_a_second_owner_is_refused_until_it_is_given_back(folder: RunFolder) -> None:
    first, second = RunLock(folder), RunLock(folder)
    assert not is_locked(folder)
    first.take()
    assert is_locked(folder)
    with pytest.raises(ProblemError, match="run is being trained by another process"):
        second.take()
    first.give_back()
    assert not is_locked(folder)
    second.take()
    second.give_back()


def test_asking_makes_no_file_and_does_not_touch_it(folder: RunFolder) -> None:
    assert not is_locked(folder)
    assert list(folder.path.iterdir()) == []
    lock = RunLock(folder)
    lock.take()
    os.utime(folder.lock_file, (1000, 1000))
    assert is_locked(folder)
    lock.give_back()
    os.utime(folder.lock_file, (1000, 1000))
    assert not is_locked(folder)
    assert folder.lock_file.stat().st_mtime == 1000


def test_it_dies_with_its_owner(folder: RunFolder) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdin is not None
    assert owner.stdout is not None
    with owner, owner.stdin, owner.stdout:
        assert owner.stdout.readline() == "taken\n"
        assert is_locked(folder)
        with pytest.raises(ProblemError):
            RunLock(folder).take()
        owner.kill()
    assert not is_locked(folder)
    lock = RunLock(folder)
    lock.take()
    lock.give_back()


def test_giving_back_twice_and_without_taking_does_nothing(folder: RunFolder) -> None:
    lock = RunLock(folder)
    lock.give_back()
    lock.take()
    lock.give_back()
    lock.give_back()
    assert not is_locked(folder)


def test_a_deleted_folder_is_locked_anew(folder: RunFolder) -> None:
    lock = RunLock(folder)
    lock.take()
    folder.lock_file.unlink()
    lock.take_again()
    assert is_locked(folder)
    lock.give_back()


def test_the_owner_shows_that_it_lives(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = RunLock(folder)
    lock.take()
    os.utime(folder.lock_file, (1000, 1000))
    lock.beat()
    shown = folder.lock_file.stat().st_mtime
    assert shown > 1000
    os.utime(folder.lock_file, (1000, 1000))
    lock.beat()  # not again within a few seconds
    assert folder.lock_file.stat().st_mtime == 1000
    monkeypatch.setattr("engine.runs.lock.BEAT", 0.0)
    folder.lock_file.unlink()
    lock.beat()  # nothing to touch: nothing happens
    lock.give_back()


def test_where_nothing_can_be_locked_the_training_runs_all_the_same(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise NotImplementedError("no locks here")

    monkeypatch.setattr("filelock.FileLock.acquire", unknown)
    lock = RunLock(folder)
    lock.take()
    lock.give_back()
    folder.lock_file.touch()
    assert not is_locked(folder)
