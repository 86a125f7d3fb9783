"""Which runs of a library are listed, and in which order: filter, sort, groups, family tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engine.problems import Problem, ProblemError, suggest
from engine.runs.info import RunInfo


def _best(run: RunInfo) -> tuple[str, float] | None:
    return (run.best["metric"], run.best["value"]) if run.best is not None else None


COLUMNS: dict[str, Callable[[RunInfo], Any]] = {
    "name": lambda run: run.name,
    "title": lambda run: run.title.casefold() or None,
    "state": lambda run: run.state,
    "preset": lambda run: preset_of(run) or None,
    "dataset": lambda run: run.dataset or None,
    "architecture": lambda run: run.architecture or None,
    "loss": lambda run: run.loss or None,
    "optimizer": lambda run: run.optimizer or None,
    "best": _best,
    "steps": lambda run: run.steps,
    "seconds": lambda run: run.seconds,
    "started": lambda run: run.started or None,
    "ended": lambda run: run.ended or None,
    "size": lambda run: run.size,
}
"""What runs can be sorted by; None where a run has nothing there."""


def matches(run: RunInfo, text: str) -> bool:
    """Whether every word of `text` stands somewhere in what is known of the run by words: names,
    title, components, state, tags, note. Capital and small letters are the same."""
    return all(word in run.text for word in text.casefold().split())


def preset_of(run: RunInfo) -> str:
    """The preset that a run came from, or else its recipe's name."""
    return run.preset or run.recipe_name


def sort_runs(runs: Iterable[RunInfo], column: str) -> list[RunInfo]:
    """The runs by a column, downwards with a `-` before its name; those that have nothing there
    come last. Raises ProblemError when there is no such column."""
    name = column.removeprefix("-")
    if name not in COLUMNS:
        sentence = f"Runs cannot be sorted by {name!r}"
        raise ProblemError(Problem("--sort", sentence, suggest(name, list(COLUMNS))))
    keyed = [(COLUMNS[name](run), run) for run in runs]
    there = [pair for pair in keyed if pair[0] is not None]
    there.sort(key=lambda pair: pair[0], reverse=column.startswith("-"))
    return [run for _key, run in there] + [run for key, run in keyed if key is None]


def by_preset(runs: Iterable[RunInfo]) -> dict[str, list[RunInfo]]:
    """The runs under the presets that they came from, in the order of their first runs."""
    groups: dict[str, list[RunInfo]] = {}
    for run in runs:
        groups.setdefault(preset_of(run), []).append(run)
    return groups


def family_tree(runs: Sequence[RunInfo]) -> list[tuple[int, RunInfo]]:
    """Every run with its depth, forks right below their parents; otherwise in the same order.

    A run whose parent is not among them stands at the left, and so does the first one of a circle,
    which only a folder changed by hand can claim.
    """
    names = {run.name for run in runs}
    children: dict[str | None, list[RunInfo]] = {}
    for run in runs:
        children.setdefault(run.parent if run.parent in names else None, []).append(run)
    found: list[tuple[int, RunInfo]] = []
    seen: set[str] = set()
    for first in [*children.get(None, []), *runs]:
        waiting = [(0, first)]
        while waiting:
            depth, run = waiting.pop()
            if run.name not in seen:
                seen.add(run.name)
                found.append((depth, run))
                below = reversed(children.get(run.name, []))
                waiting.extend((depth + 1, child) for child in below)
    return found
