"""What a training tells: rare events as frozen values, and a snapshot of progress to poll."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.problems import Problem
from engine.runs.interventions import Intervention
from engine.training.commands import Report

Phase = Literal["preparing", "training", "validating", "testing", "paused", "ended"]
Status = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True)
class Preparing(Event):
    """Something is being prepared; `fraction` is 0 to 1, or None when unknown."""

    message: str
    fraction: float | None = None


@dataclass(frozen=True)
class RunCreated(Event):
    """The run folder exists; everything that follows is written there."""

    run: Path


@dataclass(frozen=True)
class Started(Event):
    """The first batch is about to run. `run` is the run folder."""

    run: Path
    epochs: int | None
    total_steps: int
    batches_per_epoch: int
    device: str
    threads: int
    parameters: int


@dataclass(frozen=True)
class Compiling(Event):
    """The network is being compiled for a shape of batches, in the first batch that has it."""


@dataclass(frozen=True)
class Compiled(Event):
    """The network was compiled for a shape of batches, which took so long."""

    seconds: float


@dataclass(frozen=True)
class Paused(Event):
    """The training is held between two batches; nothing is lost."""

    epoch: int
    batch: int
    step: int


@dataclass(frozen=True)
class Resumed(Event):
    """The training goes on."""


@dataclass(frozen=True)
class Evaluated(Event):
    """A validation has ended. `metrics` by full name (`val_loss`); `best` if it was the best."""

    epoch: float
    step: int
    metrics: dict[str, float]
    best: bool


@dataclass(frozen=True)
class Generated(Event):
    """A language model has written a sample after a validation; `text` begins with the prompt,
    which has `prompt` characters."""

    epoch: float
    step: int
    text: str
    prompt: int = 0


@dataclass(frozen=True)
class CheckpointSaved(Event):
    """A checkpoint is on disk. `reason`: last, best, auto, asked or stopped."""

    path: Path
    step: int
    reason: str


@dataclass(frozen=True)
class Intervened(Event):
    """Live options were changed: what takes effect from the next batch on."""

    intervention: Intervention


@dataclass(frozen=True)
class Answered(Event):
    """A command has been carried out, or could not be."""

    report: Report


@dataclass(frozen=True)
class Notice(Event):
    """Something the user should know that does not end the training (a checkpoint not written)."""

    problem: Problem


@dataclass(frozen=True)
class Recovered(Event):
    """What a notice had said could not be written is written again."""

    sentence: str


@dataclass(frozen=True)
class Ended(Event):
    """The training is over. `problems` say why when it failed; `traceback` only for a bug.

    `bad_input` tells what the user gave (2 on the command line) from what went wrong (1).
    """

    result: Result
    problems: tuple[Problem, ...] = ()
    bad_input: bool = False
    traceback: str = ""

    @property
    def problem(self) -> Problem | None:
        """The first problem, or None."""
        return self.problems[0] if self.problems else None


@dataclass(frozen=True)
class Result:
    """How a run ended. The fields are those of `train --json`'s last line."""

    run: Path | None
    status: Status
    epochs: int
    steps: int
    seconds: float
    samples_per_second: float
    metrics: dict[str, float] = field(default_factory=dict)
    weights_sha256: str = ""
    checkpoint: Path | None = None
    best_checkpoint: Path | None = None

    def as_json(self, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
        """Plain types; `problems` is there only when there are any."""
        data = asdict(self)
        for key in ("run", "checkpoint", "best_checkpoint"):
            data[key] = str(data[key].absolute()) if data[key] is not None else None
        told = [problem.as_json() for problem in problems]
        return data | ({"problems": told} if told else {})


Listener = Callable[[Event], None]
"""Called on the training thread or one that writes for it; must return at once and must not
touch a widget."""


def unheard(_event: Event) -> None:
    """A Listener that does nothing."""


@dataclass
class Progress:
    """Where the training is. Written by the training thread, read by anyone: single fields only.

    `validating` is true inside a validation or the final measurement, also while paused in it.
    `epoch` counts from 1, `batch` from 1 within the epoch (or within the validation while
    validating); `done` counts all training batches so far; `seconds` is time
    spent training, pauses left out.
    """

    phase: Phase = "preparing"
    validating: bool = False
    epoch: int = 0
    epochs: int | None = None
    batch: int = 0
    batches: int = 0
    done: int = 0
    step: int = 0
    total_steps: int = 0
    samples: int = 0
    seconds: float = 0.0
    samples_per_second: float = 0.0
