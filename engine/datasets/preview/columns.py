"""The columns of a table and the channels of a series in numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.datasets.base import Dataset, Splits
from engine.facts import Facts
from engine.views import ColumnView, Histogram

if TYPE_CHECKING:
    from engine.datasets.table import TableFile
    from engine.datasets.table.columns import Column

BINS = 20
MOST_COLUMNS = 200
"""Columns that are looked at; a wider table is shown by its first ones."""
_MOST_FREQUENT = 10
Floats = npt.NDArray[np.float64]


def columns_of(splits: Splits, dataset: Dataset | None) -> tuple[ColumnView, ...]:
    """Of a table its columns as they are in the file, of a series its channels; else ()."""
    from engine.datasets.table import TableFile

    if isinstance(dataset, TableFile):
        return tuple(_in_file(dataset))
    if splits.facts.kind == "table":
        return tuple(_of_tensors(splits))
    if splits.facts.kind == "series":
        return tuple(_of_channels(splits, dataset))
    return ()


def _in_file(dataset: TableFile) -> Iterator[ColumnView]:
    from engine.datasets.table import table_columns, table_raw
    from engine.datasets.table.columns import Wish, column_of
    from engine.datasets.table.options import Choices, group

    raw, choices = table_raw(dataset), group(Choices, dataset)
    for seen in table_columns(dataset)[:MOST_COLUMNS]:
        wish = Wish(choices.wishes.get(seen.name), raw.decimal, frozenset(choices.missing))
        yield _seen(column_of(seen.name, raw.frame[seen.name], wish), seen.role)


def _seen(column: Column, role: str) -> ColumnView:
    if column.numbers is not None:
        return of_numbers(column.name, column.numbers, role)
    count = len(column.missing) - column.gaps
    frequent: tuple[tuple[str, int], ...] = ()
    if column.codes is not None:
        counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.labels))
        most = np.argsort(-counts, kind="stable")[:_MOST_FREQUENT]
        frequent = tuple(
            (column.labels[place], int(counts[place])) for place in most if counts[place] > 1
        )
    return ColumnView(column.name, role, count, column.gaps, column.distinct, frequent=frequent)


def of_numbers(name: str, numbers: npt.NDArray[Any], kind: str) -> ColumnView:
    """A column of numbers (N,), nan where there is a gap."""
    known: Floats = numbers[np.isfinite(numbers)].astype(np.float64)
    gaps, distinct = len(numbers) - len(known), len(np.unique(known))
    if not len(known):
        return ColumnView(name, kind, 0, gaps, 0)
    with np.errstate(over="ignore"):  # of numbers near the largest there are
        deviation = float(known.std())
    return ColumnView(
        name, kind, len(known), gaps, distinct, float(known.min()), float(known.mean()),
        float(np.median(known)), float(known.max()), deviation, histogram(known),
    )  # fmt: skip


def histogram(known: Floats) -> Histogram:
    """Twenty bins from the smallest to the largest value."""
    if not len(known):
        return Histogram((), ())
    low, high = float(known.min()), float(known.max())
    if not math.isfinite(high - low) or (high - low) / BINS <= abs(high) * 1e-15:
        return Histogram((low, high), (len(known),))  # all alike, as far as numbers can tell
    counts, edges = np.histogram(known, BINS, (low, high))
    return Histogram(tuple(edges.tolist()), tuple(counts.tolist()))


def _of_tensors(splits: Splits) -> Iterator[ColumnView]:
    """The features and targets of all parts together."""
    facts, parts = splits.facts, splits.named().values()
    inputs = np.concatenate([part.inputs.numpy() for part in parts])
    width = inputs.shape[1]
    names = facts.features or tuple(f"x{place + 1}" for place in range(width))
    for place, name in enumerate(names[:MOST_COLUMNS]):
        yield of_numbers(name, inputs[:, place], "number")
    yield from _of_targets(facts, np.concatenate([part.targets.numpy() for part in parts]))


def _of_targets(facts: Facts, targets: npt.NDArray[Any]) -> Iterator[ColumnView]:
    if facts.task == "regression":
        for place, name in enumerate(facts.targets):
            yield of_numbers(name, targets[:, place], "target")
    elif facts.task == "classes":
        counts = np.bincount(targets, minlength=len(facts.targets))
        most = np.argsort(-counts, kind="stable")[:_MOST_FREQUENT]
        frequent = tuple((facts.targets[place], int(counts[place])) for place in most)
        distinct = int((counts > 0).sum())
        yield ColumnView("class", "target", len(targets), 0, distinct, frequent=frequent)


def _of_channels(splits: Splits, dataset: Dataset | None) -> Iterator[ColumnView]:
    """The columns as they are in the file, gaps and all; else the channels."""
    from engine.datasets.preview.series import whole
    from engine.datasets.series import series_view

    facts, seen = splits.facts, None if dataset is None else series_view(dataset)
    if seen is not None:
        for place, name in enumerate(seen.columns[:MOST_COLUMNS]):
            kind = "target" if name in seen.targets else "number"
            yield of_numbers(name, seen.values[:, place], kind)
        return
    rows = whole(splits.train).numpy()
    names = facts.features or tuple(f"x{place + 1}" for place in range(rows.shape[1]))
    for place, name in enumerate(names[:MOST_COLUMNS]):
        kind = "target" if place in facts.target_channels else "number"
        yield of_numbers(name, rows[:, place], kind)
