"""Reading metrics: each record goes to its series, in order; damaged names are a problem."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.problems import ProblemError
from engine.runs.metricreader import read_metrics
from tests.engine.runs.metricfiles import append, name, records


def test_records_of_many_metrics_keep_their_order(tmp_path: Path) -> None:
    names = [f"m{i}" for i in range(300)]
    name(tmp_path, *names)
    for step in range(0, 20, 5):
        append(tmp_path, *(records(i, range(step, step + 5)) for i in reversed(range(300))))
    log = read_metrics(tmp_path)
    assert log.names() == tuple(names)
    for each in names:
        assert log.series(each).since()["step"].tolist() == list(range(20))
        assert log.series(each).since()["value"][3] == 0.25


def test_a_named_metric_without_points_is_announced_and_one_without_a_name_left_out(
    tmp_path: Path,
) -> None:
    name(tmp_path, "train_loss", "val_loss")
    append(tmp_path, records(0, range(3)), records(70_000, range(2)), records(0, range(3, 5)))
    log = read_metrics(tmp_path)
    assert [len(log.series(each)) for each in log.names()] == [5, 0]
    assert np.array_equal(log.series("train_loss").since()["step"], np.arange(5))


@pytest.mark.parametrize("text", ["{", "[]", '{"names": []}', '{"metrics": 3}'])
def test_damaged_names_are_a_problem(tmp_path: Path, text: str) -> None:
    append(tmp_path, records(0, range(3)))
    (tmp_path / "metrics.json").write_text(text)
    with pytest.raises(ProblemError, match="names of the metrics cannot be read"):
        read_metrics(tmp_path)
