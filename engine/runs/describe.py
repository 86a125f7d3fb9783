"""A run's line of the library, read from the small files of its folder, whatever is in them."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine import yamlfile
from engine.plaintext import one_line
from engine.problems import ProblemError
from engine.runs.checkpointfile import read_stamp
from engine.runs.folder import RunFolder, run_paths
from engine.runs.info import RunInfo
from engine.runs.marks import read_marks
from engine.runs.state import run_state
from engine.runs.tally import Tally, tally_of

_COMPONENTS = ("dataset", "architecture", "loss", "optimizer")

_WHOLE = ("finished", "imported")
"""States in which there is no place to go on from."""

_MAIN_METRICS = ("accuracy", "r2", "loss")
"""Those that a run of format 1 may have followed, the first there is."""


def list_runs(runs_dir: Path) -> list[RunInfo]:
    """Every run of a library, oldest first; a damaged one is listed as such."""
    return [describe_run(RunFolder(path)) for path in run_paths(runs_dir)]


def describe_run(folder: RunFolder) -> RunInfo:
    """One run's line, from its folder alone."""
    return describe(folder, None)[0]


def describe(folder: RunFolder, before: Tally | None) -> tuple[RunInfo, Tally | None]:
    """One run's line and the tally of its metrics, for which one from `before` is a beginning.

    There is no tally of a run that is finished and tells everything in its summary.
    """
    environment, summary = folder.environment(), folder.summary()
    state = run_state(environment, summary, folder.lock_file)
    needless = state == "finished" and isinstance(summary.get("best_steps"), dict)
    tally = None if needless else tally_of(folder.path, before)
    names = _names(folder, environment)
    info = RunInfo(
        name=folder.name,
        path=folder.path,
        state=state,
        started=one_line(environment.get("started")),
        ended=one_line(summary.get("ended")),
        preset=one_line(environment.get("preset")),
        total_steps=_whole(environment.get("total_steps")),
        size=_size(folder.path),
        **names,
        **_progress(summary, tally),
        **_measured(environment, summary, tally),
        **_lineage(environment.get("parent")),
        **vars(read_marks(folder.path)),
        position=_position(folder, environment, tally) if state not in _WHOLE else None,
    )
    return info, tally


# --- The parts of a line ----------------------------------------------------------------------


def _names(folder: RunFolder, environment: Mapping[str, Any]) -> dict[str, Any]:
    """Recipe and components by name; runs of format 1 have them in the recipe alone."""
    if "recipe_name" in environment:
        found = {key: environment.get(key) for key in ("recipe_name", *_COMPONENTS)}
    else:
        recipe: Mapping[str, str] = {}
        with suppress(ProblemError):
            recipe = yamlfile.glance(folder.recipe_file)
        found = {key: recipe.get(f"{key}.name", recipe.get(key)) for key in _COMPONENTS}
        found["recipe_name"] = recipe.get("name")
    return {key: one_line(value) for key, value in found.items()}


def _progress(summary: Mapping[str, Any], tally: Tally | None) -> dict[str, Any]:
    """How far the run came: by its summary, or without one by its metrics."""
    if tally is None or summary.get("steps") is not None:
        steps, epochs, seconds = (summary.get(key) for key in ("steps", "epochs", "seconds"))
    else:
        steps, epochs, seconds = tally.step, math.floor(tally.epoch + 1e-9), tally.seconds
    return {"steps": _whole(steps), "epochs": _whole(epochs), "seconds": _number(seconds)}


def _measured(
    environment: Mapping[str, Any], summary: Mapping[str, Any], tally: Tally | None
) -> dict[str, Any]:
    metrics = _finite(summary.get("metrics"))
    last = {name: value for name, value in metrics.items() if name.startswith("val_")}
    if not last and tally is not None:
        last = _finite(dict(tally.last))
    best = _best(environment, summary, metrics, tally)
    return {"metrics": metrics, "last": last, "best": best}


def _best(
    environment: Mapping[str, Any],
    summary: Mapping[str, Any],
    metrics: Mapping[str, float],
    tally: Tally | None,
) -> dict[str, Any] | None:
    """The best value of the main metric, or of the first there is of the usual ones."""
    steps = summary.get("best_steps")
    known = dict(tally.best) if tally is not None else {}
    for name in (str(environment.get("main_metric", "")), *_MAIN_METRICS):
        metric = f"val_{name.removeprefix('val_')}"
        if metric in known:
            value, step = known[metric]
            return {"metric": metric, "value": value, "step": step}
        if f"best_{metric}" in metrics:
            found = steps.get(metric.removeprefix("val_")) if isinstance(steps, dict) else None
            best_step = found if isinstance(found, int) else None
            return {"metric": metric, "value": metrics[f"best_{metric}"], "step": best_step}
    return None


def _position(
    folder: RunFolder, environment: Mapping[str, Any], tally: Tally | None
) -> tuple[int, int] | None:
    """Epoch and batch in it: where the metrics end, or else where the last checkpoint is."""
    batches = _whole(environment.get("batches_per_epoch"))
    done = round(tally.epoch * batches) if tally is not None else 0
    if not done and batches:
        stamp = read_stamp(folder.last_checkpoint)
        done = stamp.batch if stamp is not None else 0
    if done <= 0 or batches <= 0:
        return None
    epoch = (done - 1) // batches
    return epoch + 1, done - epoch * batches


def _lineage(parent: Any) -> dict[str, Any]:
    known = parent if isinstance(parent, dict) else {}
    step = known.get("step")
    return {
        "parent": one_line(known.get("run")) or None,
        "parent_step": step if isinstance(step, int) else None,
        "parent_kind": one_line(known.get("kind")) or None,
    }


def _size(path: str | Path) -> int:
    """The bytes of all files below a folder; links are not followed."""
    total = 0
    with suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                total += _size(entry.path)
            else:
                total += entry.stat(follow_symlinks=False).st_size
    return total


def _number(value: Any) -> float:
    return float(value) if _is_number(value) else 0.0


def _is_number(value: Any) -> bool:
    """Whether a float can hold it; JSON knows whole numbers of any length."""
    return isinstance(value, int | float) and abs(value) < 1e300  # nan is not smaller either


def _whole(value: Any) -> int:
    return int(_number(value))


def _finite(metrics: Any) -> dict[str, float]:
    """The metrics that are numbers; null stands for one that was not finite."""
    pairs = metrics.items() if isinstance(metrics, dict) else ()
    return {one_line(name): float(value) for name, value in pairs if _is_number(value)}
