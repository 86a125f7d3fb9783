"""JSON lines, columns, numbers for people."""

from __future__ import annotations

import io
import json
import math

import pytest

from engine.cli import output
from engine.problems import Problem


def test_nan_and_infinity_become_null() -> None:
    stream = io.StringIO()
    output.json_line({"a": math.nan, "b": [math.inf, 1.5], "c": {"d": -math.inf}}, stream)
    assert json.loads(stream.getvalue()) == {"a": None, "b": [None, 1.5], "c": {"d": None}}
    assert stream.getvalue().count("\n") == 1


def test_a_reader_that_has_gone_away_is_no_error() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    output.json_line({}, Gone())


def test_a_problem_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.list_problems([Problem("a", "One\ntwo", "three"), Problem("", "Four")])
    assert capsys.readouterr().err == "a: One two (three)\nFour\n"


def test_metrics_stand_side_by_side() -> None:
    table = output.metrics_table(
        {"train_loss": 0.5, "val_loss": 0.25, "val_accuracy": 0.97531, "best_val_accuracy": 0.98,
         "speed": 12345.678}
    )  # fmt: skip
    assert [line.split() for line in table.splitlines()] == [
        ["train", "val", "best", "val"],
        ["loss", "0.5000", "0.2500"],
        ["accuracy", "0.9753", "0.9800"],
        ["speed", "1.235e+04"],
    ]
    assert output.metrics_table({}) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.26, "1.3 s"), (125, "2:05 min"), (3725, "1:02:05 h"), (59.99, "60.0 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert output.duration(seconds) == text
