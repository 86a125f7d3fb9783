"""The CSV file holds every value, exactly, or is not there."""

from __future__ import annotations

import csv

import pytest

from engine.runs.metricexport import ROWS
from engine.runs.metriclog import MetricLog
from gui.presenters.curves_csv import write_csv


def log(steps=3):
    made = MetricLog()
    for step in range(1, steps + 1):
        made.append("train_loss", step, step / 3, step * 0.1, 1 / (3 * step))
    made.append("val_loss", steps, 1.0, 0.3, float("nan"))
    return made


def test_every_value_reads_back_exactly(tmp_path):
    path = tmp_path / "curves.csv"
    assert list(write_csv(log(), path))[-1] == 1.0
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["metric", "step", "epoch", "time", "value"]
    assert [row[0] for row in rows[1:]] == ["train_loss"] * 3 + ["val_loss"]
    assert [float(row[4]) for row in rows[1:4]] == [1 / 3, 1 / 6, 1 / 9]
    assert rows[4] == ["val_loss", "3", "1.0", "0.3", "nan"]


def test_a_long_one_comes_in_pieces(tmp_path):
    parts = list(write_csv(log(2 * ROWS + 1), tmp_path / "curves.csv"))
    assert len(parts) > 3
    assert parts == sorted(parts)
    assert (tmp_path / "curves.csv").read_text().count("\n") == 2 * ROWS + 3


def test_given_up_half_way_leaves_what_was_there(tmp_path):
    path = tmp_path / "curves.csv"
    path.write_text("mine")
    writing = write_csv(log(2 * ROWS), path)
    next(writing)
    writing.close()
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_no_values_give_the_head_alone(tmp_path):
    list(write_csv(MetricLog(), tmp_path / "curves.csv"))
    assert (tmp_path / "curves.csv").read_text().strip() == "metric,step,epoch,time,value"


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        next(write_csv(log(), tmp_path / "nowhere" / "curves.csv"))
