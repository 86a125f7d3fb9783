"""`metrics` and `import`: what they print, write and refuse."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from pyarrow import parquet
from torch.utils.tensorboard import SummaryWriter

from engine.runs.folder import create_run
from tests.engine.cli.conftest import Run
from tests.engine.runs.metricfiles import append, name, records
from tests.engine.training.helpers import small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = create_run(tmp_path / "runs", small()).path
    name(path, "train_loss", "val_accuracy")
    append(path, records(0, range(10)), records(1, range(0, 10, 5)))
    return path


def test_a_table_of_the_metrics(folder: Path, run: Run) -> None:
    ran = run("metrics", folder)
    head, loss, accuracy = ran.out.splitlines()
    assert head.split() == ["metric", "points", "first", "last", "min", "max", "best", "step"]
    assert loss.split() == ["train_loss", "10", "1.0000", "0.1000", "0.1000", "1.0000", "9"]
    assert accuracy.split()[-1] == "0"
    found = json.loads(run("metrics", folder, "--json").out)
    assert found["run"] == str(folder)
    assert found["metrics"]["train_loss"]["last"] == 0.1


def test_files_and_json_together(folder: Path, run: Run, tmp_path: Path) -> None:
    ran = run("metrics", folder.name, "--runs-dir", folder.parent, "--csv", tmp_path / "a.csv",
              "--parquet", tmp_path / "a.parquet", "--json")  # fmt: skip
    assert ran.status == 0, ran.err
    assert json.loads(ran.out)["metrics"]["train_loss"]["points"] == 10
    rows = list(csv.reader((tmp_path / "a.csv").open()))
    assert len(rows) == 13
    assert rows[3] == ["train_loss", "2", "0.2", "1.0", repr(1 / 3)]
    assert parquet.read_table(tmp_path / "a.parquet").num_rows == 12
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet", "runs"]


def test_a_dash_is_standard_output(folder: Path, run: Run, tmp_path: Path) -> None:
    ran = run("metrics", folder, "--csv", "-", "--parquet", tmp_path / "a.parquet")
    assert len(list(csv.reader(io.StringIO(ran.out)))) == 13
    ran = run("metrics", folder, "--csv", "-", "--json")
    assert (ran.status, ran.out) == (2, "")
    assert "Only one thing" in ran.err


def test_what_cannot_be_written_is_a_problem(folder: Path, run: Run, tmp_path: Path) -> None:
    ran = run("metrics", folder, "--csv", tmp_path / "nowhere" / "a.csv")
    assert ran.status == 2
    assert ran.err.startswith("--csv: ")
    (tmp_path / "file").write_text("")
    assert run("metrics", folder, "--csv", tmp_path / "file" / "a.csv").status == 2


def test_a_run_without_metrics(run: Run, tmp_path: Path) -> None:
    path = create_run(tmp_path, small()).path
    ran = run("metrics", path)
    assert (ran.status, ran.out) == (0, "")
    assert "no metrics yet" in ran.err


def test_import_prints_the_run_which_opens_like_any_other(run: Run, tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "logs" / "first") as writer:
        for step in range(5):
            writer.add_scalar("Loss/train", 1 / (step + 1), step)
    place = ("--runs-dir", tmp_path / "runs")
    ran = run("import", tmp_path / "logs", "--name", "from elsewhere", *place)
    assert ran.status == 0, ran.err
    folder = Path(ran.out.strip())
    assert folder.name.endswith("from-elsewhere")
    found = json.loads(run("metrics", folder.name, *place, "--json").out)
    assert found["metrics"]["train_loss"]["points"] == 5
    (entry,) = json.loads(run("runs", *place, "--json").out)
    assert (entry["state"], entry["path"]) == ("imported", str(folder))
    refused = run("evaluate", folder.name, *place)
    assert refused.status == 2
    assert "is imported" in refused.err


def test_import_of_several_says_what_was_left_out(run: Run, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    for each, text in (("a", "step,val_loss\n1,0.5\n"), ("b", "step,val_loss\n"), ("c", "x\n")):
        (logs / each).mkdir(parents=True)
        (logs / each / "metrics.csv").write_text(text)
    ran = run("import", logs, "--runs-dir", tmp_path / "runs", "--json")
    assert ran.status == 0
    (made,) = json.loads(ran.out)["runs"]
    assert made.endswith("logs-a")
    assert len(ran.err.splitlines()) == 2
    assert run("import", logs / "b", "--runs-dir", tmp_path / "runs").status == 2


def test_nothing_to_import(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        ran = run("import", path, "--runs-dir", tmp_path / "runs")
        assert ran.status == 2
        assert ran.err.startswith("import: There ")
    assert not (tmp_path / "runs").exists()
