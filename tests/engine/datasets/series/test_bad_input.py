"""What is wrong with a series is said in one sentence at its place, with a hint."""

from __future__ import annotations

import pytest

from engine.datasets.series import Series, regular
from engine.datasets.table import source
from tests.engine.datasets.series.made import built, lines, numbered, problem, said, times, write


def with_column(name: str, cell: str | list[str], count: int = 100) -> list[list[str]]:
    """The usual rows and one more column."""
    cells = [cell] * count if isinstance(cell, str) else cell
    rows = lines(count)
    return [[*rows[0], name], *([*row, c] for row, c in zip(rows[1:], cells, strict=True))]


# --- The file --------------------------------------------------------------------------------


def test_no_file_is_chosen():
    found = problem("")
    assert (found.path, found.sentence) == (
        "dataset.path", "Choose a file: CSV, Excel, Parquet or JSON",
    )  # fmt: skip
    assert "sample:seattle_temps" in found.hint


def test_an_unknown_sample():
    assert "did you mean 'seattle_temps'?" in problem("sample:seattle_temp").hint


def test_a_file_that_is_not_there(tmp_path):
    write(tmp_path, lines(), "Load.csv")
    assert problem(str(tmp_path / "lod.csv")).hint == "did you mean 'Load.csv'?"


def test_a_path_with_spaces_and_other_letters(tmp_path):
    path = write(tmp_path / "наши данные", lines(), "série à moi.csv")
    assert built(path).facts.samples > 0


def test_a_broken_row_is_named_and_can_be_skipped(tmp_path):
    path = write(tmp_path, [*lines()[:20], ["1"], *lines()[20:]])
    found = problem(path)
    assert found.path == "dataset.broken_rows"
    assert found.sentence == "Line 21 of series.csv has 1 value instead of 3"
    assert built(path, broken_rows="skip").facts.samples > 0


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    path = write(tmp_path, lines())
    monkeypatch.setattr(source, "MAX_CELLS", 100)
    assert "more than 100 values" in problem(path).sentence
    monkeypatch.setattr(source, "MAX_BYTES", 500)
    assert problem(path).hint == "take a part of the rows"


# --- Too short -------------------------------------------------------------------------------


def test_a_window_longer_than_the_series_or_than_its_training_part(tmp_path):
    path = write(tmp_path, lines())
    found = problem(path, window=120)
    assert found.path == "dataset.window"
    assert found.sentence == (
        "The window of 120 steps is longer than the series: 100 rows, 72 of them for training, "
        "and 6 steps to be forecast"
    )
    assert found.hint == "it can be 65 at most"
    assert "than its training part allows: 100 rows" in problem(path, window=66).sentence
    splits = built(path, window=65)
    assert len(splits.train) == 2
    assert len(splits.val) == 13 - 5
    assert (
        "it can be 71 at most"
        in problem(
            write(tmp_path, with_column("state", ["a", "b"] * 50), "c.csv"),
            task="classes",
            window=72,
        ).hint
    )


def test_a_horizon_longer_than_a_part(tmp_path):
    path = write(tmp_path, lines())
    found = problem(path, horizon=14)
    assert found.path == "dataset.horizon"
    assert found.sentence == (
        "The horizon of 14 steps is longer than the validation part, which has 13 of 100 rows"
    )
    assert found.hint == "it can be 13 at most"
    assert len(built(path, horizon=13).val) == 1


def test_too_few_rows(tmp_path):
    found = problem(write(tmp_path, lines(9)))
    assert found.sentence == "series.csv has 9 rows to learn from"
    assert (
        "too few to learn from"
        in problem(write(tmp_path, lines(40), "b.csv"), horizon=5, stride=65).sentence
    )


def test_too_much_to_forecast(tmp_path, monkeypatch):
    from engine.datasets.series import arrange

    monkeypatch.setattr(arrange, "MOST_OUTPUTS", 10)
    found = problem(write(tmp_path, lines()), target=["load", "wind"])
    assert found.sentence == "2 columns at 6 steps are too much to forecast"


