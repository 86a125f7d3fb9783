"""Findings for data of any kind, and how an inspection is given out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.inspection.check import inspect, inspect_data
from engine.inspection.common import plain_name
from engine.problems import ProblemError
from engine.recipe import Recipe
from tests.engine.inspection.made import codes, found, inspected, measures, table


def rare(tmp_path: Path, few: int = 8) -> Path:
    """A table with so many rows of one class of two."""
    columns = measures(300)
    order = np.random.default_rng(1).permutation(300)
    columns["label"] = np.where(order < few, "rare", "usual")
    return table(tmp_path / "rare.csv", columns)


def test_a_class_of_a_few_samples_and_the_imbalance(tmp_path: Path) -> None:
    inspection = inspected("table", rare(tmp_path), tmp_path)
    assert found(inspection, "small_classes").evidence == ("rare: 6",)
    finding = found(inspection, "imbalance")
    assert dict(finding.mend) == {"loss.class_weights": "balanced"}
    assert finding.evidence == ("always saying 'usual' would be right in 97%",)


def test_the_mend_of_an_imbalance_mends_it(tmp_path: Path) -> None:
    path = rare(tmp_path)
    recipe = {"version": 1, "dataset": {"name": "table", "path": str(path)}, "architecture": "mlp",
              "loss": {"name": "cross_entropy", "class_weights": "balanced"}}  # fmt: skip
    assert "imbalance" not in codes(inspect_data(recipe, tmp_path))


def test_every_mend_makes_a_valid_recipe(tmp_path: Path) -> None:
    path = rare(tmp_path)
    dataset = {"name": "table", "path": str(path), "subset": 200}
    recipe = Recipe.parse({"version": 1, "architecture": "mlp", "dataset": dataset})
    inspection = inspect(recipe, tmp_path)
    assert {"imbalance", "subset"} <= codes(inspection)
    for finding in inspection.findings:
        data = recipe.as_data()
        for where, value in finding.mend:
            section, option = where.split(".")
            data[section][option] = value
        assert Recipe.problems(data) == []


def test_the_worst_comes_first(tmp_path: Path) -> None:
    columns = measures(100)
    columns = {name: np.concatenate([values, values]) for name, values in columns.items()}
    path = table(tmp_path / "twice.csv", {**columns, "same": [1] * 200, "y": columns["label"]})
    order = [f.severity for f in inspected("table", path, tmp_path, target="y").findings]
    assert order == sorted(order, key=["error", "warning", "info"].index)
    assert len(set(order)) > 1


def test_as_json(tmp_path: Path) -> None:
    inspection = inspected("table", rare(tmp_path), tmp_path)
    told = json.loads(json.dumps(inspection.as_json(), allow_nan=False))
    assert told["facts"]["targets"] == ["rare", "usual"]
    assert told["counts"]["train"]["rare"] == 6
    assert told["shapes"]["train"][1] == 2
    assert {column["name"] for column in told["columns"]} == {"a", "b", "label"}
    assert len(told["columns"][0]["histogram"]["counts"]) == 20
    assert {f["code"] for f in told["findings"]} == codes(inspection)


def test_the_fingerprint_is_that_of_a_run(tmp_path: Path) -> None:
    from engine.training.environment import fingerprint

    recipe = Recipe.parse({"version": 1, "dataset": "iris", "architecture": "mlp"})
    expected = fingerprint(recipe.dataset.build(tmp_path))
    assert inspect(recipe, tmp_path).fingerprint == expected


def test_nothing_at_the_path_is_a_problem(tmp_path: Path) -> None:
    for path in ("", str(tmp_path / "nothing.csv")):
        recipe = {"version": 1, "dataset": {"name": "table", "path": path}, "architecture": "mlp"}
        with pytest.raises(ProblemError):
            inspect_data(recipe, tmp_path)


def test_what_is_wrong_with_the_rest_of_a_recipe_is_a_problem(tmp_path: Path) -> None:
    data = {"version": 1, "dataset": {"name": "table", "path": str(rare(tmp_path))},
            "architecture": "cnn"}  # fmt: skip
    with pytest.raises(ProblemError):
        inspect_data(data, tmp_path)


def test_progress_can_end_it(tmp_path: Path) -> None:
    class CancelledError(Exception):
        pass

    def cancel(_message: str, _fraction: float | None) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        inspect_data({"version": 1, "dataset": "digits", "architecture": "mlp"}, tmp_path, cancel)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Rose", "rose ", True), ("sea_lion", "Sea-Lion", True), ("1.5", "15", False),
     ("-1", "1", False), ("+", "-", False), ("cat", "cats", False), ("ﬁg", "fig", True)],
)  # fmt: skip
def test_names_that_mean_the_same(one: str, other: str, same: bool) -> None:
    assert (plain_name(one) == plain_name(other)) is same
