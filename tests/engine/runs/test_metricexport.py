"""Figures, CSV and Parquet hold what the log holds, exactly."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from engine.problems import ProblemError
from engine.runs.metricexport import (
    ROWS,
    check_parquet,
    csv_pieces,
    figures,
    higher_is_better,
    write_parquet,
)
from engine.runs.metriclog import MetricLog


def log(steps: int = 4) -> MetricLog:
    made = MetricLog()
    for step in range(1, steps + 1):
        made.append("train_loss", step, step / 3, step * 0.1, 1 / (3 * step))
        made.append("val_accuracy", step, step / 3, step * 0.1, 0.5 - abs(step - 2) / 10)
    made.append("lr", 1, 0.0, 0.0, 5e-324)
    made.append("val_loss", 2, 0.0, 0.0, math.nan)
    made.open("val_f1")
    return made


def test_figures_of_each_metric() -> None:
    found = figures(log())
    assert list(found) == list(log().names())
    loss = found["train_loss"]
    assert (loss.points, loss.first, loss.last) == (4, 1 / 3, 1 / 12)
    assert (loss.min, loss.max, loss.best_step) == (1 / 12, 1 / 3, 4)
    assert found["val_accuracy"].best_step == 2
    assert found["lr"].best_step is None
    assert (found["val_loss"].points, found["val_loss"].last) == (1, None)
    assert found["val_f1"].as_json()["points"] == 0


@pytest.mark.parametrize(
    ("metric", "higher"),
    [("val_rmse", False), ("train_accuracy", True), ("lr", None), ("Loss/classifier", False),
     ("val_acc", True), ("glossary", None), ("test_r2", True)],
)  # fmt: skip
def test_the_good_direction_is_told_by_the_name(metric: str, higher: bool | None) -> None:
    assert higher_is_better(metric) is higher


def test_csv_reads_back_bit_for_bit() -> None:
    text = "".join(piece for piece, _done in csv_pieces(log()))
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["metric", "step", "epoch", "time", "value"]
    expected = [
        [name, *point] for name in log().names() for point in log().series(name).since().tolist()
    ]
    found = [[name, int(step), *map(float, rest)] for name, step, *rest in rows]
    assert repr(found) == repr(expected)


def test_csv_comes_in_pieces() -> None:
    parts = [done for _text, done in csv_pieces(log(2 * ROWS))]
    assert len(parts) > 4
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_parquet_reads_back_bit_for_bit(tmp_path: Path) -> None:
    write_parquet(log(), tmp_path / "curves.parquet")
    table = parquet.read_table(tmp_path / "curves.parquet")
    assert table.column_names == ["metric", "step", "epoch", "time", "value"]
    for name in log().names():
        mine = [row for row in table.to_pylist() if row["metric"] == name]
        points = log().series(name).since()
        for field in ("step", "epoch", "time", "value"):
            values = np.array([row[field] for row in mine], points.dtype[field])
            assert values.tobytes() == points[field].tobytes()


def test_parquet_of_nothing(tmp_path: Path) -> None:
    write_parquet(MetricLog(), tmp_path / "curves.parquet")
    assert parquet.read_table(tmp_path / "curves.parquet").num_rows == 0


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    monkeypatch.delitem(__import__("sys").modules, "pyarrow.parquet", raising=False)
    with pytest.raises(ProblemError, match=r"pip install 'trainboard\[parquet\]'"):
        check_parquet()