# --- Times -----------------------------------------------------------------------------------


def test_a_time_column_that_is_not_there(tmp_path):
    found = problem(write(tmp_path, lines()), time_column="tme")
    assert (found.path, found.sentence) == (
        "dataset.time_column", "There is no column 'tme' in series.csv",
    )  # fmt: skip
    assert "did you mean 'time'?" in found.hint


def test_a_time_column_without_times(tmp_path):
    path = write(tmp_path, with_column("note", "abc"))
    found = problem(path, time_column="note")
    assert found.path == "dataset.time_column"
    assert found.sentence.startswith("'note' holds no times: 'abc'")


@pytest.mark.parametrize("cell", ["", "yesterday"])
def test_a_row_without_a_time(cell, tmp_path):
    rows = lines()
    rows[40][0] = rows[60][0] = cell
    path = write(tmp_path, rows)
    found = problem(path)
    assert found.path == "dataset.time_column"
    assert found.sentence.startswith(
        "2 rows of series.csv hold no time in 'time', the first is row 40: "
    )
    assert "dataset.gaps=drop" in found.hint
    assert "time: Left out: 2 rows without a time" in said(path, gaps="drop")


def test_times_that_come_twice(tmp_path):
    rows = lines()
    rows[31] = ["2024-01-02 05:00:00", "7", "2000"]  # the time of the row before
    path = write(tmp_path, rows)
    found = problem(path)
    assert found.path == "dataset.duplicates"
    assert found.sentence == (
        "'time' has 1 row of a time that was there before, the first is 2024-01-02 05:00:00"
    )
    assert "mean or first" in found.hint


# --- Columns ---------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["target", "features", "known"])
def test_a_column_that_is_not_there(option, tmp_path):
    found = problem(write(tmp_path, lines()), **{option: "lod"})
    assert found.path == f"dataset.{option}"
    assert found.sentence == "There is no column 'lod' in series.csv"
    assert "did you mean 'load'?" in found.hint


@pytest.mark.parametrize("option", ["target", "features", "known"])
def test_the_time_is_no_other_column(option, tmp_path):
    found = problem(write(tmp_path, lines()), time_column="time", **{option: "time"})
    assert found.sentence == "'time' is the column of times"


def test_what_is_forecast_cannot_be_known(tmp_path):
    found = problem(write(tmp_path, lines()), target="load", known="load")
    assert found.path == "dataset.known"


def test_a_target_of_texts(tmp_path):
    path = write(tmp_path, with_column("sky", ["blue", "grey"] * 50))
    found = problem(path, target="sky")
    assert found.path == "dataset.target"
    assert found.sentence == "'sky' holds texts, not numbers: 'blue', 'grey'"
    assert "dataset.task=classes" in found.hint


def test_no_column_of_numbers(tmp_path):
    rows = [["time", "sky"], *([time, "ab"[n % 2]] for n, time in enumerate(times(50)))]
    path = write(tmp_path, rows)
    assert "holds numbers that could be forecast" in problem(path).sentence
    assert "holds numbers to learn from" in problem(path, task="classes").sentence


def test_a_target_of_dates(tmp_path):
    path = write(tmp_path, with_column("day", times(100, "D")))
    assert problem(path, target="day").sentence == "'day' holds dates, not numbers"


def test_a_target_that_never_changes(tmp_path):
    found = problem(write(tmp_path, with_column("flat", "3")), target="flat")
    assert (found.path, found.sentence) == ("dataset.target", "'flat' is the same in every row")
    late = write(tmp_path, with_column("flat", ["3"] * 80 + ["4"] * 20), "late.csv")
    assert problem(late, target="flat").sentence == "'flat' is the same in all 72 training rows"


