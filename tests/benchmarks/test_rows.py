"""Rows of the report: values, ratios, verdicts, and the tables that are made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.harness import FailedError, Spread, in_turns, ratios
from benchmarks.rows import Row, difference, quotient, value, worst
from benchmarks.targets import measured

FOUND = {
    "a": {"speed": Spread((10.0, 30.0, 20.0))},
    "b": {"speed": Spread((5.0, 10.0, 5.0))},
    "once": {"speed": Spread((40.0,))},
}
A, B = value("a", "speed"), value("b", "speed")
MACHINE = {
    "processor": "a processor", "cores": 2, "memory_gb": 1.0, "system": "Linux", "python": "3.11",
    "packages": {"torch": "2"},
}  # fmt: skip


def test_turns_are_taken():
    order: list[str] = []

    def job(name: str, value: float):
        def run() -> dict[str, float]:
            order.append(name)
            return {"speed": value * len(order)}

        return run

    found = in_turns({"a": job("a", 1), "b": job("b", 10)}, 2, lambda line: None)
    assert order == ["a", "b", "a", "b"]
    assert found["a"]["speed"].values == (1, 3)
    assert ratios(found["b"]["speed"], found["a"]["speed"]).values == (20, 40 / 3)
    assert found["b"]["speed"].median == 30


def test_what_is_measured_once_is_not_repeated_and_what_fails_is_left_out():
    def fails() -> dict[str, float]:
        raise FailedError("it broke")

    told: list[str] = []
    jobs = {"long": lambda: {"x": 1.0}, "broken": fails, "short": lambda: {"x": 2.0}}
    found = in_turns(jobs, 3, told.append, once=["long"])
    assert {name: len(values["x"].values) for name, values in found.items()} == {
        "long": 1, "short": 3,
    }  # fmt: skip
    assert told.count("it broke") == 1


def test_values_of_the_same_turn_are_compared():
    assert quotient(A, B)(FOUND) == Spread((2.0, 3.0, 4.0))
    assert difference(A, B)(FOUND) == Spread((5.0, 20.0, 15.0))
    assert worst(A, B, value("c", "speed"))(FOUND) == FOUND["a"]["speed"]
    assert quotient(A, value("once", "speed"))(FOUND) == Spread((0.25,))


def test_what_was_not_measured_has_no_row():
    nothing = value("a", "no such value")
    for source in (nothing, quotient(A, nothing), difference(nothing, B), worst(nothing)):
        assert Row(1, "x", "x", source).measured(FOUND) is None


@pytest.mark.parametrize(
    ("bound", "side", "verdict"),
    [(20, "at most", "met"), (19.9, "at most", "not met"), (20, "at least", "met"),
     (20.1, "at least", "not met"), (None, "at most", "")],
)  # fmt: skip
def test_the_median_decides(bound: float | None, side, verdict: str):
    row = Row(1, "speed", "ms", A, bound, side).measured(FOUND)
    assert row is not None
    assert row.verdict == verdict


def test_a_line_of_the_table():
    row = Row(3, "late", "ms", A, 25, digits=1).measured(FOUND)
    assert row is not None
    assert row.cells() == ("3", "late", "20.0 ms", "10.0 to 30.0", "at most 25.0 ms", "met")
    once = Row(1, "times", "x", value("once", "speed"), 12, "at least", 0).measured(FOUND)
    assert once is not None
    assert once.cells() == ("1", "times", "40×", "", "at least 12×", "met")


def test_tables_hold_only_what_was_measured():
    found = {"first_paint/window": {"seconds": Spread((1.0, 3.0, 2.0))},
             "first_paint/imports": {"seconds": Spread((4.0, 4.0, 4.0))}}  # fmt: skip
    (table,) = report.grids(found)
    assert table.title.startswith("4.")
    assert table.rows[0][1:] == ("0.50×", "0.25 to 0.75", "at most 0.35×", "not met")
    text = report.markdown(found, MACHINE)
    assert "| 0.50× | 0.25 to 0.75 | at most 0.35× | not met |" in text
    assert "0 of 1 targets met." in text
    assert "a processor, 2 cores" in text


def test_what_was_written_is_read_again(tmp_path: Path):
    found = {"plots/long": {"smooth_one_ms": Spread((40.0, 45.0))}}
    report.write(found, MACHINE, {"quick": True}, tmp_path)
    assert report.read(tmp_path / "latest.json") == found
    assert report.read(tmp_path / "none.json") == {}
    assert [row.met for row in measured(found)] == [True]


def test_the_page_keeps_what_stands_around_the_tables():
    page = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    written = report.into_page(page, "new\n")
    assert written == f"before\n{report.BEGIN}\nnew\n{report.END}\nafter\n"
    assert report.into_page(written, "new") == written
    with pytest.raises(ValueError, match="bench: begin"):
        report.into_page("a page without marks", "new")
