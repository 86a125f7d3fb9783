"""What can be done with the training in each of its states, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.consent import NotAllowed
from engine.problems import Problem
from gui import texts
from gui.presenters.availability import YES, Availability, no


class State(StrEnum):
    """Where the window stands; the order is that of a training's life.

    INTERRUPTED is a run of the past without an end, FOLLOWED one that another process trains.
    """

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    FOLLOWED = "followed"


ACTIVE = frozenset({State.PREPARING, State.RUNNING, State.PAUSED, State.STOPPING})
_OBEYING = frozenset({State.RUNNING, State.PAUSED})
_BROKEN_OFF = frozenset({State.STOPPED, State.FAILED, State.INTERRUPTED})
_ELSEWHERE = "Another process trains this run; it is steered there"


@dataclass(frozen=True)
class Situation:
    """All that decides what can be done. `held_soon`: a pause was asked for and is on its way;
    `has_run`: a run folder is shown that is not in training."""

    state: State
    problems: Sequence[Problem] = ()
    held_soon: bool = False
    has_checkpoint: bool = False
    has_run: bool = False

    @property
    def active(self) -> bool:
        """Whether a training is under way, paused included."""
        return self.state in ACTIVE


def possible(action: str, situation: Situation) -> Availability:
    """Whether one of the actions in `_RULES` can be done, or why not."""
    return _RULES[action](situation)


def _start(now: Situation) -> Availability:
    if now.active:
        return no("A training is under way; stop it first")
    # Code that nobody has allowed yet is asked about when Start is pressed.
    problems = [problem for problem in now.problems if not isinstance(problem, NotAllowed)]
    if problems:
        others = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        return no(f"There is a problem in {texts.place(problems[0].path)}{others}")
    return YES


def _steered_here(rule: Callable[[Situation], Availability]) -> Callable[..., Availability]:
    """The rule, for a training that this window has in its hands."""

    def judged(now: Situation) -> Availability:
        return no(_ELSEWHERE) if now.state is State.FOLLOWED else rule(now)

    return judged


@_steered_here
def _pause(now: Situation) -> Availability:
    if now.state is State.STOPPING:
        return no("The training is ending")
    if not now.active:
        return no("No training is under way")
    waiting = now.held_soon and now.state is not State.PAUSED
    return no("Holds after the batch in progress") if waiting else YES


@_steered_here
def _step(now: Situation) -> Availability:
    if now.state is State.PAUSED:
        return YES
    return no("Pause first: a step is one batch of a paused training")


@_steered_here
def _stop(now: Situation) -> Availability:
    if now.state is State.STOPPING:
        return no("Stops after the batch in progress")
    return YES if now.active else no("No training is under way")


@_steered_here
def _checkpoint(now: Situation) -> Availability:
    if now.state in _OBEYING:
        return YES
    if now.has_checkpoint:
        return no("The training has ended; its checkpoints are in the run folder")
    return no("There is nothing to keep before the training runs")


@_steered_here
def _export(now: Situation) -> Availability:
    if now.state in _OBEYING or (now.has_checkpoint and not now.active):
        return YES
    if now.active:
        return no("Wait until the training runs or has ended")
    return no("There is no trained model yet: press Start")


@_steered_here
def _resume_run(now: Situation) -> Availability:
    if now.active:
        return no("A training is under way; stop it first")
    if now.state is State.FINISHED:
        return no("This run has finished; train more epochs instead")
    return YES if now.state in _BROKEN_OFF and now.has_run else no("There is no run to go on with")


@_steered_here
def _extend(now: Situation) -> Availability:
    if now.active:
        return no("A training is under way; change its epochs instead")
    if now.state in _BROKEN_OFF and now.has_run:
        return no("This run has not finished; resume it first")
    if now.state is State.FINISHED and now.has_checkpoint:
        return YES
    return no("There is no finished run with a checkpoint")


@_steered_here
def _fork(now: Situation) -> Availability:
    if now.active:
        return no("A training is under way; stop it first")
    return YES if now.has_checkpoint else no("There is no run with a checkpoint to begin from")


_RULES: dict[str, Callable[[Situation], Availability]] = {
    "start": _start,
    "pause": _pause,
    "step": _step,
    "stop": _stop,
    "checkpoint": _checkpoint,
    "export": _export,
    "resume_run": _resume_run,
    "extend": _extend,
    "fork": _fork,
}
