"""What can be done with the training in each of its states, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.problems import Problem
from gui import texts
from gui.presenters.availability import YES, Availability, no


class State(StrEnum):
    """Where the window stands; the order is that of a training's life."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


ACTIVE = frozenset({State.PREPARING, State.RUNNING, State.PAUSED, State.STOPPING})
_OBEYING = frozenset({State.RUNNING, State.PAUSED})


@dataclass(frozen=True)
class Situation:
    """All that decides what can be done. `held_soon`: a pause was asked for and is on its way."""

    state: State
    problems: Sequence[Problem] = ()
    held_soon: bool = False
    has_checkpoint: bool = False

    @property
    def active(self) -> bool:
        """Whether a training is under way, paused included."""
        return self.state in ACTIVE


def possible(action: str, situation: Situation) -> Availability:
    """Whether start, pause, step, stop, checkpoint or export can be done, or why not."""
    return _RULES[action](situation)


def _start(now: Situation) -> Availability:
    if now.active:
        return no("A training is under way; stop it first")
    if now.problems:
        others = f" and {len(now.problems) - 1} more" if len(now.problems) > 1 else ""
        return no(f"There is a problem in {texts.place(now.problems[0].path)}{others}")
    return YES


def _pause(now: Situation) -> Availability:
    if now.state is State.STOPPING:
        return no("The training is ending")
    if not now.active:
        return no("No training is under way")
    waiting = now.held_soon and now.state is not State.PAUSED
    return no("Holds after the batch in progress") if waiting else YES


def _step(now: Situation) -> Availability:
    if now.state is State.PAUSED:
        return YES
    return no("Pause first: a step is one batch of a paused training")


def _stop(now: Situation) -> Availability:
    if now.state is State.STOPPING:
        return no("Stops after the batch in progress")
    return YES if now.active else no("No training is under way")


def _checkpoint(now: Situation) -> Availability:
    if now.state in _OBEYING:
        return YES
    if now.has_checkpoint:
        return no("The training has ended; its checkpoints are in the run folder")
    return no("There is nothing to keep before the training runs")


def _export(now: Situation) -> Availability:
    if now.state in _OBEYING or (now.has_checkpoint and not now.active):
        return YES
    if now.active:
        return no("Wait until the training runs or has ended")
    return no("There is no trained model yet: press Start")


_RULES: dict[str, Callable[[Situation], Availability]] = {
    "start": _start,
    "pause": _pause,
    "step": _step,
    "stop": _stop,
    "checkpoint": _checkpoint,
    "export": _export,
}
