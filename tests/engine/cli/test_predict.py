"""predict: a run and the file exported from it answer alike, from raw data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.cli.conftest import Run

RECIPE = """version: 1
name: own
dataset: {name: table, path: own.csv, target: kind, numbers: [a, b]}
architecture: {name: mlp, hidden: [8]}
training: {epochs: 2, threads: 1}
"""


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> str:
    monkeypatch.chdir(tmp_path)
    rows = (f"{i},{-i * i},{'old' if i > 30 else 'new'}" for i in range(60))
    Path("own.csv").write_text("a,b,kind\n" + "\n".join(rows))
    Path("own.yaml").write_text(RECIPE)
    assert run("train", "own.yaml", "--runs-dir", "runs", "--quiet").status == 0
    (folder,) = Path("runs").iterdir()
    return str(folder)


def answers(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_run_and_its_export_say_the_same(trained: str, run: Run) -> None:
    run("export", trained, "--format", "safetensors", "--out", "own.safetensors")
    Path("new.csv").write_text("b,a\n-4,2\n-3600,60\n")
    of_run = answers(run("predict", trained, "new.csv", "--json").out)
    Path("own.csv").unlink()  # the exported file needs no data
    of_file = answers(run("predict", "own.safetensors", "new.csv", "--json").out)
    assert of_run == of_file
    assert [answer["name"] for answer in of_file] == ["new.csv row 1", "new.csv row 2"]
    assert all(answer["label"] in ("old", "new") for answer in of_file)


def test_in_words(trained: str, run: Run) -> None:
    Path("new.csv").write_text("b,a\n-4,2\n")
    done = run("predict", trained, "new.csv")
    assert done.status == 0
    assert "%" in done.out


def test_what_cannot_be_read_is_a_problem(trained: str, run: Run) -> None:
    done = run("predict", trained, "gone.csv")
    assert done.status == 2
    assert "gone.csv" in done.err


def test_an_export_of_another_format_is_no_missing_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.onnx").write_bytes(b"onnx")
    done = run("predict", "own.onnx", "new.csv")
    assert done.status == 2
    assert "own.onnx is neither a run nor a model as .safetensors" in done.err


FORECAST = """version: 1
name: level
dataset: {name: series, path: level.csv, target: [level, load], window: 6, horizon: 2}
architecture: {name: nlinear}
training: {epochs: 1, threads: 1}
"""


def test_a_forecast_has_a_row_and_a_time_for_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"2024-01-{1 + i // 24:02} {i % 24:02}:00,{i % 7},{i % 5}" for i in range(24 * 5)]
    Path("level.csv").write_text("time,level,load\n" + "\n".join(rows))
    Path("level.yaml").write_text(FORECAST)
    assert run("train", "level.yaml", "--runs-dir", "runs", "--quiet").status == 0
    (folder,) = Path("runs").iterdir()
    head, first, second = run("predict", str(folder), "level.csv").out.splitlines()
    assert head.split() == ["level.csv", "level", "load"]
    assert first.startswith("2024-01-06 00:00:00 ")
    assert second.startswith("2024-01-06 01:00:00 ")
    assert len(first.split()) == 4
    (found,) = answers(run("predict", str(folder), "level.csv", "--json").out)
    assert found["times"] == {"level +1": "2024-01-06 00:00:00", "load +1": "2024-01-06 00:00:00",
                              "level +2": "2024-01-06 01:00:00",
                              "load +2": "2024-01-06 01:00:00"}  # fmt: skip
