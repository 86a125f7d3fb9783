"""Small trainings for tests, and a listener that posts commands at chosen moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training.begin import Begin, Resume
from engine.training.channel import Channel
from engine.training.events import Ended, Event, Result
from engine.training.session import run_recipe

SMALL: dict[str, Any] = {
    "version": 1,
    "name": "small",
    "dataset": {"name": "digits", "subset": 300},
    "architecture": {"name": "mlp", "hidden": [16], "norm": "batch"},
    "optimizer": {"name": "adamw", "lr": 0.003, "schedule": {"name": "cosine", "warmup": 3}},
    "regularization": {"dropout": 0.2, "weight_decay": 1e-4},
    "training": {"epochs": 3, "batch_size": 32, "threads": 1},
}


def small(**sections: dict[str, Any]) -> Recipe:
    """The small recipe with some sections' settings changed (a new `name` replaces the section)."""
    data = {key: dict(value) if isinstance(value, dict) else value for key, value in SMALL.items()}
    for section, changes in sections.items():
        base = {} if "name" in changes else data.get(section, {})
        data[section] = {**base, **changes}
    return Recipe.parse(data)


@dataclass
class Run:
    """A training in a test: its events, its log and its result."""

    channel: Channel
    events: list[Event] = field(default_factory=list)
    result: Result | None = None

    @property
    def ended(self) -> Ended:
        (ended,) = [event for event in self.events if isinstance(event, Ended)]
        return ended

    def metrics(self) -> dict[str, list[tuple[int, float, float]]]:
        """Every logged point but its time: (step, epoch, value) by metric."""
        log = self.channel.log
        return {
            name: [
                (int(p["step"]), float(p["epoch"]), float(p["value"]))
                for p in log.series(name).since()
            ]
            for name in log.names()
        }


def train(
    recipe: Recipe,
    runs: Path,
    on_event: Callable[[Event, Channel], None] | None = None,
    folder: RunFolder | None = None,
    channel: Channel | None = None,
    begin: Begin | None = None,
) -> Run:
    """Run a recipe to its end on this thread; `on_event` may post commands. With `folder` that run
    is resumed."""
    run = Run(channel or Channel())

    def listen(event: Event) -> None:
        run.events.append(event)
        if on_event is not None:
            on_event(event, run.channel)

    run.channel._listener = listen
    begin = Resume(folder) if folder is not None else begin
    run.result = run_recipe(recipe, runs, runs.parent / "data", run.channel, begin)
    return run


def same_curves(a: Run, b: Run) -> bool:
    """Whether two runs logged the same points, bit for bit (nan equals nan)."""
    left, right = a.metrics(), b.metrics()
    return left.keys() == right.keys() and all(
        np.array_equal(np.array(left[name]), np.array(right[name]), equal_nan=True) for name in left
    )
