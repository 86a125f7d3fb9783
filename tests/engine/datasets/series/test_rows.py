"""Times and columns are found, rows are brought into order, gaps filled, steps made even."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.datasets.series import Series, calendar, series_notes, series_view
from engine.datasets.series.encode import rows_in_order
from engine.datasets.series.gaps import fill
from engine.datasets.series.step import Step, step_of
from tests.engine.datasets.series.made import built, lines, numbered, said, times, write


def view(path: str, **options):
    return series_view(Series(path=path, window=3, horizon=1, **options))


# --- Times -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first", "second", "step"),
    [
        ("when", "2024-01-01 00:00", "2024-01-01 00:15", "15 minutes"),
        ("when", "2024-01-31T12:00:00Z", "2024-02-01T12:00:00Z", "1 day"),
        ("when", "31.01.2024", "01.02.2024", "1 day"),
        ("when", "1/31/2024", "2/1/2024", "1 day"),
        ("Month", "2024-01", "2024-02", "1 month"),
        ("when", "2024-01-01", "2024-02-01", "1 month"),
        ("when", "2024-03-31", "2024-06-30", "3 months"),
        ("when", "2024-01-01", "2024-01-08", "1 week"),
        ("year", "1990", "1991", "1 year"),
        ("date", "20240131", "20240201", "1 day"),
        ("time", "0.5", "1.0", "0.5"),
    ],
)
def test_times_are_found_and_their_step(tmp_path, name, first, second, step):
    rows = following(first, second, 60)
    path = write(tmp_path, [["x", name], *([f"{n * n % 17 + 0.5}", t] for n, t in enumerate(rows))])
    found = view(path)
    assert found.time_column == name
    assert (found.step, found.irregular) == (step, 0)
    assert f"{name}: The time of each row" in said(path)


def following(first: str, second: str, count: int) -> list[str]:
    """More times as the first two are, written in the same way."""
    import pandas as pd

    forms = {"2024-01-31T12:00:00Z": "%Y-%m-%dT%H:%M:%SZ", "31.01.2024": "%d.%m.%Y",
             "1/31/2024": "%m/%d/%Y", "2024-01": "%Y-%m", "1990": "%Y", "20240131": "%Y%m%d",
             "2024-01-01 00:00": "%Y-%m-%d %H:%M"}  # fmt: skip
    if first == "0.5":
        return [str(0.5 + n / 2) for n in range(count)]
    form = forms.get(first, "%Y-%m-%d")
    start, then = (pd.to_datetime(text, format=form) for text in (first, second))
    days = (then - start).days
    if days in (29, 30, 31) and start.day == 1:
        found = pd.date_range(start, periods=count, freq="MS")
    elif days in (90, 91):
        found = pd.date_range(start, periods=count, freq="QE")
    elif days in (365, 366):
        found = pd.date_range(start, periods=count, freq="YS")
    else:
        found = pd.date_range(start, periods=count, freq=then - start)
    return [time.strftime(form) for time in found]


def test_without_times_the_rows_are_in_order(tmp_path):
    path = write(tmp_path, [row[1:] for row in lines()])
    found = view(path)
    assert (found.time_column, found.step, found.season) == ("", "1", None)
    assert found.when(7) == "7"
    assert "No column of times was found: the rows are taken in their order" in said(path)
    assert Series(path=path).facts().features == ("wind", "load")


def test_a_single_column_is_a_series(tmp_path):
    path = write(tmp_path, [["load"], *([str(n)] for n in range(60))])
    assert built(path).facts.features == ("load",)


@pytest.mark.parametrize("first", [0, 970, 1000])
def test_seconds_are_no_years(tmp_path, first):
    rows = [["time", "load"], *([str(first + n), str(n * n % 7)] for n in range(60))]
    found = view(write(tmp_path, rows))
    assert (found.time_column, found.step, found.when(59)) == ("time", "1", str(first + 59))


@pytest.mark.parametrize("name", ["month", "year"])
def test_parts_of_a_date_are_no_times(tmp_path, name):
    rows = [[name, "load"], *([str(n % 12 + 1), str(n * n % 7)] for n in range(60))]
    assert view(write(tmp_path, rows), target="load").time_column == ""


def test_times_of_several_zones_are_brought_to_one(tmp_path):
    """The night in which clocks are set back: the same hour comes twice, and two are not one."""
    local = [*(f"2024-10-27T{hour:02}:00:00+02:00" for hour in range(3)),
             *(f"2024-10-27T{hour:02}:00:00+01:00" for hour in range(2, 24))]  # fmt: skip
    rows = [["time", "load"], *([time, str(row % 7)] for row, time in enumerate(local))]
    path = write(tmp_path, rows)
    assert any("taken as UTC" in line for line in said(path, window=2, horizon=1))
    view = series_view(Series(path=path, window=2, horizon=1))
    assert (view.irregular, view.when(0)) == (0, "2024-10-26 22:00:00")
    encoding = json.loads(built(path, window=2, horizon=1).facts.encoding)
    mixed = [{"time": time, "load": str(row)} for row, time in enumerate(local)]
    assert rows_in_order(encoding, mixed[::-1]) == mixed
    one = write(tmp_path, [rows[0], *rows[4:]], "one.csv")
    assert not any("UTC" in line for line in said(one, window=2, horizon=1))


def test_rows_are_sorted_by_time_and_that_is_said(tmp_path):
    rows = numbered(range(60))
    path = write(tmp_path, [rows[0], *reversed(rows[1:])])
    found = view(path)
    assert found.values[:, 0].tolist() == list(range(60))
    note = "time: 59 rows stand before an earlier one: all are sorted by time"
    assert note in said(path)
    assert built(path).train.targets.equal(built(write(tmp_path, rows, "b.csv")).train.targets)


@pytest.mark.parametrize(("rule", "value"), [("mean", 15.0), ("first", 10.0)])
def test_rows_of_the_same_time(tmp_path, rule, value):
    rows = numbered(range(60))
    rows.insert(12, [rows[11][0], "20"])
    path = write(tmp_path, rows)
    found = view(path, duplicates=rule)
    assert len(found.times) == 60
    assert found.values[10, 0] == value
    assert any("1 row of a time that was there before" in n for n in said(path, duplicates=rule))


def test_uneven_steps_are_counted_and_made_even(tmp_path):
    rows = numbered(range(60))
    del rows[21:24]  # of 20 to 22
    path = write(tmp_path, rows)
    found = view(path)
    assert (found.irregular, len(found.times)) == (1, 57)
    assert (
        "time: 1 row not 1 hour after the one before, the first at 2024-01-01 23:00:00 after "
        "2024-01-01 19:00:00; dataset.resample makes the steps even"
    ) in said(path)
    even = view(path, resample="auto")
    assert (even.irregular, even.gaps, len(even.times)) == (0, 3, 60)
    assert np.isnan(even.values[20:23, 0]).all()
    assert "60 steps, 3 of them without a row" in " ".join(said(path, resample="auto"))
    filled = built(path, resample="auto", gaps="interpolate", window=3, calendar="none")
    assert filled.train.inputs[20, :, 0].tolist() == [20, 21, 22]


@pytest.mark.parametrize(
    ("wanted", "step", "first", "mean"),
    [("day", "1 day", "2024-01-01", 11.5), ("hour", "1 hour", "2024-01-01", 0),
     ("week", "1 week", "2024-01-01", 83.5), ("month", "1 month", "2024-01-01", 371.5)],
)  # fmt: skip
def test_rows_are_taken_in_longer_steps(tmp_path, wanted, step, first, mean):
    path = write(tmp_path, numbered(range(24 * 500)))
    found = view(path, resample=wanted)
    assert (found.step, found.when(0), found.values[0, 0]) == (step, first, mean)
    assert found.irregular == 0


def test_steps_after_a_time():
    quarter = np.datetime64("2024-03-31T06:00:00")
    assert Step(seconds=3600).after(quarter, 2)[-1] == np.datetime64("2024-03-31T08:00:00")
    first = np.datetime64("2024-11-01T00:00:00", "s")
    months = Step(months=1).after(first, 3)
    assert [str(time)[:10] for time in months] == ["2024-12-01", "2025-01-01", "2025-02-01"]
    assert step_of(np.concatenate([[first], months])) == Step(months=1)


def test_the_calendar_goes_round():
    found = np.array(times(24 * 8), "datetime64[s]")  # from a Monday
    waves = calendar.waves(found, ("hour", "weekday", "month"))
    assert waves[6] == pytest.approx([1, 0, 0, 1, 0, 1], abs=1e-6)
    assert np.allclose(waves[:24, :2], waves[24:48, :2], atol=1e-6)
    assert np.allclose(waves[:24, 2:4], waves[-24:, 2:4], atol=1e-6)
    assert waves[24, 2:4] == pytest.approx([np.sin(2 * np.pi / 7), np.cos(2 * np.pi / 7)])
    leap = np.array(["2023-12-31", "2024-12-31"], "datetime64[s]")
    assert np.allclose(*calendar.waves(leap, ("day_of_year",)), atol=0.02)


@pytest.mark.parametrize(
    ("count", "step", "parts"),
    [(20, "h", ()), (100, "h", ("hour",)), (400, "h", ("hour", "weekday")),
     (200, "D", ("weekday",)), (600, "D", ("weekday", "day_of_year")), (12, "M", ()),
     (60, "M", ("month",)), (60, "Y", ())],
)  # fmt: skip
def test_the_calendar_that_a_series_speaks_for(tmp_path, count, step, parts):
    path = write(tmp_path, numbered(np.arange(count) ** 2 % 13, step))
    features = Series(path=path, window=3, horizon=1).facts().features
    assert features == ("load", *calendar.names_of(parts))


# --- Columns ---------------------------------------------------------------------------------


def test_the_target_is_found_and_that_is_said(tmp_path):
    path = write(tmp_path, lines())
    assert view(path).targets == ("wind",)
    assert "wind: Taken as what is to be forecast, the last column of numbers" in said(path)
    named = write(tmp_path, [["time", "Y", "wind"], *lines()[1:]], "y.csv")
    assert view(named).targets == ("Y",)
    assert view(path, features="wind").targets == ("load",)


def test_what_is_no_measure_or_never_changes_is_left_out(tmp_path):
    rows = [[*row, *more] for row, more in zip(lines(), [
        ["id", "note", "flat"], *([str(n), f"text {n}", "3"] for n in range(100))
    ], strict=True)]  # fmt: skip
    path = write(tmp_path, rows)
    assert Series(path=path, target="load", calendar="none").facts().features == ("load", "wind")
    notes = said(path, target="load")
    assert "Left out, as they are no measures: 'id', 'note'" in notes
    assert "flat: Left out: it is the same in all training rows" in notes


@pytest.mark.parametrize(
    ("features", "found"), [((), ("load", "wind")), (("none",), ("load",)), ("wind", None)]
)
def test_other_columns_are_chosen(tmp_path, features, found):
    path = write(tmp_path, lines())
    options = {"target": "load", "features": features, "calendar": "none"}
    assert Series(path=path, **options).facts().features == (found or ("load", "wind"))


def test_a_column_known_in_the_future_is_seen_once(tmp_path):
    options = {"target": "load", "known": "wind", "features": "wind", "calendar": "none"}
    assert Series(path=write(tmp_path, lines()), **options).facts().features == ("load", "wind")


def test_a_decimal_comma_and_texts_for_gaps(tmp_path):
    rows = [[cell.replace(".", ",") for cell in row] for row in lines()]
    rows[50][1] = "-999"
    found = view(write(tmp_path, rows, delimiter=";"), target="load", missing=["-999"])
    assert found.values[1, 0] == pytest.approx(1 + 3 * np.sin(0.25), abs=1e-3)
    assert found.gaps == 1


# --- Gaps ------------------------------------------------------------------------------------

NAN = float("nan")


@pytest.mark.parametrize(
    ("rule", "filled"),
    [("forward", [1, 1, 1, 4, 4, 4, 7]), ("interpolate", [1, 2, 3, 4, 4, 5.5, 7])],
)
def test_gaps_are_filled_from_the_same_or_an_earlier_part(rule, filled):
    column = np.array([1, NAN, NAN, 4, NAN, NAN, 7.0])
    assert fill(column, (5, 7), rule).tolist() == filled


def test_gaps_at_the_beginning_and_in_a_whole_part():
    assert fill(np.array([NAN, 2, NAN, NAN, 5]), (2, 4), "interpolate").tolist() == [2, 2, 2, 2, 5]
    assert fill(np.array([NAN, NAN, 2.0]), (2, 2), "forward").tolist() == [0, 0, 2]


def test_rows_with_gaps_are_dropped(tmp_path):
    rows = lines()
    rows[10][1] = rows[20][2] = ""
    path = write(tmp_path, rows)
    found = view(path, gaps="drop")
    assert (len(found.times), found.gaps, found.irregular) == (98, 0, 2)
    assert "Left out: 2 rows with gaps" in said(path, gaps="drop")


# --- Shown -----------------------------------------------------------------------------------


def test_a_series_as_it_is_shown(tmp_path):
    rows = lines(200)
    rows[5][1] = ""
    found = series_view(Series(path=write(tmp_path, rows), target="load", known="wind"))
    assert found.columns == ("load", "wind")
    assert found.values.shape == (200, 2)
    assert np.isnan(found.values[4, 0])
    assert (found.targets, found.known) == (("load",), ("wind",))
    assert (found.first, found.val, found.test) == (0, 144, 170)
    assert (found.window, found.horizon, found.stride) == (24, 6, 1)
    assert (found.step, found.season, found.gaps) == ("1 hour", 24, 1)
    assert found.when(1) == "2024-01-01 01:00:00"


def test_other_datasets_have_no_series():
    from engine.datasets.digits import Digits

    assert series_view(Digits()) is None
    assert series_notes(Digits()) == ()
