"""Run folders as a training leaves them, made without one."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from engine.recipe import Recipe
from engine.runs.checkpointfile import Stamp, stamped
from engine.runs.folder import RunFolder, create_run
from engine.runs.interventions import Change, Intervention, append_intervention
from engine.runs.metricfile import RECORD

BATCHES = 20
"""Batches in an epoch of these runs, each of them a step."""


@dataclass
class Made:
    """A run folder, with ways to add to it as another process does."""

    folder: RunFolder

    def points(self, metric: str, *steps: int) -> Made:
        """One value at each of these steps."""
        names_file = self.folder.path / "metrics.json"
        names = json.loads(names_file.read_text())["metrics"] if names_file.exists() else []
        if metric not in names:
            names.append(metric)
            names_file.write_text(json.dumps({"metrics": names}))
        number = names.index(metric)
        with open(self.folder.path / "metrics.bin", "ab") as file:
            for step in steps:
                file.write(_record(number, step))
        return self

    def checkpoint(self, name: str, step: int, reason: str = "auto") -> Made:
        """A checkpoint of that step, without a content."""
        stamp = Stamp(step, step, step / BATCHES, reason, "2026-01-01T00:00:00", "0.2.0")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("state", str(step))
        (self.folder.checkpoints / name).write_bytes(stamped(archive.getvalue(), stamp))
        return self

    def change(self, step: int, path: str, old: Any, new: Any) -> Made:
        """A change that was made while it was trained."""
        append_intervention(self.folder.path, intervened(step, path, old, new))
        return self

    def environment(self, **more: Any) -> Made:
        """Trained by this very process, which lives, unless said otherwise."""
        known = {
            "pid": os.getpid(), "process_started": psutil.Process().create_time(),
            "started": "2026-01-01T00:00:00+00:00", "total_steps": 100, "epochs": 5,
            "batches_per_epoch": BATCHES, "recipe_name": self.folder.recipe().name,
        }  # fmt: skip
        self.folder.write_json(self.folder.environment_file, known | more)
        return self

    def ended(self, status: str = "finished", **more: Any) -> Made:
        """How it ended."""
        known = {"status": status, "epochs": 5, "steps": 100, "seconds": 42.0,
                 "metrics": {"val_accuracy": 0.986, "test_accuracy": 0.981}}  # fmt: skip
        self.folder.write_json(self.folder.summary_file, known | more)
        return self


def make_run(runs_dir: Path, recipe: Recipe, state: str = "finished") -> Made:
    """A run of 100 steps with curves, two checkpoints, and an end, if it has one."""
    made = Made(create_run(runs_dir, recipe))
    made.points("train_loss", *range(1, 101)).points("val_loss", 20, 40, 60, 80, 100)
    made.checkpoint("best.ckpt", 60, "best").checkpoint("last.ckpt", 100, "last")
    if state == "running":
        return made.environment()
    made.environment(pid=None)
    return made if state == "interrupted" else made.ended(state)


def intervened(step: int, path: str, old: Any, new: Any) -> Intervention:
    """A change of one option after that step."""
    change = Change(path, old, new)
    return Intervention(step, step, step / BATCHES, step * 0.1, "2026-01-01T00:00:00", (change,))


def _record(number: int, step: int) -> bytes:
    value = 1 / step
    record = np.array([(number, step, step / BATCHES, step * 0.1, value)], RECORD)
    return record.tobytes()
