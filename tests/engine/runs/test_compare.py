"""Runs side by side: what differs, which is better, and what a run does not have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.runs.compare import Difference, MetricRow, compare, differences
from engine.runs.interventions import Change, Intervention, append_intervention
from tests.engine.runs.made import RECIPE, make, train


def rows(metrics: tuple[MetricRow, ...]) -> dict[str, tuple[tuple[float | None, ...], object]]:
    return {row.name: (row.values, row.best) for row in metrics}


def test_only_the_fields_that_differ(tmp_path: Path) -> None:
    runs = [make(tmp_path, name, status="finished") for name in "abc"]
    assert "lr: 0.001" in RECIPE
    runs[1].recipe_file.write_text(RECIPE.replace("lr: 0.001", "lr: 0.1"))
    runs[2].recipe_file.write_text("version: 1\nname: small\ndataset: digits\narchitecture: mlp\n"
                                   "optimizer: {name: sgd, lr: 0.1}\n")  # fmt: skip
    found = {d.path: d.values for d in compare(runs).recipe}
    assert found["optimizer.name"] == ("adamw", "adamw", "sgd")
    assert found["optimizer.lr"] == (0.001, 0.1, 0.1)
    assert found["optimizer.momentum"][:2] == (..., ...)
    assert found["optimizer.beta1"] == (0.9, 0.9, ...)
    assert all(path.startswith("optimizer.") for path in found)


def test_defaults_that_an_older_version_did_not_write_are_no_difference(tmp_path: Path) -> None:
    runs = [make(tmp_path, name) for name in "ab"]
    runs[1].recipe_file.write_text("version: 1\nname: small\ndataset: digits\narchitecture: mlp\n")
    assert compare(runs).recipe == ()


def test_a_recipe_that_is_not_valid_here_is_compared_as_it_stands(tmp_path: Path) -> None:
    runs = [make(tmp_path, name) for name in "ab"]
    runs[1].recipe_file.write_text(RECIPE.replace("name: digits", "name: of_a_plugin"))
    assert [d.values for d in compare(runs).recipe] == [("digits", "of_a_plugin")]
    runs[1].recipe_file.write_text("a: [")
    assert all(d.values[1] is ... for d in compare(runs).recipe)


def test_the_best_of_each_metric(tmp_path: Path) -> None:
    a = {"val_loss": 0.1, "val_accuracy": 0.9, "test_accuracy": 0.9, "train_loss": 1.0, "odd": 1}
    b = {"val_loss": 0.2, "val_accuracy": 0.95, "test_accuracy": 0.9, "odd": 2}
    runs = [make(tmp_path, name, status="finished", summary={"metrics": metrics})
            for name, metrics in (("a", a), ("b", b))]  # fmt: skip
    runs.append(make(tmp_path, "c"))
    train(runs[2], [10, 20], {"val_accuracy": [0.97, 0.95]})
    found = compare(runs).metrics
    assert rows(found) == {
        "test_accuracy": ((0.9, 0.9, None), ()),
        "best_val_accuracy": ((None, None, 0.97), ()),
        "val_loss": ((0.1, 0.2, None), (0,)),
        "val_accuracy": ((0.9, 0.95, 0.95), (1, 2)),
        "train_loss": ((1.0, None, None), ()),
        "odd": ((1.0, 2.0, None), ()),
    }
    assert found[0].name == "test_accuracy"


def test_environment_interventions_and_parent(tmp_path: Path) -> None:
    resolved = {"device": "cpu", "threads": 1}
    first = make(tmp_path, "a", environment={"resolved": resolved, "python": "3.11"})
    parent = {"run": "a", "step": 10, "kind": "fork"}
    second = make(tmp_path, "b", environment={"resolved": {**resolved, "threads": 2},
                                              "python": "3.11", "parent": parent})  # fmt: skip
    change = Change("optimizer.lr", 0.1, 0.01)
    append_intervention(second.path, Intervention(10, 10, 1.0, 2.0, "2025", (change,)))
    found = compare([first, second])
    assert found.environment == (Difference("resolved.threads", (1, 2)),)
    assert found.interventions == (0, 1)
    assert (found.runs[0].parent, found.runs[1].parent_step) == (None, 10)


def test_as_json(tmp_path: Path) -> None:
    runs = [make(tmp_path, name, status="finished") for name in "ab"]
    runs[1].recipe_file.write_text(RECIPE.replace("name: small", "name: other"))
    data = json.loads(json.dumps(compare(runs).as_json(), allow_nan=False))
    assert [run["name"] for run in data["runs"]] == ["a", "b"]
    assert data["recipe"] == [{"path": "name", "values": ["small", "other"]}]
    assert data["metrics"][0] == {"name": "test_accuracy", "values": [0.6, 0.6], "best": []}
    assert Difference("x", (1, ...)).as_json() == {"path": "x", "values": [1, None], "absent": [1]}


def test_differences_of_plain_data() -> None:
    assert differences([{"a": 1, "b": [1]}, {"a": 1, "b": [2], "c": None}]) == (
        Difference("b", ([1], [2])), Difference("c", (..., None)),
    )  # fmt: skip


def test_one_run_is_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="nothing to compare"):
        compare([make(tmp_path)])


def test_a_change_made_while_training_is_a_difference(tmp_path: Path) -> None:
    runs = [make(tmp_path, name) for name in "ab"]
    change = Change("optimizer.lr", 0.001, 0.002)
    append_intervention(runs[1].path, Intervention(5, 5, 1.0, 0.1, "", (change,)))
    assert [(d.path, d.values) for d in compare(runs).recipe] == [("optimizer.lr", (0.001, 0.002))]
