"""Which runs are listed, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.problems import ProblemError
from engine.runs.info import RunInfo
from engine.runs.listing import COLUMNS, by_preset, family_tree, matches, sort_runs


def run(name: str, **facts: Any) -> RunInfo:
    return RunInfo(name=name, path=Path("/runs", name), **{"state": "finished", **facts})


@pytest.mark.parametrize(
    "text",
    ["", "MLP", "digits mlp", "2025 best", "baseline", "ÜBER", "remember finished", "adamw small"],
)
def test_every_word_is_looked_for_everywhere(text: str) -> None:
    one = run("20250101-digits", title="The Best", dataset="digits", architecture="mlp",
              optimizer="adamw", recipe_name="Small", tags=("baseline", "über"),
              note="to\nremember")  # fmt: skip
    assert matches(one, text)
    assert not matches(one, f"{text} cnn")
    assert not matches(one, "digitsmlp")  # a word does not go on in the next thing


def test_sorted_up_and_down_with_the_empty_ones_last() -> None:
    best = [{"metric": "val_accuracy", "value": value, "step": 1} for value in (0.5, 0.9)]
    runs = [run("a", best=best[1]), run("b"), run("c", best=best[0], title="x")]
    assert [r.name for r in sort_runs(runs, "best")] == ["c", "a", "b"]
    assert [r.name for r in sort_runs(runs, "-best")] == ["a", "c", "b"]
    assert [r.name for r in sort_runs(runs, "-name")] == ["c", "b", "a"]
    assert [r.name for r in sort_runs(runs, "title")] == ["c", "a", "b"]
    for column in COLUMNS:
        assert len(sort_runs(runs, column)) == 3
    with pytest.raises(ProblemError, match="did you mean 'steps'"):
        sort_runs(runs, "-step")


def test_groups_by_preset_or_else_by_the_recipes_name() -> None:
    runs = [run("a", preset="p"), run("b", recipe_name="r"), run("c", preset="p", recipe_name="r")]
    groups = by_preset(runs)
    assert {name: [r.name for r in members] for name, members in groups.items()} == {
        "p": ["a", "c"], "r": ["b"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parents", "wanted"),
    [
        ({"a": None, "b": None}, "a0 b0"),
        ({"a": None, "b": None, "c": "a", "d": "c", "e": "a"}, "a0 c1 d2 e1 b0"),
        ({"a": "z", "b": "a"}, "a0 b1"),
        ({"b": "a", "a": None}, "a0 b1"),
        ({"a": "b", "b": "a", "c": "b"}, "a0 b1 c2"),
        ({"a": "a"}, "a0"),
        ({str(n): str(n + 1) for n in range(3000)}, None),
    ],
)
def test_forks_stand_below_their_parents(parents: dict[str, Any], wanted: str | None) -> None:
    found = family_tree([run(name, parent=parent) for name, parent in parents.items()])
    assert sorted(r.name for _depth, r in found) == sorted(parents)
    if wanted is not None:
        assert " ".join(f"{r.name}{depth}" for depth, r in found) == wanted
