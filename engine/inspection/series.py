"""Checks of series: uneven time stamps, gaps, channels that never change, parts of unlike level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.datasets.base import Splits
from engine.datasets.series import Series, series_view
from engine.datasets.series.view import SeriesView
from engine.inspection.finding import Finding, Severity, lines_of, several

if TYPE_CHECKING:
    from engine.recipe import Recipe

SHIFT = 2.0
"""Deviations of the training rows by which the mean of the test rows may be elsewhere."""
MANY_GAPS = 0.05


def series_findings(splits: Splits, recipe: Recipe) -> Iterator[Finding]:
    """What can be wrong with a series in a file."""
    if not isinstance(recipe.dataset, Series):
        return
    view = series_view(recipe.dataset)
    assert view is not None
    yield from _irregular(recipe.dataset, view)
    yield from _untimed(view)
    yield from _gaps(view)
    yield from _constant(view)
    yield from _shifted(view)


def _irregular(dataset: Series, view: SeriesView) -> Iterator[Finding]:
    if not view.irregular:
        return
    apart = np.diff(view.times.astype(np.float64))
    usual = float(np.median(apart))
    strange = np.argsort(-np.abs(apart - usual), kind="stable")[: min(5, view.irregular)]
    lines = [f"{view.when(row + 1)} after {view.when(row)}" for row in sorted(strange.tolist())]
    sentence = several(view.irregular, "row does", "rows do")
    sentence += f" not come {view.step} after the one before"
    hint = "a window counts rows, not time; dataset.resample=auto makes the steps even"
    severity: Severity = "warning" if view.irregular > 0.001 * len(view.times) else "info"
    mend = (("dataset.resample", "auto"),) if dataset.resample == "none" else ()
    yield Finding("irregular_times", severity, sentence, hint, lines_of(lines), mend)


def _untimed(view: SeriesView) -> Iterator[Finding]:
    if not view.time_column:
        sentence = "No column of times was found: the rows are taken in the order of the file"
        hint = "dataset.time_column names the column if there is one"
        yield Finding("no_times", "info", sentence, hint)


def _gaps(view: SeriesView) -> Iterator[Finding]:
    gaps = np.isnan(view.values).sum(axis=0)
    lines = [
        f"{name}: {int(count):,} of {len(view.times):,}"
        for name, count in zip(view.columns, gaps, strict=True)
        if count
    ]
    if lines:
        severity: Severity = "warning" if gaps.max() > MANY_GAPS * len(view.times) else "info"
        sentence = f"{several(len(lines), 'column has', 'columns have')} gaps, which are filled"
        hint = "dataset.gaps says how"
        yield Finding("gaps", severity, sentence, hint, lines_of(lines))


def _constant(view: SeriesView) -> Iterator[Finding]:
    train = view.values[view.first : view.val]
    same = [
        name
        for name, values in zip(view.columns, train.T, strict=True)
        if len(np.unique(values[~np.isnan(values)])) < 2
    ]
    if same:
        sentence = several(len(same), "column never changes", "columns never change")
        sentence += " in the training part"
        hint = "nothing is learned from them; dataset.features names the columns to be taken"
        others = tuple(
            name
            for name in view.columns
            if name not in same and name not in view.targets and name not in view.known
        )
        mend = (("dataset.features", others or ("none",)),)
        yield Finding("constant_columns", "info", sentence, hint, lines_of(same), mend)


def _shifted(view: SeriesView) -> Iterator[Finding]:
    """Series that rise: the test part lies elsewhere than what was learned from."""
    lines = []
    for place, name in enumerate(view.columns):
        train = view.values[view.first : view.val, place]
        test = view.values[view.test :, place]
        train, test = train[~np.isnan(train)], test[~np.isnan(test)]
        if len(train) > 1 and len(test) and train.std() > 0:
            shift = abs(test.mean() - train.mean()) / train.std()
            if shift > SHIFT:
                lines.append(f"{name}: mean {train.mean():.4g} in training, {test.mean():.4g} in "
                             f"the test, {shift:.1f} deviations away")  # fmt: skip
    if lines:
        sentence = several(len(lines), "column is", "columns are")
        sentence += " at another level in the test part than in training"
        hint = "a network that forecasts differences, such as nlinear, does not mind"
        yield Finding("shifted_level", "info", sentence, hint, lines_of(lines))
