"""Checks of tables: columns that say nothing or give the target away, gaps, rows twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.datasets.base import Progress, Splits
from engine.datasets.table import TableFile, table_columns, table_prepared, table_raw
from engine.datasets.table.layout import parts_of
from engine.datasets.table.notes import ColumnSeen
from engine.datasets.table.options import Rules, group
from engine.inspection.duplicates import Keys, findings_of, keys_of
from engine.inspection.finding import Finding, Severity, lines_of, several
from engine.inspection.leaks import leaking

if TYPE_CHECKING:
    from engine.recipe import Recipe

MANY_GAPS = 0.5
UNIQUE = 0.98
"""The part of a column's values that are different when it tells rows apart."""
_LEAST = 50
FEW_COLUMNS = 8
"""Up to so many columns two rows are easily the same by chance."""


def table_findings(splits: Splits, recipe: Recipe, progress: Progress) -> Iterator[Finding]:
    """What can be wrong with a table: a file, or one that comes with the program."""
    dataset = recipe.dataset
    progress("Looking at the columns", None)
    if isinstance(dataset, TableFile):
        columns = table_columns(dataset)
        yield from _constant([c.name for c in columns if c.role == "constant"])
        yield from _unique(dataset, columns)
        yield from _gaps(dataset, columns)
        yield from _unseen_categories(dataset)
    else:
        yield from _constant(_constant_features(splits))
    yield from _leaking(splits, dataset, progress)
    keys = _row_keys(dataset) if isinstance(dataset, TableFile) else _encoded_keys(splits)
    few = len(splits.facts.features) <= FEW_COLUMNS
    yield from findings_of(keys, splits, "row", _row_name(dataset), by_chance=few)


# --- Columns -------------------------------------------------------------------------------------


def _constant_features(splits: Splits) -> list[str]:
    names, inputs = splits.facts.features, splits.train.inputs.numpy()
    same = (inputs == inputs[:1]).all(axis=0)
    return [name for name, alike in zip(names, same, strict=False) if alike]


def _constant(names: list[str]) -> Iterator[Finding]:
    if names:
        what = several(len(names), "column is", "columns are")
        sentence = f"{what} the same in every row: nothing can be learned from it"
        yield Finding("constant_columns", "info", sentence, "", lines_of(names))


def _unique(dataset: TableFile, columns: tuple[ColumnSeen, ...]) -> Iterator[Finding]:
    """Identifiers are left out; whole numbers that are nearly all different may be one, too."""
    rows = len(table_raw(dataset).frame)
    out = [c for c in columns if c.role in ("identifier", "text")]
    if out:
        lines = [f"{c.name}: {c.distinct:,} different values in {rows:,} rows" for c in out]
        sentence = several(len(out), "column is", "columns are")
        sentence += " left out: nearly every row has its own value"
        hint = "dataset.categories or dataset.numbers takes one in; a long text is for dataset=text"
        yield Finding("left_out_columns", "info", sentence, hint, lines_of(lines))
    prepared, doubtful = table_prepared(dataset), []
    for column in columns:
        numbers = prepared.numbers.get(column.name)
        if column.role != "number" or numbers is None or rows < _LEAST:
            continue
        known = numbers[~np.isnan(numbers)]
        whole = len(known) > 0 and not (known % 1).any()
        if whole and column.distinct >= UNIQUE * len(known):
            doubtful.append(column)
    if doubtful:
        lines = [f"{c.name}: {c.distinct:,} different values in {rows:,} rows" for c in doubtful]
        names = tuple(dict.fromkeys([*dataset.ignore, *(c.name for c in doubtful)]))
        sentence = several(
            len(doubtful), "column of whole numbers is", "columns of whole numbers are"
        )
        sentence += " different in nearly every row"
        hint = "if they are numbers of customers or orders, leave them out"
        yield Finding("unique_columns", "warning", sentence, hint, lines_of(lines),
                      (("dataset.ignore", names),))  # fmt: skip


