"""What can be done with the selected runs, and why not; no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.runs.info import RunInfo
from gui.presenters.availability import YES, Availability, no

BUSY = "A training is under way; stop it first"


@dataclass(frozen=True)
class RunAction:
    """One action on runs: its text and key as shown, and whether it is for one run alone."""

    name: str
    text: str
    keys: str = ""
    single: bool = False


ACTIONS = (
    (
        RunAction("open", "Open", "Return", single=True),
        RunAction("compare", "Compare", "Space"),
    ),
    (
        RunAction("resume", "Resume", single=True),
        RunAction("extend", "Train more epochs…", single=True),
        RunAction("fork", "Fork…", single=True),
    ),
    (
        RunAction("rename", "Rename", "F2", single=True),
        RunAction("tags", "Tags…", single=True),
        RunAction("note", "Note…", single=True),
        RunAction("favourite", "Favourite"),
        RunAction("archive", "Archive"),
    ),
    (
        RunAction("reveal", "Show the folder", single=True),
        RunAction("copy", "Copy the folder's path", "Ctrl+C"),
    ),
    (RunAction("trash", "Move to the trash…", "Del"),),
)
"""The menu of a run, group by group."""


def possible(name: str, runs: Sequence[RunInfo], busy: bool) -> Availability:
    """Whether an action can be done with these runs; `busy`: a training is under way here."""
    if not runs:
        return no("No run is selected")
    action = next(action for group in ACTIONS for action in group if action.name == name)
    if action.single and len(runs) > 1:
        return no("Select a single run")
    rule = _RULES.get(name)
    return YES if rule is None else rule(list(runs), busy)


def title(action: RunAction, runs: Sequence[RunInfo], compared: bool) -> str:
    """The text of an action, as it is meant for these runs; `compared`: they all are."""
    if action.name == "compare":
        return "Compare no more" if compared else "Compare"
    if action.name == "favourite" and all(run.favourite for run in runs):
        return "No favourite any more"
    if action.name == "archive" and all(run.archived for run in runs):
        return "Take out of the archive"
    return action.text


def _resume(runs: list[RunInfo], busy: bool) -> Availability:
    reasons = {
        "running": "This run is in training",
        "finished": "This run has finished; train more epochs instead",
        "imported": "Only its curves were imported; there is nothing to go on with",
    }
    if runs[0].state in reasons:
        return no(reasons[runs[0].state])
    return no(BUSY) if busy else YES


def _extend(runs: list[RunInfo], busy: bool) -> Availability:
    if runs[0].state == "imported":
        return no("Only its curves were imported; there is nothing to go on with")
    if runs[0].state != "finished":
        return no("This run has not finished yet")
    return no(BUSY) if busy else YES


def _fork(runs: list[RunInfo], busy: bool) -> Availability:
    if runs[0].state == "imported":
        return no("Only its curves were imported; there is no checkpoint to begin with")
    return no(BUSY) if busy else YES


def _trash(runs: list[RunInfo], _busy: bool) -> Availability:
    return no("It is in training") if any(run.state == "running" for run in runs) else YES


_RULES: dict[str, Callable[[list[RunInfo], bool], Availability]] = {
    "resume": _resume,
    "extend": _extend,
    "fork": _fork,
    "trash": _trash,
}
