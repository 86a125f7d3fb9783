"""What is wrong with a table is said in one sentence at its place, with a hint."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.datasets.table import TableFile, source
from engine.problems import Problem, ProblemError
from tests.engine.datasets.table.made import built, lines, problem, said, text_file, write

PATH = "dataset.path"


def test_no_file_is_chosen():
    found = problem("")
    assert (found.path, found.sentence) == (PATH, "Choose a file: CSV, Excel, Parquet or JSON")
    assert "sample:cars" in found.hint
    assert problem("   ") == found


def test_an_unknown_sample():
    assert "did you mean 'cars'?" in problem("sample:car").hint


def test_a_file_that_is_not_there(tmp_path):
    write(tmp_path, lines(), "Houses.csv")
    found = problem(str(tmp_path / "house.csv"))
    assert found.path == PATH
    assert found.sentence == f"There is no file {tmp_path / 'house.csv'}"
    assert found.hint == "did you mean 'Houses.csv'?"
    assert "there is no folder" in problem(str(tmp_path / "nowhere" / "t.csv")).hint
    assert problem("a\0b").path == PATH


def test_a_file_that_vanished(tmp_path):
    dataset = TableFile(path=write(tmp_path, lines()))
    assert dataset.facts().samples == 60
    (tmp_path / "table.csv").unlink()
    with pytest.raises(ProblemError, match="There is no file"):
        dataset.facts()


def test_a_folder(tmp_path):
    found = problem(str(tmp_path))
    assert found.sentence == f"{tmp_path} is a folder, not a table"
    assert "image_folder" in found.hint


def test_a_link_that_leads_to_itself(tmp_path):
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert "cannot be read" in problem(str(tmp_path / "loop.csv")).sentence


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert problem(str(tmp_path / "pipe.csv")).sentence.endswith("is not a file")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_and_then_may(tmp_path):
    path = Path(write(tmp_path, lines()))
    path.chmod(0)
    assert "Permission denied" in problem(str(path)).sentence
    path.chmod(0o600)
    assert TableFile(path=str(path)).facts().samples == 60


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_an_empty_file(text, tmp_path):
    assert problem(text_file(tmp_path, text)).sentence == "table.csv is empty"


def test_a_header_and_no_rows(tmp_path):
    found = problem(text_file(tmp_path, "a,b,c\n"))
    assert found.sentence == "table.csv has a header but no rows"


def test_too_few_rows(tmp_path):
    found = problem(write(tmp_path, lines(5)))
    assert found.sentence == "table.csv has 5 rows to learn from"


def test_one_column(tmp_path):
    found = problem(write(tmp_path, [["price"], *([str(i)] for i in range(30))]))
    assert found.sentence == "table.csv has only one column: 'price'"
    assert "dataset.delimiter" in found.hint


@pytest.mark.parametrize(
    ("suffix", "what"), [(".xls", "old Excel"), (".ods", "OpenDocument"), (".zip", "archive")]
)
def test_a_format_that_is_not_read_names_one_that_is(suffix, what, tmp_path):
    found = problem(text_file(tmp_path, "a,b", f"t{suffix}"))
    assert what in found.sentence
    assert found.hint


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet", "t.json", "t.jsonl"])
def test_bytes_that_are_no_table(name, tmp_path):
    (tmp_path / name).write_bytes(bytes(range(256)) * 40)
    found = problem(str(tmp_path / name))
    assert found.path == PATH
    assert found.sentence.startswith(f"{name} is not")
    assert found.hint


@pytest.mark.parametrize("text", ['{"a": 1}', "[1, 2]", "[" * 100_000, "3"])
def test_json_that_is_no_table(text, tmp_path):
    assert "list of objects" in problem(text_file(tmp_path, text, "t.json")).hint


# --- Broken rows -----------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [["1", "2"], ["1", "2", "red", "4", "5"]])
def test_a_broken_row_is_named_by_its_line(broken, tmp_path):
    path = write(tmp_path, [*lines()[:20], broken, *lines()[20:]])
    found = problem(path)
    assert found.path == "dataset.broken_rows"
    assert found.sentence == f"Line 21 of table.csv has {len(broken)} values instead of 4"
    assert "dataset.broken_rows=skip" in found.hint


def test_broken_rows_are_counted_and_can_be_skipped(tmp_path):
    path = write(tmp_path, [*lines()[:20], ["1"], ["1", "2"], *lines()[20:]])
    assert problem(path).sentence.endswith("has 1 value instead of 4; 2 rows are broken")
    splits = built(path, broken_rows="skip")
    assert splits.facts == built(write(tmp_path, lines(), "whole.csv")).facts
    assert said(path, "", broken_rows="skip") == ["Left out: 2 broken rows, the first on line 21"]


def test_lines_are_counted_through_quoted_line_ends(tmp_path):
    rows = [[cell.replace("red", '"r\n\ned"') for cell in row] for row in lines(30)]
    ends = sum(cell.count("\n") for row in rows for cell in row)
    assert problem(write(tmp_path, [*rows, ["1"]])).sentence.startswith(f"Line {32 + ends} of")


@pytest.mark.parametrize("count", [60, 9000])
def test_a_quote_that_is_never_closed(count, tmp_path):
    rows = lines(count)
    rows[50][2] = '"red'
    found = problem(write(tmp_path, rows))
    assert found.path == PATH or found.sentence.startswith("Line 51 of table.csv has 3 values")
    assert "quotation mark" in found.hint or found.path == "dataset.broken_rows"
    last = lines()
    last[-1][-1] = '"7'
    assert "quotation mark" in problem(write(tmp_path, last, "last.csv")).hint


# --- Encodings and limits --------------------------------------------------------------------


def test_a_wrong_encoding(tmp_path):
    rows = [["r\xe9d" if cell == "red" else cell for cell in row] for row in lines()]
    found = problem(write(tmp_path, rows, encoding="latin-1"), encoding="utf-8")
    assert found.path == "dataset.encoding"
    line = 1 + next(i for i, row in enumerate(rows) if "r\xe9d" in row)
    assert found.sentence == f"Line {line} of table.csv is not utf-8"
    assert "auto" in found.hint


def test_utf_16_that_is_none(tmp_path):
    path = text_file(tmp_path, "a,b\n1,2\n", encoding="utf-16")
    Path(path).write_bytes(Path(path).read_bytes() + b"\x00\xd8")
    assert problem(path).sentence == "table.csv is not utf-16"


def test_a_line_without_end(tmp_path):
    path = tmp_path / "bomb.csv"
    path.write_text("a,b\n1,2\n" + "3," * 600_000)
    found = problem(str(path))
    assert found.sentence == "Line 3 of bomb.csv has more than 1,000,000 characters"
    path.write_text("a,b\n1,2\n" * 300 + "3," * 600_000)
    assert "Line 601 of bomb.csv" in problem(str(path)).sentence


def test_too_many_columns(tmp_path):
    path = text_file(tmp_path, "\n".join([",".join(map(str, range(6000)))] * 3))
    assert problem(path).sentence == "table.csv has 6,000 columns; a table may have 5,000"


def test_too_many_bytes_and_too_many_values(tmp_path, monkeypatch):
    path = write(tmp_path, lines())
    monkeypatch.setattr(source, "MAX_CELLS", 100)
    assert "more than 100 values" in problem(path).sentence
    monkeypatch.setattr(source, "MAX_BYTES", 500)
    assert "a table may have 0.0 GB" in problem(path).sentence


def test_a_workbook_that_unpacks_to_too_much(tmp_path, monkeypatch):
    from engine.datasets.table import excel

    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 2_000_000)
    monkeypatch.setattr(excel, "MAX_BYTES", 1_000_000)
    assert problem(str(tmp_path / "t.xlsx")).sentence == "t.xlsx unpacks to 0.0 GB"


def workbook(path: Path, rows: str) -> str:
    """A workbook whose first sheet ends with these rows in XML and does not say how large it is;
    its path."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", f"{rows}</sheetData>".encode())
    parts[sheet] = parts[sheet].replace(b'<dimension ref="A1:B1" />', b"")
    assert b"dimension" not in parts[sheet]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return str(path)


