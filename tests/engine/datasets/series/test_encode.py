"""A window of raw rows is encoded as the windows were that a model has learned from."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest

from engine.datasets.series import Series
from engine.datasets.series.encode import encode_window
from engine.problems import ProblemError
from tests.engine.datasets.series.made import built, lines, times, write


def rows_of(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("known", [(), ("wind",)])
@pytest.mark.parametrize("step", ["h", "D", "M"])
def test_is_the_input_of_the_same_rows(tmp_path, known, step):
    path = write(tmp_path, lines(130, step))
    calendar = ["hour", "weekday", "day_of_year", "month"]
    splits = built(path, target="load", known=known, calendar=calendar, window=9, horizon=4)
    about, rows = splits.facts.encoding, rows_of(path)
    for start in (0, 17):
        expected = splits.train.inputs[start : start + 1].numpy()
        longer = rows[start : start + 13]
        assert np.array_equal(encode_window(about, longer), expected)
        if not known:  # the calendar goes on by itself
            assert np.array_equal(encode_window(json.loads(about), longer[:9]), expected)


def test_columns_in_the_future_have_to_be_given(tmp_path):
    path = write(tmp_path, lines())
    about = Series(path=path, target="load", known="wind", window=9, horizon=4).facts().encoding
    rows = rows_of(path)[:13]
    for row in rows[9:]:
        row.pop("load")  # that is what is to be told
    assert encode_window(about, rows).shape == (1, 9, 6 - 2)
    with pytest.raises(ProblemError, match="A window takes 13 rows, and 9 are given"):
        encode_window(about, rows[:9])


def test_gaps_are_the_value_before(tmp_path):
    path = write(tmp_path, lines())
    about = Series(path=path, target="load", window=4, missing=["-999"]).facts().encoding
    rows = [{"time": time, "load": load, "wind": 3} for time, load in
            zip(times(4), ("", "7.5", "-999", "?"), strict=True)]  # fmt: skip
    found = encode_window(about, rows)
    assert found[0, :, 0].tolist() == [7.5] * 4
    assert found[0, :, 1].tolist() == [3] * 4
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"load": "x"}, "No row has a number in 'load'"), ({"time": "soon"}, "'soon' in 'time'")],
)
def test_bad_rows(tmp_path, changes, said):
    path = write(tmp_path, lines())
    about = Series(path=path, target="load", window=4, calendar="hour").facts().encoding
    rows = [{"time": time, "load": "1", "wind": "2"} | changes for time in times(4)]
    with pytest.raises(ProblemError, match=said):
        encode_window(about, rows)


def test_of_classes_no_row_is_to_come(tmp_path):
    rows = lines()
    rows = [[*rows[0], "state"], *([*row, "ab"[n % 2]] for n, row in enumerate(rows[1:]))]
    path = write(tmp_path, rows)
    splits = built(path, task="classes", window=5, calendar="hour")
    found = encode_window(splits.facts.encoding, rows_of(path)[3:8])
    assert np.array_equal(found, splits.train.inputs[3:4].numpy())


def test_takes_neither_torch_nor_pandas():
    code = (
        "import sys; from engine.datasets.series.encode import encode_window; "
        "print({'torch', 'pandas', 'sklearn'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
