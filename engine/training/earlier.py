"""An earlier run in figures: how it ended, or how far its newest checkpoint is."""

from __future__ import annotations

from pathlib import Path

from engine.runs.checkpointfile import list_checkpoints
from engine.runs.folder import RunFolder
from engine.training.events import Result, Status


def result_of(folder: RunFolder, status: Status) -> Result:
    """What a run has now. One that was interrupted has no summary, and no metrics here."""
    summary = folder.summary()
    epochs, steps = int(summary.get("epochs", 0)), int(summary.get("steps", 0))
    if not summary:
        epochs, steps = _kept(folder)
    return Result(
        run=folder.path,
        status=status,
        epochs=epochs,
        steps=steps,
        seconds=float(summary.get("seconds", 0.0)),
        samples_per_second=float(summary.get("samples_per_second", 0.0)),
        metrics=dict(summary.get("metrics", {})),
        weights_sha256=str(summary.get("weights_sha256", "")),
        checkpoint=_if_there(folder.last_checkpoint),
        best_checkpoint=_if_there(folder.best_checkpoint),
    )


def _kept(folder: RunFolder) -> tuple[int, int]:
    """Whole epochs and steps at the newest checkpoint that says so; zeros without one."""
    stamps = [found.stamp for found in list_checkpoints(folder) if found.stamp is not None]
    return (int(stamps[-1].epoch), stamps[-1].step) if stamps else (0, 0)


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None
