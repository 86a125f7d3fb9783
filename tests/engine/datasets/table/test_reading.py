"""Every way in which a table is written gives the same features."""

from __future__ import annotations

import builtins
import datetime
import json
from pathlib import Path

import pytest
import torch

from engine.datasets.table import TableFile
from tests.engine.datasets.table.made import (
    built,
    column,
    lines,
    notes,
    problem,
    said,
    text_file,
    write,
)

FEATURES = ("size", "weight", "color=blue", "color=green", "color=red")


def plain(tmp_path: Path) -> torch.Tensor:
    return built(write(tmp_path, lines(), "plain.csv")).train.inputs


def same_as_plain(path: str, tmp_path: Path, **options: object) -> None:
    splits = built(path, **options)
    assert splits.facts.features == FEATURES
    assert splits.facts.task == "regression"
    assert splits.facts.targets == ("price",)
    assert torch.equal(splits.train.inputs, plain(tmp_path))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]
)
def test_delimiter_and_encoding_are_found(delimiter, encoding, tmp_path):
    path = write(tmp_path, lines(), delimiter=delimiter, encoding=encoding)
    same_as_plain(path, tmp_path)


@pytest.mark.parametrize("name", ["t.tsv", "t.TXT", "t.data", "t", "tab le été 数据.csv"])
def test_any_other_ending_and_any_name_is_read_as_text(name, tmp_path):
    same_as_plain(write(tmp_path, lines(), f"my data/{name}"), tmp_path)


@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1252", "Zoë €"), ("utf-8", "Zoë €"), ("utf-16", "Zoë €")]
)
def test_letters_survive_their_encoding(encoding, text, tmp_path):
    rows = [[text if cell == "red" else cell for cell in row] for row in lines()]
    path = write(tmp_path, rows, encoding=encoding)
    assert f"color={text}" in TableFile(path=path).facts().features
    assert any("read as" in sentence for sentence in said(path, "")) == (encoding != "utf-8")


def test_bytes_that_cp1252_lacks_are_latin_1(tmp_path):
    rows = [["caf\xe9\x81" if cell == "red" else cell for cell in row] for row in lines()]
    path = write(tmp_path, rows, encoding="latin-1")
    assert "The text is read as latin-1" in said(path, "")


def test_an_encoding_can_be_given(tmp_path):
    rows = [["Москва" if cell == "red" else cell for cell in row] for row in lines()]
    path = write(tmp_path, rows, encoding="cp1251")
    assert "color=Москва" in TableFile(path=path, encoding="cp1251").facts().features
    assert "color=Москва" not in TableFile(path=path).facts().features


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_decimal_comma_is_found(delimiter, tmp_path):
    rows = [[cell.replace(".", ",") for cell in row] for row in lines()]
    path = write(tmp_path, rows, delimiter=delimiter)
    same_as_plain(path, tmp_path)
    assert "The decimal mark is a comma" in said(path, "")


def test_a_decimal_comma_in_quotes_among_commas(tmp_path):
    rows = [[f'"{cell}"'.replace(".", ",") for cell in row] for row in lines()]
    same_as_plain(write(tmp_path, rows), tmp_path)


def test_thousands_are_set_apart(tmp_path):
    rows = [[row[0], f'"{1000 * (i % 7) + 1234:,}"', *row[2:]] for i, row in enumerate(lines())]
    rows[0] = lines()[0]
    values = column(built(write(tmp_path, rows)), "weight")
    assert (values[0], values[-1]) == (1234.0, 7234.0)


def test_decimal_and_delimiter_can_be_given(tmp_path):
    path = text_file(tmp_path, "a;b\n" + "".join(f"{i},5;{i},25\n" for i in range(1, 30)))
    assert column(built(path), "a")[:2] == [1.5, 2.5]
    assert problem(path, decimal="point", target="a").path == "dataset.target"
    assert problem(path, delimiter="pipe").sentence.startswith("table.csv has only one column")


# --- Headers ---------------------------------------------------------------------------------


def test_without_a_header_columns_are_numbered(tmp_path):
    path = write(tmp_path, lines()[1:])
    splits = built(path)
    assert splits.facts.features == ("column_1", "column_2", *(f"column_3={c}" for c in
                                     ("blue", "green", "red")))  # fmt: skip
    assert splits.facts.targets == ("column_4",)
    assert torch.equal(splits.train.inputs, plain(tmp_path))
    assert "No header: the columns are called column_1 to column_4" in said(path, "")


def test_a_header_can_be_denied_and_insisted_on(tmp_path):
    texts = [["x", "y"], *([a, b] for a, b in zip("ababab" * 4, "xyxyyx" * 4, strict=True))]
    path = write(tmp_path, texts)
    assert TableFile(path=path).facts().samples == 25  # "y" comes again below: no header
    assert TableFile(path=path, header="yes").facts().samples == 24
    years = write(tmp_path, [["2019", "2020"], *([str(i), str(2 * i)] for i in range(30))], "y.csv")
    assert TableFile(path=years).facts().samples == 31
    assert TableFile(path=years, header="yes").facts().features == ("2019",)


def test_texts_alone_have_a_header_if_its_names_never_come_again(tmp_path):
    texts = [["letter", "kind"], *([a, b] for a, b in zip("abab" * 5, "xyxx" * 5, strict=True))]
    assert TableFile(path=write(tmp_path, texts)).facts().targets == ("x", "y")


def test_a_trailing_delimiter_is_no_column(tmp_path):
    rows = [lines()[0], *([*row, ""] for row in lines()[1:])]
    same_as_plain(write(tmp_path, rows), tmp_path, target="price")


