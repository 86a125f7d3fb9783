"""The benchmarks run and report; what they measure is not asserted."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from benchmarks import bench, measure
from benchmarks.jobs import COMPARED, CONTENDERS, FIRST_PAINT, ONCE, OTHERS, Plan, jobs
from benchmarks.targets import GROUPS, ROWS
from benchmarks.workloads import WORKLOADS, prepare_mnist
from engine.datasets.base import Dataset

SMALL = "digits_cnn"


def test_a_training_beside_the_loop_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    results = tmp_path / "results"
    rows = f"{SMALL}/turns,{SMALL}/hand"
    assert bench.main(["--quick", "--values", "--rows", rows, "--results", str(results)]) == 0
    assert "Digits, small CNN" in capsys.readouterr().out
    data = json.loads((results / "latest.json").read_text(encoding="utf-8"))
    found = data["measured"][f"{SMALL}/turns"]
    assert found["ratio"]["median"] > 0
    assert found["blocks"]["median"] == 2
    assert data["measured"][f"{SMALL}/hand"]["samples_per_second"]["median"] > 0
    assert data["settings"]["quick"] is True
    assert data["machine"]["packages"]["torch"]
    assert "| a loop written by hand" in (results / "latest.md").read_text(encoding="utf-8")


def test_a_row_that_there_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert bench.main(["--rows", "nothing/*", "--results", str(tmp_path / "none")]) == 2
    assert f"{SMALL}/hand" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("options", [["--quick"], ["--rows", "plots/*"]])
def test_the_page_is_not_written_from_a_part(options: list[str]):
    with pytest.raises(SystemExit):
        bench.main(["--write-docs", *options])


def test_every_measurement_has_a_function(tmp_path: Path):
    names = set(jobs(Plan(tmp_path, {})))
    compared = {f"{name}/{contender}" for name, them in COMPARED.items() for contender in them}
    others = {f"{group}/{name}" for group, them in OTHERS.items() for name in them}
    assert names == compared | others | {f"first_paint/{moment}" for moment in FIRST_PAINT}
    assert set(ONCE) <= names
    assert CONTENDERS.keys() <= measure.MEASURES.keys()
    for name in measure.MEASURES:
        assert callable(measure.find(name)), name


def test_every_row_is_of_something_that_is_measured(tmp_path: Path):
    """A source that names what nobody measures would leave its row out for ever."""
    names = set(jobs(Plan(tmp_path, {})))

    class Asked(dict[str, dict[str, object]]):
        def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
            asked.add(name)
            return default

    for row in ROWS:
        asked: set[str] = set()
        row.source(Asked())  # type: ignore[arg-type]
        assert asked, row.title
        assert asked <= names, row.title


def test_every_group_has_an_aim():
    assert {row.number for row in ROWS if row.bound is not None} == set(GROUPS)


@pytest.mark.parametrize("patterns", ["mnist_mlp/*", "mnist_mlp/hand,plots/*"])
def test_rows_are_chosen_by_patterns(tmp_path: Path, patterns: str):
    names = set(jobs(Plan(tmp_path, {}), patterns))
    assert "mnist_mlp/hand" in names
    assert ("plots/long" in names) == ("plots" in patterns)
    assert not any(name.startswith("mnist_cnn") for name in names)


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
