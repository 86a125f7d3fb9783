"""Lines of a run library, made without any run, and a library that holds them in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.problems import Problem, ProblemError
from engine.runs.info import RunInfo

ROOT = Path("/runs")


def info(name: str = "r1", state: str = "finished", **more: Any) -> RunInfo:
    """A run of 1,800 steps that reached 98.6 %."""
    known: dict[str, Any] = {
        "started": "2026-03-04T10:00:00+00:00", "recipe_name": "digits-cnn", "dataset": "digits",
        "architecture": "cnn", "steps": 1800, "total_steps": 1800, "epochs": 15, "seconds": 42.0,
        "best": {"metric": "val_accuracy", "value": 0.986, "step": 1200},
        "last": {"val_accuracy": 0.981}, "size": 1_000_000,
    }  # fmt: skip
    return RunInfo(**{"name": name, "path": ROOT / name, "state": state, **known, **more})


def many(count: int) -> list[RunInfo]:
    """So many runs of three recipes, each a minute after the one before."""
    return [
        info(
            f"r{number:05}",
            started=f"2026-01-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00Z",
            recipe_name=("digits-cnn", "digits-mlp", "iris-mlp")[number % 3],
            best={"metric": "val_accuracy", "value": (number * 7919 % 1000) / 1000, "step": 10},
            steps=number,
        )
        for number in range(count)
    ]


class FakeLibrary:
    """What is needed of `engine.runs.library.Library`."""

    def __init__(self, runs: Iterable[RunInfo] = (), runs_dir: Path = Path("/nowhere")) -> None:
        self.runs_dir = runs_dir
        self.runs = list(runs)
        self.marks: list[tuple[str, dict[str, Any]]] = []
        self.trashed: list[str] = []
        self.looked: list[str] = []
        self.refuses = False

    def cached(self) -> list[RunInfo]:
        return list(self.runs)

    def refresh(self) -> list[RunInfo]:
        return list(self.runs)

    def look(self, run: RunInfo) -> RunInfo:
        self.looked.append(run.name)
        return next(held for held in self.runs if held.path == run.path)

    def mark(self, run: RunInfo, **marks: Any) -> None:
        if self.refuses:
            raise ProblemError(Problem("run", f"The run {run.name} cannot be marked", "make room"))
        self.marks.append((run.name, marks))
        self.change(run.name, **marks)

    def trash(self, run: RunInfo) -> None:
        if self.refuses:
            raise ProblemError(Problem("run", f"{run.name} cannot be moved", "delete it yourself"))
        self.trashed.append(run.name)
        self.runs = [held for held in self.runs if held.path != run.path]

    def change(self, name: str, **values: Any) -> None:
        """A run has become another."""
        self.runs = [replace(run, **values) if run.name == name else run for run in self.runs]
