"""The view of a whole dataset: samples, sizes, counts, ranges, and statistics of its kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from engine.datasets.base import Dataset, Progress, Splits, TensorData, silent
from engine.datasets.download import announced
from engine.datasets.preview.columns import columns_of
from engine.datasets.preview.origins import origins_of
from engine.datasets.preview.samples import Scale, evenly, samples_of
from engine.datasets.preview.series import whole_series
from engine.datasets.preview.texts import text_view
from engine.datasets.table.rows import words_of
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.views import DataView

if TYPE_CHECKING:
    from engine.recipe import Recipe

Augmenter = Callable[[Tensor, Tensor, int], Tensor]
"""Raw inputs (N, ...), their places in the training split (N,) and an epoch, to what a training
makes of them in that epoch."""
MEASURED = 2_000
"""Training samples that value ranges are taken from: the data may be larger than memory."""


@dataclass(frozen=True)
class Copies:
    """Augmented copies that are to stand beside each sample: of how many epochs, from which on."""

    augment: Augmenter
    count: int
    first_epoch: int = 0


@dataclass(frozen=True)
class Place:
    """Where splits came from, which lets their samples be shown as they are in their files."""

    dataset: Dataset
    data_dir: Path


def data_view(
    recipe: Recipe,
    data_dir: Path,
    download: bool = True,
    count: int = 40,
    progress: Progress = silent,
) -> DataView:
    """The first `count` training samples, evenly by class, with counts, sizes, normalization.

    The same recipe always shows the same samples; `engine.inspection.look` adds augmented copies
    and the fingerprint. Raises ProblemError when the data cannot be had: with the path
    "dataset.download" when it is not on disk and `download` is false.
    """
    splits = load(recipe, data_dir, download, progress)
    return view_of(splits, count, Place(recipe.dataset, data_dir))


def load(recipe: Recipe, data_dir: Path, download: bool, progress: Progress) -> Splits:
    """The splits of a recipe, fetched only if `download`. Raises ProblemError as above."""
    if not download and not recipe.dataset.on_disk(data_dir):
        raise ProblemError(_not_here(recipe))
    return recipe.architecture.prepared(recipe.dataset.build(data_dir, progress))


def view_of(
    splits: Splits, count: int = 40, place: Place | None = None, copies: Copies | None = None
) -> DataView:
    """The view of splits that are already loaded."""
    facts, named = splits.facts, splits.named()
    measured = splits.train.inputs[torch.from_numpy(_spread(len(splits.train)))]
    received = splits.preprocess(measured)
    chosen = _chosen(splits.train, facts, count)
    dataset = place.dataset if place else None
    origins = origins_of(splits, place.dataset, place.data_dir, chosen) if place else {}
    return DataView(
        facts=facts,
        samples=samples_of(splits, chosen, Scale.of(measured), dataset, origins, copies),
        sizes={name: len(part) for name, part in named.items()},
        counts={name: class_counts(part, facts) for name, part in named.items()},
        mean=tuple(splits.preprocess.mean.flatten().tolist()),
        std=tuple(splits.preprocess.std.flatten().tolist()),
        normalisation=_normalisation(splits, dataset),
        shapes={name: tuple(part.inputs.shape) for name, part in named.items()},
        target_shapes={name: tuple(part.targets.shape) for name, part in named.items()},
        dtype=_type(splits.train.inputs),
        target_dtype=_type(splits.train.targets),
        raw_range=_range(measured),
        network_range=_range(received),
        columns=columns_of(splits, dataset),
        text=text_view(splits, dataset) if facts.kind == "text" else None,
        series=whole_series(splits, dataset) if facts.kind == "series" else None,
        notes=splits.notes,
        augmentation=copies is not None,
        first_epoch=copies.first_epoch if copies else 0,
        words=words_of(json.loads(facts.encoding)) if facts.cardinalities else {},
    )


def class_counts(part: TensorData, facts: Facts) -> tuple[int, ...]:
    """Samples by class; with several labels each a sample counts in all of its classes."""
    targets = part.targets.numpy()
    if facts.task == "classes":
        return tuple(np.bincount(targets, minlength=len(facts.targets)).tolist())
    if facts.task == "multilabel":
        return tuple((targets > 0.5).sum(axis=0).tolist())
    return ()


def _not_here(recipe: Recipe) -> Problem:
    sentence = announced(recipe.dataset.title, recipe.dataset.facts())
    sentence = f"Not on this machine yet. {sentence}"
    return Problem("dataset.download", sentence, "it is fetched when the training starts")


def _chosen(part: TensorData, facts: Facts, count: int) -> Any:
    if facts.task == "classes":
        return evenly(part.targets.numpy(), count)
    if facts.kind in ("series", "text"):  # neighbours overlap
        return _spread(len(part), count)
    return np.arange(len(part))[:count]


def _spread(total: int, count: int = MEASURED) -> Any:
    """Up to `count` places from the first to the last, evenly spread."""
    return np.unique(np.linspace(0, max(0, total - 1), min(count, total)).round().astype(np.int64))


def _range(values: Tensor) -> tuple[float, float] | None:
    return (float(values.min()), float(values.max())) if values.numel() else None


def _type(values: Tensor) -> str:
    return str(values.dtype).removeprefix("torch.")


_SCALINGS = {
    "minmax": "{each} is brought to 0 to 1 by the training split's smallest and largest value",
    "robust": "{each} is centred at its training median and divided by its quartile range",
    "none": "Values are taken as they are",
}


def _normalisation(splits: Splits, dataset: Dataset | None) -> str:
    if splits.normalised:
        return splits.normalised
    kind, scaling = splits.facts.kind, getattr(dataset, "scaling", "standard")
    if kind == "text":
        return "Token numbers are taken as they are"
    said = _SCALINGS.get(scaling, "{each} is normalised by its mean and deviation in the training "
                         "split")  # fmt: skip
    return said.format(each=_each(splits)) + _codes(splits, scaling)


def _each(splits: Splits) -> str:
    """What is scaled: in a table with categories only the numbers are."""
    if splits.facts.kind in ("image", "series"):
        return "Each channel"
    mean, std = splits.preprocess.mean, splits.preprocess.std
    untouched = bool(((mean == 0) & (std == 1)).any())
    return "Each column of numbers" if untouched else "Each column"


def _codes(splits: Splits, scaling: str) -> str:
    untold = splits.facts.cardinalities and scaling != "none"
    return "; the codes of categories are taken as they are" if untold else ""