def test_a_workbook_that_is_inflated(tmp_path, monkeypatch):
    from engine.datasets.table import excel

    path = workbook(tmp_path / "t.xlsx", "<row><c><v>1</v></c></row>" * 50_000)
    monkeypatch.setattr(excel, "_HARMLESS", 1_000_000)
    found = problem(path)
    assert found.sentence == "t.xlsx unpacks to more than 200 times its size"
    assert "CSV" in found.hint


def test_a_workbook_whose_last_row_is_far_away(tmp_path):
    """Rows that are left out are made up by the reader, one by one."""
    path = workbook(tmp_path / "t.xlsx", '<row r="1048576000"><c><v>1</v></c></row>')
    assert problem(path).sentence == "The sheet of t.xlsx has more than 1,048,576 rows"


def test_a_workbook_of_wide_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.datasets.table.excel.MAX_CELLS", 1_000_000)
    monkeypatch.setattr(source, "MAX_CELLS", 1_000_000)
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 200))
    assert "more than 1,000,000 values" in problem(workbook(tmp_path / "t.xlsx", rows)).sentence


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["x" * 10_000] * 3_000, "unpacks to more than 0.0 GB"),  # each text once in the file
        ([["x" * 10_000] * 3] * 1_000, "unpacks to more than 0.0 GB"),
        ([{"inside": "x" * 10_000}] * 3_000, "unpacks to more than 0.0 GB"),
        ([[0] * 100_000] * 1_000, "more than 50,000,000 values"),
    ],
)
def test_a_small_parquet_file_that_unpacks_to_much(column, said, tmp_path, monkeypatch):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    parquet.write_table(arrow.table({"a": column, "b": range(len(column))}), path)
    assert path.stat().st_size < 1_000_000
    monkeypatch.setattr("engine.datasets.table.binary.MAX_BYTES", 10_000_000)
    assert said in problem(str(path)).sentence


