"""The columns of the run library: what each says of a run, and what it is sorted by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.runs.info import RunInfo
from gui import texts
from gui.presenters import run_texts as say


@dataclass(frozen=True)
class Column:
    """One column. `key` is what it is sorted by, None for a run that has nothing there."""

    name: str
    title: str
    width: int
    text: Callable[[RunInfo], str]
    key: Callable[[RunInfo], Any]
    figures: bool = False
    """Flush to the right, and sorted from the largest at first."""
    tip: str = ""


def _words(value: str) -> str | None:
    return value.casefold() or None


def _seconds(run: RunInfo) -> str:
    return texts.duration(run.seconds) if run.seconds else ""


def _moment_key(run: RunInfo) -> float | None:
    found = say.moment(run.started)
    return found.timestamp() if found else None


def _tags(run: RunInfo) -> str:
    return ", ".join(run.tags)


def _first_line(run: RunInfo) -> str:
    return run.note.partition("\n")[0]


TICK, STAR, NAME, STATE, TAGS = "tick", "star", "name", "state", "tags"

COLUMNS = (
    Column(TICK, "", 36, lambda _run: "", lambda _run: None,
           tip="Runs that are compared: their curves are laid over the open one"),
    Column(STAR, "", 30, lambda _run: "", lambda run: run.favourite or None, True,
           tip="Favourites"),
    Column(NAME, "Name", 168, say.title_of, lambda run: _words(say.title_of(run))),
    Column(STATE, "State", 200, say.short_state_of, lambda run: run.state),
    Column("best", "Best", 84, lambda r: say.value_text(r, say.best_of(r)), say.best_of, True,
           tip="The best validation"),
    Column("started", "Date", 112, say.moment_of, _moment_key, True, tip="When it was started"),
    Column("last", "Last", 84, lambda r: say.value_text(r, say.last_of(r)), say.last_of, True,
           tip="The last validation"),
    Column("dataset", "Dataset", 96, lambda r: r.dataset, lambda r: _words(r.dataset)),
    Column("architecture", "Architecture", 104, lambda r: r.architecture,
           lambda r: _words(r.architecture)),
    Column("seconds", "Duration", 80, _seconds, lambda run: run.seconds or None, True,
           tip="The time spent training"),
    Column("steps", "Steps", 120, say.steps_text, lambda run: run.steps or None, True,
           tip="Optimizer steps"),
    Column(TAGS, "Tags", 120, _tags, lambda run: _words(_tags(run))),
    Column("note", "Note", 200, _first_line, lambda run: _words(run.note)),
    Column("parent", "Parent", 168, say.parent_text, lambda run: _words(run.parent or "")),
)  # fmt: skip

PLACES = {column.name: place for place, column in enumerate(COLUMNS)}
