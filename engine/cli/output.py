"""What goes to standard output and standard error: JSON lines, columns, problems."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TextIO

from engine import paths
from engine.plainjson import finite
from engine.plaintext import printable
from engine.problems import Problem


def prepare_streams() -> None:
    """UTF-8 into files and pipes on every system, and no error for what a terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue  # replaced by a test or a notebook
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def flush_output() -> None:
    """Write out what is waiting; a reader that has gone away is not worth an error at the exit."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def json_line(data: Any, stream: TextIO | None = None) -> None:
    """One line of JSON, flushed at once. A reader that has gone away is no reason to stop."""
    text = json.dumps(finite(data), allow_nan=False)
    with suppress(BrokenPipeError):
        print(text, file=stream or sys.stdout, flush=True)


def say(sentence: str) -> None:
    """One line to standard error."""
    with suppress(OSError):  # the terminal may be gone; the training goes on
        print(printable(sentence), file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Text that may hold names and words of files, to standard output: no character of it moves the
    cursor or changes the terminal."""
    print(printable(text))


def memory(count: int) -> str:
    """A number of bytes: `312 B`, `38 kB`, `1.2 GB` (powers of 1000)."""
    value, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        units.pop(0)
    digits = 0 if units[0] == "B" or value >= 10 else 1
    return f"{value:.{digits}f} {units[0]}"


def list_problems(problems: Iterable[Problem]) -> None:
    """Every problem as `path: sentence (hint)` on standard error."""
    for problem in problems:
        say(" ".join(str(problem).splitlines()))


def keep_traceback(details: str) -> None:
    """Put a bug's traceback into a file and say where; on standard error if no file can be had."""
    log = paths.home() / "error.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(details, encoding="utf-8")
        say(f"The details are in {log}")
    except OSError:
        say(details)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text in aligned columns, never cut off: they are read by people and by grep."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


_COLUMNS = {"train_": "train", "val_": "val", "test_": "test", "best_val_": "best val"}


def metrics_table(metrics: Mapping[str, float]) -> str:
    """Final metrics by name, the splits side by side; empty when there are none."""
    cells: dict[str, dict[str, str]] = {}
    for name, value in metrics.items():
        prefix = next((prefix for prefix in _COLUMNS if name.startswith(prefix)), "")
        row = cells.setdefault(name.removeprefix(prefix), {})
        row[_COLUMNS.get(prefix, "")] = shown(value)
    heads = [
        head for head in ("", *_COLUMNS.values()) if any(head in row for row in cells.values())
    ]
    rows = [[name, *(row.get(head, "") for head in heads)] for name, row in cells.items()]
    return columns([["", *heads], *rows]) if rows else ""


def shown(value: float) -> str:
    """A metric for people: four significant digits at most."""
    return f"{value:.4f}" if 0.001 <= abs(value) < 1000 else f"{value:.4g}"


def duration(seconds: float) -> str:
    """`12.3 s`, `2:05 min`, `1:02:05 h`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d} h" if hours else f"{minutes}:{rest:02d} min"
