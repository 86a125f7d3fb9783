"""Which characters the bytes of a text file stand for, and its lines, none of them endless."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from engine.datasets.table.options import Encoding
from engine.datasets.table.source import MAX_LINE, PATH
from engine.problems import Problem, ProblemError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with UTF-16's mark: it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20


def encoding_of(path: Path, wanted: Encoding) -> str:
    """The codec to read a file with: the wanted one, or the first that can read all of it.

    Raises ProblemError when the file is no text, and OSError.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if wanted != "auto":
        return "utf-8-sig" if wanted == "utf-8" else wanted
    if marked is not None:
        return marked
    if b"\0" in head:
        return _utf_16(path, head)
    return next((name for name in ("utf-8", "cp1252") if _reads(path, name)), "latin-1")


def _utf_16(path: Path, head: bytes) -> str:
    """UTF-16 without a mark: of mostly western text every second byte is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) * 10 > max(even, odd) or max(even, odd) * 4 < len(head):
        hint = "choose a CSV, TSV, Excel (.xlsx), Parquet (.parquet) or JSON file"
        raise ProblemError(Problem(PATH, f"{path.name} is not a text file", hint))
    return "utf-16-le" if odd > even else "utf-16-be"


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def lines_of(file: IO[str], path: Path, encoding: str) -> Iterator[str]:
    """The lines of an open text file with their ends. Raises ProblemError, with the line's
    number, when one is longer than `MAX_LINE` or has bytes that are not of the encoding."""
    number = 0
    try:
        while line := file.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                sentence = f"Line {number:,} of {path.name} has more than {MAX_LINE:,} characters"
                raise ProblemError(Problem(PATH, sentence, "choose a file with one row a line"))
            yield line
    except UnicodeError:
        sentence = f"{_first_unreadable(path, encoding)} is not {encoding.removesuffix('-sig')}"
        hint = "choose the encoding that the file was written with, or auto"
        raise ProblemError(Problem("dataset.encoding", sentence, hint)) from None


def _first_unreadable(path: Path, encoding: str) -> str:
    """The line that cannot be decoded, found by its bytes: the decoder of a file reads ahead."""
    if encoding.startswith(("utf-16", "utf-32")):
        return path.name  # a byte of value 10 need not be a line's end
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return f"Line {number:,} of {path.name}"
    return path.name