def test_row_names_without_a_header_as_r_writes_them(tmp_path):
    rows = [lines()[0], *([f"row {i}", *row] for i, row in enumerate(lines()[1:]))]
    same_as_plain(write(tmp_path, rows), tmp_path)


def test_blank_lines_and_empty_rows_are_skipped(tmp_path):
    rows = [[], lines()[0], [], *lines()[1:], ["  "], ["", "", "", ""]]
    same_as_plain(write(tmp_path, rows), tmp_path)


def test_spaces_around_values_and_names_do_not_count(tmp_path):
    rows = [[f" {cell} " for cell in row] for row in lines()]
    same_as_plain(write(tmp_path, rows), tmp_path)


def test_quoted_line_ends_and_delimiters_stay_in_their_cell(tmp_path):
    rows = [['"re,\nd"' if cell == "red" else cell for cell in row] for row in lines()]
    assert "color=re,\nd" in TableFile(path=write(tmp_path, rows)).facts().features


def test_repeated_and_missing_names_are_told_apart(tmp_path):
    rows = [["a", "a", "", "price"], *lines()[1:]]
    path = write(tmp_path, rows)
    assert TableFile(path=path).facts().features[:2] == ("a", "a_2")
    assert said(path, "a_2") == ["There is another column 'a': this one is 'a_2'"]
    assert "column_3=red" in TableFile(path=path).facts().features


# --- Other formats ---------------------------------------------------------------------------


def sheet(path: Path, **sheets: list[list[object]]) -> str:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return str(path)


def cells() -> list[list[object]]:
    return [[_cell(cell) for cell in row] for row in lines()]


def _cell(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def test_excel(tmp_path):
    same_as_plain(sheet(tmp_path / "t.xlsx", one=cells()), tmp_path)


def test_excel_with_empty_edges_dates_and_another_sheet(tmp_path):
    first = datetime.datetime(2020, 1, 1)
    rows = [[*row, first + datetime.timedelta(days=i)] for i, row in enumerate(cells())]
    rows[0][-1] = "day"
    path = sheet(tmp_path / "t.XLSX", notes=[["nothing here"]], data=[[], *rows, [None] * 7])
    assert problem(path).sentence.startswith("t.XLSX has only one column")
    facts = TableFile(path=path, sheet="data", target="price").facts()
    assert facts.features[:4] == ("size", "weight", "day.month", "day.day")
    assert problem(path, sheet="dat").hint.startswith("did you mean 'data'?")
    assert problem(path, sheet="dat").path == "dataset.sheet"


def test_the_sheet_that_is_read_is_said(tmp_path):
    path = sheet(tmp_path / "t.xlsx", one=cells(), two=[[1]])
    assert "Read from the sheet 'one', not from two" in said(path, "")


def test_excel_without_openpyxl_names_the_command(tmp_path, monkeypatch):
    path = sheet(tmp_path / "t.xlsx", one=cells())
    _without(monkeypatch, "openpyxl")
    assert "pip install 'trainboard[excel]'" in problem(path).hint


def test_parquet(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    names, *rows = cells()
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    parquet.write_table(arrow.table(columns), tmp_path / "t.parquet")
    same_as_plain(str(tmp_path / "t.parquet"), tmp_path)


def test_parquet_of_every_type(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    days = [datetime.date(2020, 1 + i % 12, 1 + i % 28) for i in range(40)]
    table = arrow.table(
        {
            "day": days,
            "zoned": arrow.array(
                [datetime.datetime(2020, 1, 1 + i % 28) for i in range(40)],
                arrow.timestamp("us", "UTC"),
            ),
            "whole": arrow.array([None if i % 9 == 0 else i * 3 % 11 for i in range(40)]),
            "yes": arrow.array([None if i % 8 == 0 else i % 3 == 0 for i in range(40)]),
            "kind": arrow.array(["a", "b"] * 20).dictionary_encode(),
            "lists": [[1, 2]] * 40,
            "y": [i % 2 for i in range(40)],
        }
    )
    parquet.write_table(table, tmp_path / "t.parquet")
    splits = built(str(tmp_path / "t.parquet"), rare=1)
    assert splits.facts.features == (
        "day.month", "day.day", "day.weekday", "zoned.day", "zoned.weekday", "whole",
        "yes=(missing)", "yes=False", "yes=True", "kind=a", "kind=b",
    )  # fmt: skip
    assert said(str(tmp_path / "t.parquet"), "lists") == ["Left out: lists or mappings stand in it"]


def test_parquet_without_pyarrow_names_the_command(tmp_path, monkeypatch):
    parquet = tmp_path / "t.parquet"
    parquet.write_bytes(b"PAR1")
    _without(monkeypatch, "pyarrow")
    assert "pip install 'trainboard[parquet]'" in problem(str(parquet)).hint


@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
def test_json(name, tmp_path):
    names, *rows = cells()
    records = [dict(zip(names, row, strict=True)) for row in rows]
    text = json.dumps(records) if name == "t.json" else "\n".join(map(json.dumps, records))
    same_as_plain(text_file(tmp_path, text, name), tmp_path)


def test_a_key_that_a_record_lacks_is_a_gap(tmp_path):
    names, *rows = cells()
    records = [dict(zip(names, row, strict=True)) for row in rows]
    del records[3]["weight"]
    path = text_file(tmp_path, json.dumps(records), "t.json")
    assert said(path, "weight") == ["1 gap, filled with the median"]


def _without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    usual = builtins.__import__

    def importing(name: str, *rest: object) -> object:
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", importing)


def test_notes_are_plain_sentences(tmp_path):
    for note in notes(write(tmp_path, lines()[1:])):
        assert note.sentence[0].isupper() or note.sentence[0].isdigit() or "'" in note.sentence
        assert not note.sentence.endswith(".")
