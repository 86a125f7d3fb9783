"""Small things that the tests of beginnings share."""

from __future__ import annotations

from pathlib import Path

from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training import commands as c
from tests.engine.training.helpers import Run
from tests.engine.training.stepped import Stepped

EVERY = {"checkpoint_every_steps": 3, "keep_checkpoints": 100}
"""Training settings with which there is a checkpoint every three steps."""


def folder_of(run: Run) -> RunFolder:
    assert run.result is not None
    assert run.result.run is not None
    return RunFolder(run.result.run)


def stop(stepped: Stepped) -> None:
    """Keep the state, and end."""
    stepped.channel.post(c.Stop())


def kill(stepped: Stepped) -> None:
    """End without keeping anything."""
    stepped.channel.post(c.Stop(save=False))


def stopped_at(batch: int, recipe: Recipe, runs: Path) -> RunFolder:
    return Stepped({batch: stop}).run(recipe, runs).folder


def auto(folder: RunFolder, step: int) -> Path:
    """The checkpoint saved at that step."""
    return folder.checkpoints / f"auto-{step:08d}.ckpt"


def refused(run: Run) -> str:
    """Why it did not begin."""
    assert run.result is not None
    assert run.result.status == "failed"
    assert run.ended.bad_input
    assert run.ended.traceback == ""
    return str(run.ended.problem)


def content_of(folder: RunFolder) -> dict[str, bytes]:
    """Every file of a run but its log and its lock."""
    files = (path for path in folder.path.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files if path.suffix not in (".txt", ".lock")}
