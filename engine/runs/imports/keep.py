"""Imported curves as a run folder, which the library and the plots open like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from engine.problems import Problem, ProblemError
from engine.runs.atomic import write_atomically
from engine.runs.folder import RunFolder, discard, new_folder
from engine.runs.imports.curves import Curves, familiar_names
from engine.runs.metricfile import RECORD
from engine.runs.metriclog import POINT, Points

_MAIN = ("val_accuracy", "val_f1", "val_r2", "val_loss", "train_loss")


def keep(curves: Curves, runs_dir: Path, name: str) -> RunFolder:
    """Write the run folder of imported curves. Raises ProblemError when it cannot be written.

    The environment comes last: without it the folder is no run, so there is never half of one.
    """
    names = familiar_names(curves.metrics)
    metrics = {names[tag]: points for tag, points in curves.metrics.items()}
    folder = new_folder(runs_dir, name)
    try:
        index = json.dumps({"metrics": list(metrics)}).encode()
        write_atomically(folder.path / "metrics.json", index)
        write_atomically(folder.path / "metrics.bin", _records(metrics))
        folder.write_json(folder.summary_file, _summary(metrics, curves.started))
        folder.write_json(folder.environment_file, _environment(curves, names, name))
    except OSError as error:
        discard(folder)
        sentence = f"The run cannot be kept in {runs_dir}: {error.strerror or error}"
        hint = "choose another folder with --runs-dir, or free space"
        raise ProblemError(Problem("runs-dir", sentence, hint)) from None
    return folder


def _records(metrics: Mapping[str, Points]) -> bytes:
    blocks = []
    for place, points in enumerate(metrics.values()):
        block = np.empty(len(points), RECORD)
        block["metric"] = place
        for field in POINT.names or ():
            block[field] = points[field]
        blocks.append(block)
    return np.concatenate(blocks).tobytes()


def _environment(curves: Curves, names: Mapping[str, str], name: str) -> dict[str, Any]:
    now = datetime.now().astimezone()
    started = now if curves.started is None else _moment(curves.started)
    renamed = {old: new for old, new in names.items() if old != new}
    return {
        "format": 2,
        "started": started.isoformat(timespec="seconds"),
        "recipe_name": name,
        "main_metric": next((m for m in _MAIN if m in names.values()), next(iter(names.values()))),
        "imported": {
            "kind": curves.kind,
            "from": str(curves.source.absolute()),
            "when": now.isoformat(timespec="seconds"),
            "names": renamed,
        },
    }


def _summary(metrics: Mapping[str, Points], started: float | None) -> dict[str, Any]:
    points = np.concatenate(list(metrics.values()))
    seconds = float(points["time"].max())
    ended = {} if started is None else {"ended": _moment(started + seconds).isoformat()}
    return {
        "status": "imported",
        "steps": int(points["step"].max()),
        "epochs": int(points["epoch"].max()),
        "seconds": seconds,
        "metrics": {name: float(held["value"][-1]) for name, held in metrics.items()},
        **ended,
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()
