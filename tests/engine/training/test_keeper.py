"""The keeper of a run folder: one notice, one recovery, one pause, and a folder made anew once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.runs.folder import RunFolder
from engine.runs.lock import RunLock, is_locked
from engine.training.channel import Channel
from engine.training.commands import Pause
from engine.training.events import Event, Notice, Recovered
from engine.training.keeper import Keeper

FULL = OSError(28, "No space left on device")


class Kept:
    """A keeper, and what it told."""

    def __init__(self, path: Path, *, pause: bool = False) -> None:
        self.folder = RunFolder(path / "run")
        self.folder.checkpoints.mkdir(parents=True)
        self.events: list[Event] = []
        self.channel = Channel(self.events.append)
        self.lock = RunLock(self.folder)
        self.write: list[OSError] = []
        self.keeper = Keeper(self.folder, self.channel, self.lock, self._write, pause=pause)
        self.folder.recipe_file.write_text("recipe")

    def _write(self) -> None:
        if self.write:
            raise self.write.pop()
        self.folder.recipe_file.write_text("recipe again")

    def told(self) -> list[str]:
        return [
            event.problem.sentence if isinstance(event, Notice) else event.sentence
            for event in self.events
            if isinstance(event, Notice | Recovered)
        ]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_failure_is_told_when_it_begins_and_when_it_is_over(kept: Kept) -> None:
    for _ in range(3):
        kept.keeper.failed("Metrics", FULL)
    kept.keeper.worked("Metrics")
    kept.keeper.worked("Metrics")
    assert kept.told() == [
        "Metrics cannot be written: No space left on device",
        "Metrics are written again",
    ]


def test_what_else_fails_meanwhile_is_part_of_it(kept: Kept) -> None:
    kept.keeper.failed("Checkpoints", FULL)
    kept.keeper.failed("Metrics", FULL)
    kept.keeper.worked("Metrics")
    kept.keeper.failed("Metrics", FULL)
    kept.keeper.worked("Checkpoints")
    assert len(kept.told()) == 1
    kept.keeper.worked("Metrics")
    assert kept.told()[1:] == ["Checkpoints and metrics are written again"]


def test_a_second_time_is_told_again(kept: Kept) -> None:
    for _ in range(2):
        kept.keeper.failed("Metrics", FULL)
        kept.keeper.worked("Metrics")
    assert len(kept.told()) == 4


@pytest.mark.parametrize("pause", [False, True])
def test_the_pause_is_asked_for_once(tmp_path: Path, pause: bool) -> None:
    kept = Kept(tmp_path, pause=pause)
    for what in ("Metrics", "Checkpoints", "Metrics"):
        kept.keeper.failed(what, FULL)
    asked = [kept.channel.commands.get_nowait()[0] for _ in range(kept.channel.commands.qsize())]
    assert asked == ([Pause()] if pause else [])


def test_a_folder_that_is_there_is_left_alone(kept: Kept) -> None:
    assert not kept.keeper.restore_if_gone()
    assert kept.folder.recipe_file.read_text() == "recipe"
    assert kept.told() == []


def test_a_folder_that_is_gone_is_made_and_locked_anew(kept: Kept) -> None:
    kept.lock.take()
    shutil.rmtree(kept.folder.path)
    assert kept.keeper.restore_if_gone()
    assert not kept.keeper.restore_if_gone()
    assert kept.folder.recipe_file.read_text() == "recipe again"
    assert kept.folder.checkpoints.is_dir()
    assert is_locked(kept.folder)
    assert len(kept.told()) == 1
    kept.lock.give_back()


def test_a_folder_that_could_be_made_but_not_written_is_tried_again(kept: Kept) -> None:
    """A disk that is full has room for folders, but not for a recipe."""
    shutil.rmtree(kept.folder.path)
    kept.write = [FULL]
    with pytest.raises(OSError, match="No space"):
        kept.keeper.restore_if_gone()
    assert kept.told() == []
    assert kept.keeper.restore_if_gone()
    assert kept.folder.recipe_file.is_file()


def test_a_library_that_is_gone_is_not_made(kept: Kept) -> None:
    shutil.rmtree(kept.folder.path.parent)
    with pytest.raises(FileNotFoundError):
        kept.keeper.restore_if_gone()
    assert not kept.folder.path.parent.exists()
