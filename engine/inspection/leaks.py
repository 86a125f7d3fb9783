"""Columns of a table that give the target away: each is tried alone, by a small decision tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.base import Dataset, Progress, Splits
from engine.datasets.table import TableFile, table_prepared

ROWS = 2_000
COLUMNS = 150
DEPTH = 10
FOLDS = 3
ALMOST = 0.98
"""Of what guessing leaves to be told, the part that a single column tells when it leaks."""
_LEAST_ROWS = 60


@dataclass(frozen=True)
class Leak:
    """A column, how well it tells the target alone, and that in words."""

    column: str
    score: float
    evidence: str


def leaking(splits: Splits, dataset: Dataset, progress: Progress) -> Iterator[Leak]:
    """The columns that alone tell the target almost perfectly, cross-validated on up to 2,000
    evenly spread rows. A table of a single column is none: there is nothing else to learn from."""
    columns, targets = _columns(splits, dataset)
    if len(targets) < _LEAST_ROWS or len(columns) < 2:
        return
    rows = np.unique(np.linspace(0, len(targets) - 1, min(ROWS, len(targets))).astype(np.int64))
    classes, taken = splits.facts.task == "classes", targets[rows]
    if classes and np.unique(taken, return_counts=True)[1].min() < FOLDS:
        kept = np.isin(taken, np.flatnonzero(np.bincount(taken) >= FOLDS))
        rows, taken = rows[kept], taken[kept]
    if len(rows) < _LEAST_ROWS or len(np.unique(taken)) < 2:
        return
    for place, (name, values) in enumerate(list(columns.items())[:COLUMNS]):
        progress("Trying each column alone", place / min(COLUMNS, len(columns)))
        score = _score(values[rows], taken, classes)
        if score >= ALMOST:
            measure = "of what guessing leaves" if classes else "R2"
            yield Leak(name, score, f"{measure}: {score:.3f}, on {len(rows):,} rows")


def _columns(splits: Splits, dataset: Dataset) -> tuple[dict[str, npt.NDArray[Any]], Any]:
    """Each column (N,) as numbers, and the targets (N,)."""
    if isinstance(dataset, TableFile):
        prepared = table_prepared(dataset)
        found = {name: np.asarray(numbers) for name, numbers in prepared.numbers.items()}
        found |= {column.name: np.asarray(column.codes) for column in prepared.categories}
        return found, np.asarray(prepared.targets).reshape(prepared.rows, -1)[:, 0]
    parts = list(splits.named().values())
    if splits.facts.task == "multilabel":
        return {}, np.zeros(0)
    inputs = np.concatenate([part.inputs.numpy() for part in parts])
    targets = np.concatenate([part.targets.numpy() for part in parts]).reshape(len(inputs), -1)
    names = splits.facts.features or tuple(f"x{place + 1}" for place in range(inputs.shape[1]))
    return {name: inputs[:, place] for place, name in enumerate(names)}, targets[:, 0]


def _score(values: npt.NDArray[Any], targets: npt.NDArray[Any], classes: bool) -> float:
    """1 for a column that tells all, 0 for one that is no better than always saying the same."""
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    column = np.nan_to_num(values.astype(np.float64), nan=_outside(values))[:, None]
    if classes:
        folds: Any = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        tree: Any = DecisionTreeClassifier(max_depth=DEPTH, random_state=0)
        right = float(cross_val_score(tree, column, targets, cv=folds).mean())
        guess = float(np.bincount(targets).max() / len(targets))
        return (right - guess) / (1 - guess) if guess < 1 else 0.0
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    tree = DecisionTreeRegressor(max_depth=DEPTH, random_state=0)
    return float(cross_val_score(tree, column, targets, cv=folds, scoring="r2").mean())


def _outside(values: npt.NDArray[Any]) -> float:
    """A number that no row has: a gap may tell something, too."""
    known = values[~np.isnan(values.astype(np.float64))]
    return float(known.min()) - 1.0 if len(known) else 0.0
