"""An inspection: the data of a recipe loaded once, looked at, and checked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from engine.datasets.base import Dataset, Progress, Splits, silent
from engine.datasets.userpath import SAMPLE
from engine.inspection.finding import Finding, Inspection, in_order, of_problems
from engine.problems import ProblemError
from engine.schema import COMPONENTS

if TYPE_CHECKING:
    from engine.recipe import Recipe


def inspect(
    recipe: Recipe, data_dir: Path, progress: Progress = silent, download: bool = True
) -> Inspection:
    """Load the data of a recipe and check it; what `progress` raises ends it.

    Data that is there but cannot be used gives an inspection whose findings say why. Raises
    ProblemError when there is no data: nothing at its path, or not on disk and not `download`.
    """
    from engine.datasets.preview.view import load
    from engine.inspection.look import view_with_copies
    from engine.training.environment import fingerprint

    try:
        splits = load(recipe, data_dir, download, progress)
    except ProblemError as error:
        return unusable(recipe.dataset, data_dir, error, progress)
    progress("Looking at the samples", None)
    view = view_with_copies(recipe, data_dir, splits)
    found = in_order(_findings(splits, recipe, data_dir, progress))
    progress("Taking the fingerprint", None)
    content = fingerprint(splits)
    return Inspection(splits.facts, view.sizes, view.counts, found, content, view)


def inspect_data(
    data: Mapping[str, Any], data_dir: Path, progress: Progress = silent
) -> Inspection:
    """The same of a recipe as plain data, which may not be valid because of what is in the data.
    Raises ProblemError for everything else that is wrong with it."""
    from engine.recipe import Recipe

    try:
        recipe = Recipe.parse(data)
    except ProblemError as error:
        dataset = _dataset_of(data)
        if dataset is None or not all(p.path.startswith("dataset.") for p in error.problems):
            raise
        return unusable(dataset, data_dir, error, progress)
    return inspect(recipe, data_dir, progress)


def unusable(
    dataset: Dataset, data_dir: Path, error: ProblemError, progress: Progress
) -> Inspection:
    """What keeps data that is there from being used. Raises the error again when nothing is."""
    from engine.inspection.images import folder_findings

    if not _is_there(dataset):
        raise error
    found = [*of_problems(error.problems), *folder_findings(dataset, data_dir, progress)]
    return Inspection(None, findings=in_order(found))


def _is_there(dataset: Dataset) -> bool:
    """Whether a dataset of the user's own names something that exists."""
    path = getattr(dataset, "path", "")
    return bool(path) and not path.startswith(SAMPLE) and os.path.exists(path)


def _dataset_of(data: Mapping[str, Any]) -> Dataset | None:
    """The dataset by itself; None where its own options are wrong."""
    given = data.get("dataset")
    options = {"name": given} if isinstance(given, str) else given
    if not isinstance(options, Mapping) or options.get("name") not in COMPONENTS.names("dataset"):
        return None
    try:
        found = COMPONENTS.get("dataset", str(options["name"])).model_validate(dict(options))
    except ValidationError:
        return None
    return found if isinstance(found, Dataset) else None


def _findings(
    splits: Splits, recipe: Recipe, data_dir: Path, progress: Progress
) -> Iterator[Finding]:
    """Those of every kind of data, then those of this one."""
    from engine.inspection.common import common_findings
    from engine.inspection.images import folder_findings, image_findings

    yield from common_findings(splits, recipe)
    yield from folder_findings(recipe.dataset, data_dir, progress)
    kind = splits.facts.kind
    if kind == "image":
        yield from image_findings(splits, recipe, data_dir, progress)
    elif kind == "table":
        from engine.inspection.tables import table_findings

        yield from table_findings(splits, recipe, progress)
    elif kind == "text":
        from engine.inspection.texts import text_findings

        yield from text_findings(splits, recipe)
    else:
        from engine.inspection.series import series_findings

        yield from series_findings(splits, recipe)
