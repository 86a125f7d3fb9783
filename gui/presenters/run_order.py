"""Which runs the library shows, in which order and under which headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from engine.runs.info import RunInfo
from gui.presenters.run_columns import COLUMNS, PLACES
from gui.presenters.run_texts import key_of

Grouping = Literal["none", "preset", "family"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
NO_NAME = "without a name"


@dataclass(frozen=True)
class Order:
    """What is chosen above the table."""

    column: str = "started"
    descending: bool = True
    grouping: Grouping = "none"
    text: str = ""
    archived: bool = False
    """Whether archived runs are shown too."""


@dataclass
class Node:
    """A run, or a heading (without a run), with what stands below it.

    `matching` is false for a run that is there only because of its forks.
    """

    run: RunInfo | None
    title: str = ""
    matching: bool = True
    children: list[Node] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What tells it from all others, whatever the order."""
        return key_of(self.run) if self.run is not None else f"preset {self.title}"


def arrange(runs: Sequence[RunInfo], order: Order) -> list[Node]:
    """The runs that pass the filter as a tree, from top to bottom."""
    shown = [run for run in runs if order.archived or not run.archived]
    ranked = _sorted(shown, order)
    words = order.text.casefold().split()
    passing = [run for run in ranked if all(word in run.text for word in words)]
    if order.grouping == "family":
        return _families(ranked, {run.name for run in passing})
    return _by_preset(passing) if order.grouping == "preset" else [Node(run) for run in passing]


def _sorted(runs: Sequence[RunInfo], order: Order) -> list[RunInfo]:
    """By the column, then the latest first; runs that have nothing there come last."""
    key = COLUMNS[PLACES.get(order.column, PLACES["started"])].key
    latest_first = sorted(runs, key=lambda run: run.started, reverse=True)
    keyed = [(key(run), run) for run in latest_first]
    there = [pair for pair in keyed if pair[0] is not None]
    there.sort(key=lambda pair: pair[0], reverse=order.descending)
    return [run for _key, run in there] + [run for value, run in keyed if value is None]


def _by_preset(ranked: list[RunInfo]) -> list[Node]:
    """One heading a preset (a recipe of none by its name), in the order of their foremost runs."""
    groups: dict[str, Node] = {}
    for run in ranked:
        name = run.preset or run.recipe_name or NO_NAME
        groups.setdefault(name, Node(None, name)).children.append(Node(run))
    return list(groups.values())


def _families(ranked: list[RunInfo], matching: set[str]) -> list[Node]:
    """Forks below their parents; families in the order of their foremost members.

    Of a family that the filter leaves something of, the ancestors stay.
    """
    above = _parents(ranked)
    kept = set(matching)
    for name in matching:
        while (name := above.get(name, "")) and name not in kept:
            kept.add(name)
    nodes = {r.name: Node(r, matching=r.name in matching) for r in ranked if r.name in kept}
    roots: dict[str, Node] = {}
    for name, node in nodes.items():
        if name in above:
            nodes[above[name]].children.append(node)
        while name in above:
            name = above[name]
        roots.setdefault(name, nodes[name])
    return list(roots.values())


def _parents(runs: list[RunInfo]) -> dict[str, str]:
    """The parent of each run that has one in the library; a circle is cut open."""
    names = {run.name for run in runs}
    above = {run.name: run.parent for run in runs if run.parent and run.parent in names}
    settled: set[str] = set()
    for name in list(above):
        walked: set[str] = set()
        while name in above and name not in settled:
            if name in walked:
                del above[name]
                break
            walked.add(name)
            name = above[name]
        settled |= walked
    return above
