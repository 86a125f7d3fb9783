"""Which features a table becomes: counted on the training rows, without scikit-learn, so that a
recipe can be validated in no time. `transform` fits what gives exactly these."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.datasets.split import Parts, three_ways
from engine.datasets.table.columns import Column
from engine.datasets.table.options import Rules
from engine.datasets.table.prepare import Prepared
from engine.datasets.table.source import MAX_CELLS, PATH
from engine.datasets.table.values import MISSING, RARE
from engine.problems import Problem, ProblemError


def parts_of(prepared: Prepared, rules: Rules) -> Parts:
    """The rows of the three splits, stratified by class."""
    classes = prepared.target.task == "classes"
    groups = prepared.targets if classes else np.zeros(prepared.rows, np.int64)
    fractions = (rules.test_fraction, rules.val_fraction)
    return three_ways(groups, fractions, rules.split_seed, rules.subset)


def layout_of(prepared: Prepared, rules: Rules) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The features by name, in order: numbers, marks of gaps, categories; and of each category
    that is a code how many codes there are. Raises ProblemError for too many features."""
    train = parts_of(prepared, rules).train
    marked = rules.gaps == "indicator"
    gaps = [name for name, column in prepared.numbers.items() if np.isnan(column[train]).any()]
    features = [*prepared.numbers, *(mark(name) for name in gaps if marked)]
    cardinalities = []
    for column in prepared.categories:
        kept, rare = _kept(column, train, rules)
        if rules.categories_as == "codes":
            features.append(column.name)
            cardinalities.append(len(kept) + 1)
        else:
            values = [*kept, RARE] if rare else kept
            features += [feature(column.name, value) for value in values]
    if len(features) * prepared.rows > MAX_CELLS:
        sentence = f"The table becomes {len(features):,} features of {prepared.rows:,} rows, more "
        hint = "ignore a category with many values, or take rare values together (dataset.rare)"
        raise ProblemError(Problem(PATH, f"{sentence}than {MAX_CELLS:,} numbers", hint))
    return tuple(features), tuple(cardinalities)


def feature(column: str, value: str) -> str:
    """The feature that is 1 where a category has this value."""
    return f"{column}={value}"


def mark(column: str) -> str:
    """The feature that is 1 where a number is missing."""
    return feature(column, MISSING)


def _kept(column: Column, train: Any, rules: Rules) -> tuple[list[str], bool]:
    """The values of a category that are told apart, in order, and whether others are rare."""
    assert column.codes is not None
    codes = column.codes[train]
    counts = np.bincount(codes[codes >= 0], minlength=len(column.labels))
    found = dict(zip(column.labels, counts.tolist(), strict=True))
    if gaps := int((codes < 0).sum()):
        filled = _filled_with(found) if rules.category_gaps == "most_frequent" else MISSING
        found[filled] = found.get(filled, 0) + gaps
    seen = {value: count for value, count in sorted(found.items()) if count}
    kept = [value for value, count in seen.items() if count >= rules.rare]
    return kept, len(kept) < len(seen)


def _filled_with(counts: dict[str, int]) -> str:
    """The most frequent value, of several the first, as scikit-learn has it."""
    most = max(counts.values(), default=0)
    if not most:
        return MISSING
    return min(value for value, count in counts.items() if count == most)
