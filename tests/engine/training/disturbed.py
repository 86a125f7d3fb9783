"""Trainings that are disturbed by a script: what happens at which moment; and what is left of them.

A moment is one at which commands are looked at: before the first batch, after every training
batch, after every batch of a validation.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from engine.runs.folder import RunFolder
from engine.runs.interventions import read_interventions
from engine.runs.metricreader import read_metrics
from engine.training import commands as c
from engine.training import metrics, session
from engine.training.channel import Channel
from engine.training.control import Control
from engine.training.loading import load_checkpoint

Action = Callable[[Channel], None]


class Script:
    """What is to happen at which moment of the trainings to come, and how many have passed."""

    def __init__(self) -> None:
        self.moments = 0
        self.actions: dict[int, list[Action]] = {}

    def begin(self, actions: dict[int, list[Action]] | None = None) -> None:
        """Count from the first moment again."""
        self.moments, self.actions = 0, dict(actions or {})

    def next(self) -> list[Action]:
        """A moment has come."""
        self.moments += 1
        return self.actions.pop(self.moments, [])


@contextlib.contextmanager
def scripted() -> Iterator[Script]:
    """Trainings inside obey the script. Validations have several batches."""
    script = Script()

    class Scripted(Control):
        def _attend(self, phase: Any) -> None:
            if self._held:
                self._channel.post(c.Resume())
            for action in script.next():
                action(self._channel)
            super()._attend(phase)

    before = session.Control, metrics.EVALUATION_BATCH
    session.Control, metrics.EVALUATION_BATCH = Scripted, 16  # type: ignore[misc]
    try:
        yield script
    finally:
        session.Control, metrics.EVALUATION_BATCH = before  # type: ignore[misc]


# --- Actions -----------------------------------------------------------------------------------


def posting(*commands: c.Command) -> Action:
    """Commands that arrive at the same moment."""

    def act(channel: Channel) -> None:
        for command in commands:
            channel.post(command)

    return act


def disturbance(chosen: random.Random) -> Action:
    """Something that must leave no trace."""
    while_paused = chosen.sample([c.SaveCheckpoint(), c.Validate(), c.SaveCheckpoint()], 2)
    end = chosen.choice([c.Resume(), c.Step(1), c.Step(3)])
    return chosen.choice([
        posting(c.Pause(), *while_paused, end),
        posting(c.Pause(), end),
        posting(c.SaveCheckpoint()),
        posting(c.Validate()),
    ])  # fmt: skip


def copying(runs: Path, to: Path) -> Action:
    """What a kill at this moment would leave behind of the run that is in training: checkpoints
    first, so that no other file is older than they are."""

    def act(channel: Channel) -> None:
        run = newest_run(runs)
        shutil.rmtree(to, ignore_errors=True)
        for source in sorted(run.rglob("*"), key=lambda path: path.parent.name != "checkpoints"):
            target = to / source.relative_to(run)
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                shutil.copyfile(source, target)

    return act


def newest_run(runs: Path) -> Path:
    return max(runs.iterdir(), key=lambda path: path.stat().st_ctime_ns)


# --- What is compared --------------------------------------------------------------------------


def left_by(folder: RunFolder) -> dict[str, Any]:
    """Everything of a finished run that has to be the same, by name."""
    summary, log = folder.summary(), read_metrics(folder.path)
    fields = ["step", "epoch", "value"]
    curves = {name: _digest(log.series(name).since()[fields].tolist()) for name in log.names()}
    return {
        "status": summary["status"],
        "weights": summary["weights_sha256"],
        "metrics": summary["metrics"],
        "length": (summary["steps"], summary["epochs"]),
        **{f"curve {name}": digest for name, digest in curves.items()},
        **{f"last.ckpt {name}": digest for name, digest in _last_state(folder).items()},
    }


def _last_state(folder: RunFolder) -> dict[str, str]:
    """What is in `last.ckpt`: the weights; the rest if nothing was left to be done at its moment (a
    training may be stopped inside its last validation, or changed after its last step)."""
    content = load_checkpoint(folder.last_checkpoint)
    callbacks = content["callbacks"]
    parts = {"state_dict": content["state_dict"], "exact": callbacks["ExactState"]}
    made = callbacks["Steering"]["made"]
    if made == len(read_interventions(folder.path)) and not callbacks["Validation"]["pending"]:
        names = ("optimizer_states", "learning_rate_factor", "lr_schedulers")
        parts |= {name: content[name] for name in names}
    return {name: _digest(part) for name, part in parts.items()}


def differing(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """The names of what is not the same; the state in last.ckpt as far as both have it."""
    names = [
        name for name in {**a, **b} if (name in a and name in b) or not name.startswith("last.ckpt")
    ]
    return [name for name in names if repr(a.get(name)) != repr(b.get(name))]


def _digest(value: Any) -> str:
    digest = hashlib.sha256()
    _feed(value, digest.update)
    return digest.hexdigest()


def _feed(value: Any, update: Callable[[bytes], None]) -> None:
    if isinstance(value, torch.Tensor):
        update(f"{value.dtype}{tuple(value.shape)}".encode())
        update(value.contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    elif isinstance(value, dict):
        for key in value:
            update(f"{key}:".encode())
            _feed(value[key], update)
    elif isinstance(value, list | tuple):
        update(b"[")
        for part in value:
            _feed(part, update)
        update(b"]")
    else:
        update(repr(value).encode())