def test_a_parquet_file_whose_texts_are_kept_once(tmp_path, monkeypatch):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = arrow.array(["x" * 10_000] * 3_000).dictionary_encode()
    parquet.write_table(arrow.table({"a": texts, "b": range(3_000)}), tmp_path / "t.parquet")
    monkeypatch.setattr("engine.datasets.table.binary.MAX_BYTES", 10_000_000)
    assert "unpacks to more than" in problem(str(tmp_path / "t.parquet")).sentence


def test_features_beyond_all_bounds(tmp_path, monkeypatch):
    from engine.datasets.table import layout

    monkeypatch.setattr(layout, "MAX_CELLS", 200)
    found = problem(write(tmp_path, lines()))
    assert found.sentence == ("The table becomes 5 features of 60 rows, more than 200 numbers")
    assert "dataset.rare" in found.hint


# --- Columns and targets ---------------------------------------------------------------------


def test_an_unknown_target_and_what_is_near(tmp_path):
    found = problem(write(tmp_path, lines()), target="Price")
    assert (found.path, found.sentence) == (
        "dataset.target", "There is no column 'Price' in table.csv",
    )  # fmt: skip
    assert found.hint.startswith("did you mean 'price'?")


@pytest.mark.parametrize("option", ["numbers", "categories", "dates", "ignore"])
def test_unknown_columns_and_what_is_near(option, tmp_path):
    found = problem(write(tmp_path, lines()), **{option: ("colour",)})
    assert found.path == f"dataset.{option}"
    assert "did you mean 'color'?" in found.hint


def test_every_wrong_name_is_told_at_once(tmp_path):
    dataset = TableFile(path=write(tmp_path, lines()), numbers=("a",), ignore=("b", "c"))
    with pytest.raises(ProblemError) as error:
        dataset.facts()
    assert len(error.value.problems) == 3


def test_a_column_in_two_lists(tmp_path):
    found = problem(write(tmp_path, lines()), numbers=("size",), ignore=("size",))
    assert (found.path, found.sentence) == ("dataset.ignore", "'size' is in numbers, too")


def test_the_target_is_ignored(tmp_path):
    found = problem(write(tmp_path, lines()), target="price", ignore=("price",))
    assert found.sentence == "'price' is ignored and the target"


