"""Ticks stand at round values and say them as people do."""

from __future__ import annotations

from math import log10

import pytest

from gui.plots.ranges import Limits
from gui.plots.text import FORMATTERS
from gui.plots.ticks import linear_ticks, log_ticks


def labels(ticks):
    return [label for _place, label in ticks]


@pytest.mark.parametrize(
    ("view", "kind", "expected"),
    [
        ((0, 18_400), "number", ["0", "5,000", "10,000", "15,000"]),
        ((-0.03, 1.03), "percent", ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        ((0.97, 0.99), "percent", ["97.0 %", "97.5 %", "98.0 %", "98.5 %", "99.0 %"]),
        ((0, 2.5e-4), "rate", ["0", "5e-5", "1e-4", "1.5e-4", "2e-4", "2.5e-4"]),
        ((0, 42), "time", ["0:00", "0:10", "0:20", "0:30", "0:40"]),
        ((0, 4000), "time", ["0:00", "15:00", "30:00", "45:00", "1:00:00"]),
        ((0, 2.4), "number", ["0.0", "0.5", "1.0", "1.5", "2.0"]),
    ],
)
def test_linear(view, kind, expected):
    assert labels(linear_ticks(Limits(*view), 6, kind)) == expected


def test_steps_are_whole():
    assert labels(linear_ticks(Limits(0, 3), 10, "number", whole=True)) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.01, 2.5, ["0.01", "0.03", "0.1", "0.3", "1"]),
        (0.3, 8, ["0.5", "1", "2", "5"]),
        (0.65, 1.25, ["0.7", "0.8", "0.9", "1"]),
        (1e-8, 1e3, ["1e-8", "1e-6", "1e-4", "0.01", "1", "100"]),
        (1.1, 1.9, ["1.2", "1.4", "1.6", "1.8"]),
    ],
)
def test_logarithmic(low, high, expected):
    ticks = log_ticks(Limits(log10(low), log10(high)), 6)
    assert labels(ticks) == expected
    assert [10**place for place, _label in ticks] == pytest.approx([float(t) for t in expected])


@pytest.mark.parametrize("most", [2, 3, 5, 8, 20])
@pytest.mark.parametrize("span", [1e-7, 0.3, 7, 1234, 1e9])
@pytest.mark.parametrize("kind", ["number", "time"])
def test_never_more_than_there_is_room_for(most, span, kind):
    assert len(linear_ticks(Limits(0, span), most, kind)) <= most + 1


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("percent", 0.986, "98.6 %"),
        ("percent", float("nan"), "nan"),
        ("rate", 3e-4, "3e-4"),
        ("rate", 0.00232, "2.32e-3"),
        ("rate", 0.05, "0.0500"),
        ("number", 0.0613, "0.0613"),
        ("time", 42, "0:42"),
    ],
)
def test_values(kind, value, text):
    assert FORMATTERS[kind](value) == text