def test_a_target_that_32_bits_do_not_tell_apart(tmp_path):
    found = problem(write(tmp_path, numbered([1e9 + row % 5 for row in range(100)])))
    assert found.path == "dataset.target"
    assert found.sentence == (
        "'load' lies between 1000000000 and 1000000004, too close to be told apart in 32 bits"
    )
    meter = [f"{1e9 + row % 5:.0f}" for row in range(100)]
    path = write(tmp_path, with_column("meter", meter))
    assert any("meter: Left out: it lies between" in line for line in said(path, target="load"))


def test_a_target_with_gaps(tmp_path):
    rows = lines()
    for row in (30, 31, 90):
        rows[row][1] = "NA"
    path = write(tmp_path, rows)
    found = problem(path, target="load", gaps="error")
    assert found.path == "dataset.gaps"
    assert found.sentence == "'load' has 3 gaps, the first at 2024-01-02 05:00:00"
    notes = said(path, target="load")
    assert any("load: 3 gaps" in note and "last value before" in note for note in notes)
    for row in range(20, 80):
        rows[row][1] = ""
    found = problem(write(tmp_path, rows, "most.csv"), target="load")
    assert found.sentence == "'load' is missing in 61 of 100 rows"


def test_an_empty_target(tmp_path):
    found = problem(write(tmp_path, with_column("none", "")), target="none")
    assert found.path == "dataset.target"


def test_one_class(tmp_path):
    path = write(tmp_path, with_column("state", ["a"] * 90 + ["b"] * 10))
    found = problem(path, task="classes")
    assert found.path == "dataset.target"
    assert "are of one class: 'a'" in found.sentence
    assert (
        "is the same in every row"
        in problem(
            write(tmp_path, with_column("state", "a"), "b.csv"), task="classes", target="state"
        ).sentence
    )


def test_classes_without_a_column_or_with_two(tmp_path):
    assert "looks like classes" in problem(write(tmp_path, lines()), task="classes").sentence
    found = problem(write(tmp_path, lines()), task="classes", target=["load", "wind"])
    assert found.sentence == "A window has one class, and several columns are chosen"


def test_rows_without_a_class(tmp_path):
    path = write(tmp_path, with_column("state", ["a", "b", "", "b"] * 25))
    found = problem(path, task="classes", target="state", gaps="error")
    assert found.sentence == "'state' has 25 rows without a class"
    notes = said(path, task="classes", target="state")
    assert "state: 25 rows without a class, given that before" in notes
    counts = built(path, task="classes", target="state").class_counts()
    assert counts.sum() == 72 - 23
    assert built(path, task="classes", target="state", gaps="drop").facts.samples < 75


# --- Steps and the calendar ------------------------------------------------------------------


def test_a_calendar_without_dates(tmp_path):
    rows = [[str(n) if n else "t", *row[1:]] for n, row in enumerate(lines())]
    found = problem(write(tmp_path, rows), calendar=["hour", "month"])
    assert (found.path, found.sentence) == (
        "dataset.calendar", "The times are no dates, which have a hour",
    )  # fmt: skip


def test_a_grid_without_dates_or_with_too_many_steps(tmp_path, monkeypatch):
    path = write(tmp_path, numbered(range(100)))
    monkeypatch.setattr(regular, "MAX_CELLS", 1000)
    found = problem(path, resample="minute")
    assert (found.path, found.sentence) == (
        "dataset.resample",
        "In steps of 1 minute the series has 5,941 rows, more than can be read",
    )
    rows = [row[1:] for row in lines()]
    found = problem(write(tmp_path, rows, "rows.csv"), resample="day")
    assert found.sentence == "The times are no dates: they cannot be taken by the day"


def test_a_season_longer_than_the_training_part(tmp_path):
    path = write(tmp_path, lines())
    notes = said(path, season=72)
    assert any("The season of 72 steps is longer than the 72 training rows" in n for n in notes)
    assert Series(path=path, season=72).facts().baselines == ("naive",)