def test_several_columns_of_the_targets_name(tmp_path):
    rows = [["size", "price", "color", "price"], *lines()[1:]]
    found = problem(write(tmp_path, rows), target="price")
    assert "several columns called 'price'" in found.sentence


def test_one_class(tmp_path):
    rows = [[*row[:3], "yes" if i else "y"] for i, row in enumerate(lines())]
    found = problem(write(tmp_path, rows))
    assert found.path == "dataset.target"
    assert found.sentence == "'y' is the same in every row: 'yes'"


def test_one_number(tmp_path):
    rows = [[*row[:3], "7.5" if i else "y"] for i, row in enumerate(lines())]
    path = write(tmp_path, rows)
    assert problem(path).sentence == "'y' is the same in every row: 7.5"


def test_an_empty_target(tmp_path):
    rows = [[*row[:3], "" if i else "y"] for i, row in enumerate(lines())]
    assert problem(write(tmp_path, rows)).sentence == "'y' is empty in every row"


def test_texts_that_are_no_classes(tmp_path):
    rows = [[*row[:3], f"text {i}" if i else "y"] for i, row in enumerate(lines())]
    found = problem(write(tmp_path, rows))
    assert found.sentence == "'y' has 60 different values in 60 rows: too many to be classes"
    assert found.hint == "choose another column"
    assert problem(write(tmp_path, lines()), task="classes").hint == (
        "set dataset.task to regression"
    )
    assert problem(write(tmp_path, rows), task="regression").sentence == (
        "'y' holds no numbers: 'text 1', 'text 10', 'text 11' and 57 more"
    )


def test_dates_are_no_target(tmp_path):
    rows = [[*row[:3], f"2020-01-{i % 28 + 1:02}" if i else "y"] for i, row in enumerate(lines())]
    assert problem(write(tmp_path, rows)).sentence.startswith("'y' holds dates")


def test_all_columns_are_ignored(tmp_path):
    found = problem(write(tmp_path, lines()), ignore=("size", "weight", "color"))
    assert found.path == "dataset.ignore"
    assert found.sentence == "No column of table.csv is left to learn from"


def test_all_columns_are_left_out(tmp_path):
    rows = [[f"word {i}", "same", "yn"[i % 2]] for i in range(60)]
    found = problem(write(tmp_path, [["a", "b", "target"], *rows]))
    assert (found.path, found.sentence) == (
        PATH, "No column of table.csv is left to learn from: 'b' is left out",
    )  # fmt: skip
    assert "dataset.categories" in found.hint


def test_a_forced_category_of_too_many_values(tmp_path):
    rows = [[f"word {i}", str(i % 7 + 0.5), "yn"[i % 2]] for i in range(1200)]
    found = problem(write(tmp_path, [["a", "b", "y"], *rows]), categories=("a",))
    assert found.path == "dataset.categories"
    assert "'a' has 1,200 different values" in found.sentence


def test_dropped_gaps_leave_too_little(tmp_path):
    rows = [[row[0], "" if i else "weight", *row[2:]] for i, row in enumerate(lines())]
    rows[3][1] = rows[9][1] = "5"
    rows[5][1] = "7"
    found = problem(write(tmp_path, rows), gaps="drop")
    assert found.sentence == "table.csv has 3 rows to learn from"
    assert "gaps" in found.hint


# --- Anything at all -------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["1", "2.5", "1,5", "a", "b", "word", "", ",", ";", "\t", '"', "\n", "\n", "\r\n", " ", "NA",
     "é", "2020-01-02", "\0", "inf", "True", "y", "target", "\ufeff", "\u2028", "9" * 40]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(pieces=st.lists(PIECES, max_size=200), encoding=st.sampled_from(["utf-8", "utf-16"]))
def test_any_text_is_a_table_or_a_problem_of_the_dataset(pieces, encoding, tmp_path):
    dataset = TableFile(path=text_file(tmp_path, "".join(pieces), encoding=encoding))
    problems: tuple[Problem, ...] = ()
    try:
        assert dataset.facts().samples >= 10
    except ProblemError as error:
        problems = error.problems
    assert all(problem.path.startswith("dataset.") for problem in problems)
