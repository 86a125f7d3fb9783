"""The benchmark of the run library runs and reports; what it measures is not asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import library
from engine.runs.library import list_runs


@pytest.mark.parametrize("options", [[], ["--format-1"]])
def test_a_small_library(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--runs", "40", "--repeats", "1", "--results", str(tmp_path), *options]
    assert library.main(given) == 0
    assert "| show what the index knows |" in capsys.readouterr().out
    data = json.loads((tmp_path / "library.json").read_text())
    assert data["runs"] == 40
    assert len(data["seconds"]) == 6


def test_made_up_runs_are_like_real_ones(tmp_path: Path) -> None:
    library.make_runs(tmp_path / "new", 21)
    library.make_runs(tmp_path / "old", 21, old=True)
    for runs in (list_runs(tmp_path / "new"), list_runs(tmp_path / "old")):
        states = [run.state for run in runs]
        assert (states.count("interrupted"), states.count("finished")) == (2, 19)
        assert {(run.dataset, run.architecture, run.optimizer) for run in runs} == {
            ("digits", "mlp", "adamw")
        }
        assert all(run.best is not None for run in runs)
