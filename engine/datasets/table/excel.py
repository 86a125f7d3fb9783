"""Excel workbooks, through openpyxl: one sheet, its values and not its formulas."""

from __future__ import annotations

import zipfile
from itertools import islice
from typing import Any

from engine.datasets.table.notes import Note, listed
from engine.datasets.table.options import Reading
from engine.datasets.table.reading import RawTable, named, numbered
from engine.datasets.table.sniff import guess_header
from engine.datasets.table.source import MAX_BYTES, MAX_CELLS, PATH, Source, check_size
from engine.datasets.table.values import label
from engine.problems import Problem, ProblemError, suggest

Rows = list[tuple[Any, ...]]
MAX_ROWS = 1_048_576
"""Those of a sheet, as in Excel."""
MOST_TIMES = 200
"""How many times its size a part of a workbook may unpack to, unless that is little."""
_HARMLESS = 50_000_000


def read_excel(source: Source, reading: Reading) -> RawTable:
    """Read the first sheet, or the one that is named. Raises ProblemError."""
    import pandas as pd

    sheet, rows, notes = _rows(source, reading.sheet)
    if not rows:
        sentence = f"The sheet {sheet!r} of {source.path.name} is empty"
        raise ProblemError(Problem("dataset.sheet", sentence, "name another sheet"))
    header = guess_header(rows[:200]) if reading.header == "auto" else reading.header == "yes"
    names = named(rows[0]) if header else numbered(len(rows[0]))
    body = rows[1:] if header else rows
    frame = pd.DataFrame(body, columns=list(names.names), dtype=object).infer_objects()
    return RawTable(source.path.name, frame, notes=(*names.notes, *notes), twice=names.twice)


def _rows(source: Source, wanted: str) -> tuple[str, Rows, list[Note]]:
    """The sheet's name, its rows without empty ones and empty columns at the edge, and notes."""
    try:
        import openpyxl
    except ImportError:
        sentence = f"Reading {source.path.name} takes openpyxl, which is not installed"
        hint = "pip install 'trainboard[excel]', or save the table as CSV"
        raise ProblemError(Problem(PATH, sentence, hint)) from None
    _check_unpacked(source)
    try:
        book = openpyxl.load_workbook(source.path, read_only=True, data_only=True)
    except Exception as error:  # of a damaged file openpyxl raises what its parser raises
        raise ProblemError(_damaged(source, error)) from None
    try:
        sheet = _sheet(source, book, wanted)
        rows = _values(source, book[sheet])
    finally:
        book.close()
    others = [name for name in book.sheetnames if name != sheet]
    notes = [Note("", f"Read from the sheet {sheet!r}, not from {listed(others)}", lost=True)]
    return sheet, _trimmed(rows), notes if others and not wanted else []


def _check_unpacked(source: Source) -> None:
    """A workbook is a zip archive: what it unpacks to is looked at before it is unpacked."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ProblemError(_damaged(source, error)) from None
    size = sum(member.file_size for member in members)
    if size > MAX_BYTES:
        sentence = f"{source.path.name} unpacks to {size / 1e9:.1f} GB"
        hint = f"a table may have {MAX_BYTES / 1e9:.1f} GB"
        raise ProblemError(Problem(PATH, sentence, hint))
    if any(_is_inflated(member) for member in members):
        sentence = f"{source.path.name} unpacks to more than {MOST_TIMES} times its size"
        hint = "no ordinary workbook does: save the table as CSV"
        raise ProblemError(Problem(PATH, sentence, hint))


def _is_inflated(member: zipfile.ZipInfo) -> bool:
    large = member.file_size > _HARMLESS
    return large and member.file_size > MOST_TIMES * member.compress_size


def _damaged(source: Source, error: Exception) -> Problem:
    sentence = f"{source.path.name} is not a readable Excel file: {error}"
    return Problem(PATH, sentence, "open it in Excel or LibreOffice and save it as .xlsx")


def _sheet(source: Source, book: Any, wanted: str) -> str:
    sheets = [sheet.title for sheet in book.worksheets]
    if wanted and wanted not in sheets:
        sentence = f"There is no sheet {wanted!r} in {source.path.name}"
        raise ProblemError(Problem("dataset.sheet", sentence, suggest(wanted, sheets)))
    if not sheets:
        raise ProblemError(Problem(PATH, f"{source.path.name} has no sheets of cells", ""))
    return wanted or sheets[0]


def _values(source: Source, sheet: Any) -> Rows:
    rows: Rows = []
    cells = 0
    try:
        # Where a row's number leaves some out, they come as empty ones.
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells += len(row)
            if cells > MAX_CELLS:
                break
            if number > MAX_ROWS:
                raise ProblemError(_too_long(source))
            if any(cell is not None for cell in row):
                rows.append(row)
    except ProblemError:
        raise
    except Exception as error:  # as above: the sheet is parsed as it is read
        raise ProblemError(_damaged(source, error)) from None
    check_size(source.path, max(1, cells), 1)
    return rows


def _too_long(source: Source) -> Problem:
    sentence = f"The sheet of {source.path.name} has more than {MAX_ROWS:,} rows"
    return Problem(PATH, sentence, "Excel itself has no more: save the table as CSV")


def _trimmed(rows: Rows) -> Rows:
    """All rows of one width, without the columns at the right edge in which nothing stands."""
    width = max((len(row) for row in rows), default=0)
    while width and not any(label(row[width - 1]) for row in rows if len(row) >= width):
        width -= 1
    return [(*islice(row, width), *[None] * (width - len(row))) for row in rows]
