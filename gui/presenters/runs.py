"""A run of the past as the window shows it: its curves, what happened in it, how it ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs.checkpointfile import Checkpoint, list_checkpoints
from engine.runs.folder import RunFolder
from engine.runs.fork import recipe_at
from engine.runs.interventions import Intervention, read_interventions, shown
from engine.runs.metricreader import read_metrics
from engine.runs.state import run_state
from engine.training.channel import Channel
from engine.training.earlier import result_of
from engine.training.events import Ended, Status
from gui import texts


def state_of(folder: RunFolder) -> str:
    """One of `engine.runs.state.STATES`."""
    return run_state(folder.environment(), folder.summary(), folder.lock_file)


def stamped_checkpoints(folder: RunFolder) -> list[Checkpoint]:
    """The run's checkpoints that say which moment they are of, the latest last."""
    return [found for found in list_checkpoints(folder) if found.stamp is not None]


def recipe_going_on(folder: RunFolder, checkpoint: Path | None = None) -> Recipe:
    """The recipe with which a run goes on from its newest checkpoint or from this one: changes
    that were made later are made again when their time comes. ProblemError if it is not readable.
    """
    found = [c for c in list_checkpoints(folder) if checkpoint in (None, c.path)]
    if not found:
        return recipe_at(folder, -1)
    stamp = found[-1].stamp
    return recipe_at(folder, stamp.batch if stamp is not None else None)


def channel_of(folder: RunFolder) -> Channel:
    """The run's curves behind a channel that takes no commands."""
    channel = Channel()
    channel.log = read_metrics(folder.path)
    channel.progress.phase = "ended"
    channel.close()
    return channel


def ending_of(folder: RunFolder) -> Ended:
    """How the run ended; one without a summary was interrupted and counts as stopped."""
    summary = folder.summary()
    status: Status = summary["status"] if summary.get("status") in _STATUSES else "stopped"
    problems = tuple(_problem(entry) for entry in summary.get("problems", []))
    return Ended(result_of(folder, status), problems)


def marks_of(folder: RunFolder, until: int | None = None) -> list[tuple[int, str]]:
    """What the run's curves are marked with, as (step, words): where it was forked off, what was
    changed, which moments were kept. Only what happened until a step, if one is given."""
    marks = [(made.step, mark_of(made)) for made in read_interventions(folder.path)]
    marks += [
        (checkpoint.stamp.step, "checkpoint")
        for checkpoint in list_checkpoints(folder)
        if checkpoint.stamp is not None and checkpoint.stamp.reason == "asked"
    ]
    parent = folder.environment().get("parent")
    if isinstance(parent, dict) and parent.get("kind") == "fork":
        words = f"forked from {texts.run_title(str(parent.get('run', '')))}"
        marks.insert(0, (int(parent.get("step") or 0), words))
    return [mark for mark in marks if until is None or mark[0] <= until]


def mark_of(made: Intervention) -> str:
    """What a change is marked with on the curves: `lr 0.003 → 0.001`, `frozen: conv1`."""
    return ", ".join(
        f"frozen: {shown(change.new)}" if change.path == "training.freeze" else change.label
        for change in made.changes
    )


_STATUSES = ("finished", "stopped", "failed")


def _problem(entry: Any) -> Problem:
    known = entry if isinstance(entry, dict) else {"sentence": str(entry)}
    return Problem(*(str(known.get(key, "")) for key in ("path", "sentence", "hint")))