def _gaps(dataset: TableFile, columns: tuple[ColumnSeen, ...]) -> Iterator[Finding]:
    rows = len(table_raw(dataset).frame)
    used = [c for c in columns if c.gaps and c.role in ("number", "category", "date")]
    many = [c for c in used if c.gaps > MANY_GAPS * rows]
    few = [c for c in used if c not in many]
    if many:
        names = tuple(dict.fromkeys([*dataset.ignore, *(c.name for c in many)]))
        sentence = several(len(many), "column is", "columns are")
        sentence += " empty in more than half of the rows"
        hint = "leave them out, or set dataset.gaps=indicator so that a gap is known as one"
        yield Finding("many_gaps", "warning", sentence, hint, _gap_lines(many, rows),
                      (("dataset.ignore", names),))  # fmt: skip
    if few:
        sentence = f"{several(len(few), 'column has', 'columns have')} gaps, which are filled"
        hint = "dataset.gaps and dataset.category_gaps say with what"
        yield Finding("gaps", "info", sentence, hint, _gap_lines(few, rows))
    for column in (c for c in columns if c.role == "target" and c.gaps):
        sentence = several(column.gaps, "row", "rows")
        sentence += f" without a value of {column.name!r} left out"
        severity: Severity = "warning" if column.gaps > 0.05 * rows else "info"
        yield Finding("target_gaps", severity, sentence, "fill them in, or delete these rows")


def _gap_lines(columns: list[ColumnSeen], rows: int) -> tuple[str, ...]:
    order = sorted(columns, key=lambda column: -column.gaps)
    return lines_of([f"{c.name}: {c.gaps:,} of {rows:,} ({c.gaps / rows:.0%})" for c in order])


def _unseen_categories(dataset: TableFile) -> Iterator[Finding]:
    """Categories of the test part that no training row has: they are treated as rare ones."""
    prepared = table_prepared(dataset)
    parts, lines = parts_of(prepared, group(Rules, dataset)), []
    for column in prepared.categories:
        assert column.codes is not None
        held = np.concatenate([column.codes[parts.val], column.codes[parts.test]])
        unseen = sorted(set(held.tolist()) - set(column.codes[parts.train].tolist()) - {-1})
        lines += [f"{column.name}: {column.labels[code]}" for code in unseen]
    if lines:
        sentence = several(len(lines), "category is", "categories are")
        sentence += " in validation or test but not in training"
        hint = "they count as rare ones; each category should be in every split"
        yield Finding("unseen_categories", "info", sentence, hint, lines_of(lines))


def _leaking(splits: Splits, dataset: Any, progress: Progress) -> Iterator[Finding]:
    for leak in leaking(splits, dataset, progress):
        sentence = f"{leak.column!r} alone tells the target almost perfectly"
        hint = "if it is known only after the target, or made from it, leave it out"
        mend: tuple[tuple[str, Any], ...] = ()
        if isinstance(dataset, TableFile):
            mend = (("dataset.ignore", tuple(dict.fromkeys([*dataset.ignore, leak.column]))),)
        yield Finding("target_leak", "warning", sentence, hint, (leak.evidence,), mend)


# --- Rows ----------------------------------------------------------------------------------------


def _encoded_keys(splits: Splits) -> Keys:
    return keys_of(splits)


def _row_keys(dataset: TableFile) -> Keys:
    """Keys of rows as they are in the file, all columns but identifiers and the target: names and
    numbers of tickets count, though nothing is learned from them."""
    import pandas as pd

    prepared, raw = table_prepared(dataset), table_raw(dataset)
    left_out = {c.name for c in table_columns(dataset) if c.role in ("identifier", "target")}
    names = [name for name in raw.frame.columns if name not in left_out]
    rows = raw.frame[names].iloc[prepared.places].astype(str)
    hashes = pd.util.hash_pandas_object(rows, index=False).to_numpy()
    parts = parts_of(prepared, group(Rules, dataset))
    return {
        name: {place: hashes[row].tobytes() for place, row in enumerate(indices)}
        for name, indices in (("train", parts.train), ("val", parts.val), ("test", parts.test))
    }


def _row_name(dataset: Any) -> Any:
    if not isinstance(dataset, TableFile):
        return lambda part, place: f"number {place + 1:,}"
    prepared = table_prepared(dataset)
    parts = parts_of(prepared, group(Rules, dataset))
    rows = {"train": parts.train, "val": parts.val, "test": parts.test}
    return lambda part, place: f"row {int(prepared.places[rows[part][place]]) + 1:,}"
