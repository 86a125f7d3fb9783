"""Curves for other programs: figures of each metric, CSV and Parquet, every value exact."""

from __future__ import annotations

import csv
import importlib
import io
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from engine.facts import HIGHER_IS_BETTER
from engine.problems import Problem, ProblemError
from engine.runs.metriclog import POINT, MetricSource, Points

COLUMNS = ("metric", "step", "epoch", "time", "value")
ROWS = 20_000
"""Rows of one piece of CSV: some 20 ms, so that a window stays live between them."""


@dataclass(frozen=True)
class Figures:
    """One metric in figures; values that are no numbers count among the points only.

    `best_step` is None where it is not known which direction is the good one.
    """

    points: int
    first: float | None = None
    last: float | None = None
    min: float | None = None
    max: float | None = None
    best_step: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def figures(source: MetricSource) -> dict[str, Figures]:
    """The figures of every metric, by name."""
    return {name: _figures(name, source.series(name).since()) for name in source.names()}


def _figures(name: str, points: Points) -> Figures:
    usable = points[np.isfinite(points["value"])]
    if not len(usable):
        return Figures(len(points))
    values, higher = usable["value"], higher_is_better(name)
    best = None if higher is None else usable[np.argmax(values if higher else -values)]
    return Figures(
        points=len(points),
        first=float(values[0]),
        last=float(values[-1]),
        min=float(values.min()),
        max=float(values.max()),
        best_step=None if best is None else int(best["step"]),
    )


_LOWER = {"loss", "error", "mae", "mse", "rmse", "perplexity"}
_HIGHER = {"acc", "accuracy", "f1", "auc", "auroc", "precision", "recall", "r2", "iou"}


def higher_is_better(metric: str) -> bool | None:
    """The good direction of a metric by its name, with or without its split; None if unknown."""
    base = re.sub("^(train|val|test)_", "", metric)
    if base in HIGHER_IS_BETTER:
        return HIGHER_IS_BETTER[base]
    words = set(re.split(r"[^a-z0-9]+", metric.lower()))  # of imported curves
    if words & _LOWER:
        return False
    return True if words & _HIGHER else None


# --- CSV -----------------------------------------------------------------------------------------


def csv_pieces(source: MetricSource) -> Iterator[tuple[str, float]]:
    """The text of a CSV file in long form, piece by piece, each with the part done after it.

    What is recorded when it begins is what is written.
    """
    held = {name: source.series(name).since() for name in source.names()}
    total = sum(len(points) for points in held.values())
    yield _csv([COLUMNS]), 0.0
    done = 0
    for name, points in held.items():
        for start in range(0, len(points), ROWS):
            chunk = points[start : start + ROWS]
            done += len(chunk)
            yield _csv(_rows(name, chunk)), done / total


def _csv(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)  # writes a float as repr does
    return text.getvalue()


def _rows(name: str, points: Points) -> Iterator[tuple[str, int, float, float, float]]:
    columns = (points[field].tolist() for field in COLUMNS[1:])
    return ((name, *row) for row in zip(*columns, strict=True))


# --- Parquet -------------------------------------------------------------------------------------


def check_parquet() -> None:
    """Raises ProblemError with the command to type when pyarrow is missing."""
    try:
        importlib.import_module("pyarrow.parquet")
    except ImportError:
        hint = "pip install 'trainboard[parquet]'"
        raise ProblemError(Problem("--parquet", "pyarrow is not installed", hint)) from None


def write_parquet(source: MetricSource, to: Path | BinaryIO) -> None:
    """The same table as in CSV, its metric column a dictionary. Raises ProblemError, OSError."""
    check_parquet()
    import pyarrow as pa
    from pyarrow import parquet

    names = source.names()
    held = [source.series(name).since() for name in names]
    points = np.concatenate(held) if held else np.empty(0, POINT)
    places = np.repeat(np.arange(len(names), dtype=np.int32), [len(each) for each in held])
    metric = pa.DictionaryArray.from_arrays(pa.array(places), pa.array(names, pa.string()))
    columns = {"metric": metric}
    columns |= {field: pa.array(np.ascontiguousarray(points[field])) for field in COLUMNS[1:]}
    parquet.write_table(pa.table(columns), to)
