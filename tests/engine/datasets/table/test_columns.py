"""Columns are told apart by what is in them, and can be corrected."""

from __future__ import annotations

import pytest

from engine.datasets.table import ColumnSeen, TableFile, table_columns
from engine.datasets.table.values import label, number, plain_date
from tests.engine.datasets.table.made import built, column, lines, notes, said, write

ROWS = 60


def table(tmp_path, **columns: list[str]) -> str:
    """The usual table with more columns in front."""
    rows = [
        [*(name if i == 0 else values[i - 1] for name, values in columns.items()), *row]
        for i, row in enumerate(lines(ROWS))
    ]
    return write(tmp_path, rows)


def roles(path: str, **options: object) -> dict[str, str]:
    return {seen.name: seen.role for seen in table_columns(TableFile(path=path, **options))}


@pytest.mark.parametrize(
    ("values", "role"),
    [
        ([str(i % 7) for i in range(ROWS)], "number"),
        ([f"{i}e-3" for i in range(ROWS)], "number"),
        (["?" if i % 30 == 3 else str(i % 7) for i in range(ROWS)], "number"),
        ([f"{i % 5}" if i % 30 else "n.a." for i in range(ROWS)], "number"),
        (["True" if i % 3 else "False" for i in range(ROWS)], "category"),
        (["yes" if i % 3 else "no" for i in range(ROWS)], "category"),
        ([f"group {i % 12}" for i in range(ROWS)], "category"),
        ([f"a sentence about {i}" for i in range(ROWS)], "text"),
        ([f"x{i:04}f" for i in range(ROWS)], "identifier"),
        ([str(i) for i in range(ROWS)], "identifier"),
        ([str(i + 1) for i in range(ROWS)], "identifier"),
        ([f"2021-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(ROWS)], "date"),
        ([f"{i % 28 + 1:02}.{i % 12 + 1:02}.1999" for i in range(ROWS)], "date"),
        ([f"{i % 12 + 1}/{i % 28 + 1}/2001" for i in range(ROWS)], "date"),
        ([f"2021-05-0{i % 9 + 1}T10:{i % 60:02}:00.5Z" for i in range(ROWS)], "date"),
        ([f"2021-05-0{i % 9 + 1} 10:{i % 60:02}:00+02:00" for i in range(ROWS)], "date"),
    ],
)
def test_kinds_are_told_apart(values, role, tmp_path):
    assert roles(table(tmp_path, x=values))["x"] == role


@pytest.mark.parametrize("name", ["id", "ID", "customer_id", "PassengerId", "uuid", "index"])
def test_whole_numbers_called_an_id_are_one_when_each_is_its_own(name, tmp_path):
    own = [str(i * 37 % 1009) for i in range(ROWS)]
    assert roles(table(tmp_path, **{name: own}))[name] == "identifier"
    assert roles(table(tmp_path, **{name: ["5", *own[1:-1], "5"]}))[name] == "number"
    assert roles(table(tmp_path, humid=own))["humid"] == "number"


def test_what_only_looks_like_a_row_number_is_taken_when_nothing_else_is_left(tmp_path):
    path = write(tmp_path, [["x", "y"], *([str(i), str(i * i / 3)] for i in range(40))])
    assert TableFile(path=path).facts().features == ("x",)
    path = write(tmp_path, [["x_id", "y"], *([str(i), str(i * i / 3)] for i in range(40))], "i.csv")
    with pytest.raises(Exception, match="No column"):
        TableFile(path=path).facts()


def test_every_column_is_listed_in_order(tmp_path):
    same = ["5"] * ROWS
    path = table(tmp_path, name=[f"a name {i}" for i in range(ROWS)], same=same)
    assert table_columns(TableFile(path=path, ignore="weight")) == (
        ColumnSeen("name", "text", 60, 0),
        ColumnSeen("same", "constant", 1, 0),
        ColumnSeen("size", "number", 58, 0),
        ColumnSeen("weight", "ignored", 0, 0),
        ColumnSeen("color", "category", 3, 0),
        ColumnSeen("price", "target", 59, 0),
    )


# --- Corrections -----------------------------------------------------------------------------


def test_numbers_can_be_categories(tmp_path):
    path = table(tmp_path, pclass=[str(i % 3 + 1) for i in range(ROWS)])
    features = TableFile(path=path, categories="pclass").facts().features
    assert [name for name in features if "pclass" in name] == ["pclass=1", "pclass=2", "pclass=3"]


def test_identifiers_and_texts_can_be_taken_in(tmp_path):
    path = table(tmp_path, n=[str(i) for i in range(ROWS)], t=[f"t {i % 40}" for i in range(ROWS)])
    splits = built(path, numbers="n", categories="t", rare=1)
    assert column(splits, "n") == [float(i) for i in range(ROWS)]
    assert sum(name.startswith("t=") for name in splits.facts.features) > 20


def test_words_in_a_column_of_numbers_are_gaps_and_said(tmp_path):
    values = ["many" if i == 5 else str(i % 7) for i in range(ROWS)]
    path = table(tmp_path, x=values)
    assert said(path, "x") == [
        "1 value is no number and counted as a gap: 'many'", "1 gap, filled with the median",
    ]  # fmt: skip
    half = ["many" if i % 2 else str(i % 7) for i in range(ROWS)]
    assert roles(table(tmp_path, x=half))["x"] == "category"
    assert said(table(tmp_path, x=half), "x", numbers="x")[0].startswith("30 values are no numbers")


def test_dates_in_a_format_that_could_be_numbers(tmp_path):
    path = table(tmp_path, day=[f"20200{i % 9 + 1}{i % 27 + 1:02}" for i in range(ROWS)])
    assert roles(path)["day"] == "number"
    assert TableFile(path=path, dates="day").facts().features[:3] == (
        "day.month", "day.day", "day.weekday",
    )  # fmt: skip


def test_a_column_can_be_ignored(tmp_path):
    path = write(tmp_path, lines())
    assert TableFile(path=path, ignore=("color",)).facts().features == ("size", "weight")


def test_other_marks_of_gaps(tmp_path):
    values = ["-999" if i % 6 == 0 else str(i % 7) for i in range(ROWS)]
    path = table(tmp_path, x=values, c=["none" if i % 4 == 0 else "ab"[i % 2] for i in range(ROWS)])
    splits = built(path, missing=("-999", "none"), rare=1)
    assert min(column(splits, "x")) == 0
    assert "c=(missing)" in splits.facts.features
    assert "c=none" not in splits.facts.features


def test_infinite_and_enormous_numbers_are_gaps(tmp_path):
    values = [["inf", "-inf", "1e60"][i] if i < 3 else str(i % 7) for i in range(ROWS)]
    splits = built(table(tmp_path, x=values))
    assert max(map(abs, column(splits, "x"))) < 7


# --- What is left out and assumed ------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["5"] * ROWS, "Left out: it is the same in every row"),
        (["same"] * ROWS, "Left out: it is the same in every row"),
        ([""] * ROWS, "Left out: it is empty"),
        ([f"a text {i}" for i in range(ROWS)],
         "Left out: 60 different texts; dataset.categories takes it as a category"),
        ([f"x{i}" for i in range(ROWS)],
         "Left out: each row has its own value; dataset.numbers or categories takes it in"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_said(values, sentence, tmp_path):
    path = table(tmp_path, x=values)
    assert said(path, "x") == [sentence]
    assert not any(name.startswith("x") for name in TableFile(path=path).facts().features)


def test_thousands_of_values_are_no_category(tmp_path):
    rows = [["word", "x", "y"], *([f"w{i % 2500}", str(i % 9), "ab"[i % 2]] for i in range(6000))]
    path = write(tmp_path, rows)
    assert roles(path)["word"] == "text"
    assert "2,500 different texts" in said(path, "word")[0]


def test_a_mark_that_is_there_or_not_is_a_category(tmp_path):
    path = table(tmp_path, cabin=["" if i % 3 else "x" for i in range(ROWS)])
    features = TableFile(path=path).facts().features
    assert [name for name in features if "cabin" in name] == ["cabin=(missing)", "cabin=x"]


def test_dates_become_parts_of_the_calendar(tmp_path):
    days = [f"{2019 + i % 3}-{i % 12 + 1:02}-15 {i % 24:02}:30" for i in range(ROWS)]
    days[7] = ""
    path = table(tmp_path, day=days)
    splits = built(path)
    assert [name for name in splits.facts.features if "day" in name] == [
        "day.year", "day.month", "day.hour",
    ]  # fmt: skip
    assert set(column(splits, "day.year")) == {2019.0, 2020.0, 2021.0}
    assert said(path, "day") == [
        "1 gap, filled with the median",
        "A date, taken as year, month, hour",
    ]


def test_a_column_that_is_called_as_a_part_of_a_date_keeps_its_name(tmp_path):
    days = [f"{2019 + i % 3}-01-01" for i in range(ROWS)]
    path = table(tmp_path, day=days, **{"day.year": [str(i % 7) for i in range(ROWS)]})
    features = TableFile(path=path).facts().features
    assert features[:2] == ("day.year_", "day.year")


def test_the_ambiguous_order_of_a_date_is_the_one_that_fits_all(tmp_path):
    american = [f"{i % 12 + 1:02}/{i % 28 + 1:02}/2001" for i in range(ROWS)]
    european = [f"{i % 28 + 1:02}/{i % 12 + 1:02}/2001" for i in range(ROWS)]
    splits = built(table(tmp_path, a=american, e=european))
    assert max(column(splits, "a.month")) == max(column(splits, "e.month")) == 12


def test_a_table_that_is_clean_has_nothing_to_say_but_the_target(tmp_path):
    assert [note.column for note in notes(write(tmp_path, lines()))] == ["price"]
    assert notes(write(tmp_path, lines()), target="price") == []


# --- Single values ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (3.0, "3"), (0.5, "0.5"), (" a ", "a"), (True, "True"), (None, ""), ("NA", ""),
     (float("nan"), ""), ("?", ""), ("#N/A", ""), (-2.0, "-2"), (1e20, "1e+20")],
)  # fmt: skip
def test_labels(value, text):
    assert label(value) == text


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1", ".", 1), ("-1.5e3", ".", -1500), (".5", ".", 0.5), ("1,234.5", ".", 1234.5),
     ("1,5", ".", None), ("1,5", ",", 1.5), ("1.234,5", ",", 1234.5), ("1.234", ",", 1234),
     ("1_000", ".", None), ("0x10", ".", None), ("inf", ".", None), ("1e999", ".", None),
     ("12 kg", ".", None), ("", ".", None), ("١", ".", None)],
)  # fmt: skip
def test_numbers(text, decimal, value):
    assert number(text, decimal) == value


def test_plain_dates():
    assert plain_date("2020-01-02T03:04:05.678Z") == "2020-01-02 03:04:05"
    assert plain_date("2020-01-02 03:04+02:00") == "2020-01-02 03:04"
    assert plain_date("2020-01-02") == "2020-01-02"
