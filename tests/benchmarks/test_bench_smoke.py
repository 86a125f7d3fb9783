"""The benchmarks run and report; what they measure is not asserted."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from benchmarks import bench
from benchmarks.harness import Spread, in_turns, ratios
from benchmarks.jobs import CONTENDERS, Plan, jobs
from benchmarks.report import grids
from benchmarks.workloads import WORKLOADS, prepare_mnist
from engine.datasets.base import Dataset


def test_the_cheapest_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    results = tmp_path / "results"
    row = "digits_cnn/hand"
    assert bench.main(["--quick", "--rows", row, "--results", str(results)]) == 0
    assert "written by hand" in capsys.readouterr().out
    data = json.loads((results / "latest.json").read_text(encoding="utf-8"))
    assert data["measured"][row]["samples_per_second"]["median"] > 0
    assert data["ratios"][row]["median"] == 1
    assert data["settings"]["quick"] is True
    assert data["machine"]["packages"]["torch"]
    assert "| a loop written by hand" in (results / "latest.md").read_text(encoding="utf-8")


def test_the_row_of_the_window(tmp_path: Path):
    (job,) = jobs(
        Plan(tmp_path / "data", {"digits_cnn": 1}, quick=True), "digits_cnn/window"
    ).values()
    answer = job()
    assert answer["samples_per_second"] > 0
    assert 0 <= answer["late_p50_ms"] <= answer["late_p99_ms"] <= answer["late_max_ms"]


def test_a_row_that_there_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert bench.main(["--rows", "nothing/*", "--results", str(tmp_path / "none")]) == 2
    assert "digits_cnn/hand" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_the_rows_of_the_comparison(tmp_path: Path):
    names = set(jobs(Plan(tmp_path, {})))
    assert {f"{w}/{c}" for w in WORKLOADS for c in CONTENDERS} < names
    assert {"first_paint/window", "first_paint/imports"} < names


def test_turns_are_taken():
    order: list[str] = []

    def job(name: str, value: float):
        def run() -> dict[str, float]:
            order.append(name)
            return {"speed": value * len(order)}

        return run

    found = in_turns({"a": job("a", 1), "b": job("b", 10)}, 2, lambda line: None)
    assert order == ["a", "b", "a", "b"]
    assert found["a"]["speed"].values == (1, 3)
    assert ratios(found["b"]["speed"], found["a"]["speed"]).values == (20, 40 / 3)
    assert found["b"]["speed"].median == 30


def test_tables_leave_out_what_was_not_measured():
    tables = grids({"first_paint/imports": {"seconds": Spread((1.0, 3.0, 2.0))}})
    assert [table.title for table in tables] == ["Start"]
    assert tables[0].rows[0][1:] == ("2.00", "1.00 to 3.00")


def test_made_up_mnist_has_the_shape_of_the_real_one(tmp_path: Path):
    assert prepare_mnist(tmp_path, None) == "synthetic"
    dataset = WORKLOADS["mnist_mlp"].recipe(1, 1).dataset
    assert isinstance(dataset, Dataset)
    assert dataset.on_disk(tmp_path)
    splits = dataset.build(tmp_path)
    assert len(splits.train) + len(splits.val) == 60_000
    assert splits.test.inputs.shape == (10_000, *splits.facts.shape)
    assert math.isclose(float(splits.test.targets.float().mean()), 4.5, abs_tol=0.1)


def test_real_mnist_is_copied_and_not_unpacked_where_it_lies(shared_data: Path, tmp_path: Path):
    source = shared_data / "vision" / "MNIST" / "raw"
    before = sorted(path.name for path in source.iterdir())
    assert prepare_mnist(tmp_path, source) == "real"
    WORKLOADS["mnist_mlp"].recipe(1, 1).dataset.build(tmp_path)
    assert sorted(path.name for path in source.iterdir()) == before
