"""A run of the past as the window shows it: its recipe, its curves, how it ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.problems import Problem
from engine.runs.folder import RunFolder
from engine.runs.metricfile import read_metrics
from engine.training.channel import Channel
from engine.training.events import Ended, Result, Status


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
    result = Result(
        run=folder.path,
        status=status,
        epochs=int(summary.get("epochs", 0)),
        steps=int(summary.get("steps", 0)),
        seconds=float(summary.get("seconds", 0.0)),
        samples_per_second=float(summary.get("samples_per_second", 0.0)),
        metrics=dict(summary.get("metrics", {})),
        checkpoint=_if_there(folder.last_checkpoint),
        best_checkpoint=_if_there(folder.best_checkpoint),
    )
    problems = tuple(_problem(entry) for entry in summary.get("problems", []))
    return Ended(result, problems)


_STATUSES = ("finished", "stopped", "failed")


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _problem(entry: Any) -> Problem:
    known = entry if isinstance(entry, dict) else {"sentence": str(entry)}
    return Problem(*(str(known.get(key, "")) for key in ("path", "sentence", "hint")))
