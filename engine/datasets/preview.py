"""Real samples of the training split and what is known of all splits, as plain values to show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.datasets.base import Progress, Splits, TensorData, silent
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.views import DataView, Sample

if TYPE_CHECKING:
    from engine.recipe import Recipe

Array = npt.NDArray[Any]


def data_view(
    recipe: Recipe,
    data_dir: Path,
    download: bool = True,
    count: int = 40,
    progress: Progress = silent,
) -> DataView:
    """The first `count` training samples, evenly by class, with counts, sizes, normalization.

    The same recipe always shows the same samples. Raises ProblemError when the data cannot be
    had: with the path "dataset.download" when it is not on disk and `download` is false.
    """
    if not download and not recipe.dataset.on_disk(data_dir):
        raise ProblemError(_not_here(recipe))
    return view_of(recipe.dataset.build(data_dir, progress), count)


def view_of(splits: Splits, count: int = 40) -> DataView:
    """The view of splits that are already loaded."""
    facts, preprocess = splits.facts, splits.preprocess
    return DataView(
        facts=facts,
        samples=_samples(splits.train, facts, count),
        sizes={name: len(part) for name, part in splits.named().items()},
        counts={name: _class_counts(part, facts) for name, part in splits.named().items()},
        mean=tuple(preprocess.mean.flatten().tolist()),
        std=tuple(preprocess.std.flatten().tolist()),
    )


def _not_here(recipe: Recipe) -> Problem:
    dataset, size = recipe.dataset, recipe.dataset.facts().download
    sentence = f"{dataset.title} is not on this machine yet: a download of {size / 1e6:,.0f} MB"
    return Problem("dataset.download", sentence, "it is fetched when the training starts")


def _class_counts(part: TensorData, facts: Facts) -> tuple[int, ...]:
    """Samples by class; with several labels each a sample counts in all of its classes."""
    targets = part.targets.numpy()
    if facts.task == "classes":
        return tuple(np.bincount(targets, minlength=len(facts.targets)).tolist())
    if facts.task == "multilabel":
        return tuple((targets > 0.5).sum(axis=0).tolist())
    return ()


# --- Samples -------------------------------------------------------------------------------------


def _samples(part: TensorData, facts: Facts, count: int) -> tuple[Sample, ...]:
    targets = part.targets.numpy()
    chosen = _evenly(targets, count) if facts.task == "classes" else np.arange(len(part))[:count]
    labels = [_label(targets[index], facts) for index in chosen]
    if facts.kind == "image":
        low, high = float(part.inputs.min()), float(part.inputs.max())
        pictures = [_picture(part.inputs[int(index)].numpy(), low, high) for index in chosen]
        pairs = zip(labels, pictures, strict=True)
        return tuple(Sample(label, image=picture) for label, picture in pairs)
    rows = [tuple(map(float, part.inputs[int(index)].tolist())) for index in chosen]
    return tuple(Sample(label, row=row) for label, row in zip(labels, rows, strict=True))


def _evenly(targets: Array, count: int) -> npt.NDArray[np.int64]:
    """Indices of one sample of each class in turn, each class in its own order, up to `count`."""
    order = np.argsort(targets, kind="stable")
    _, starts, sizes = np.unique(targets[order], return_index=True, return_counts=True)
    turn = np.arange(len(targets)) - np.repeat(starts, sizes)
    return order[np.lexsort((targets[order], turn))][:count]


def _label(target: Any, facts: Facts) -> str:
    if facts.task == "classes":
        return facts.targets[int(target)]
    if facts.task == "multilabel":
        present = (name for name, on in zip(facts.targets, target, strict=True) if on > 0.5)
        return ", ".join(present) or "none"
    return ", ".join(f"{value:.4g}" for value in np.atleast_1d(target))


def _picture(image: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    """A raw image (C, H, W) as (H, W) or (H, W, 3) bytes; the split's whole range becomes 0..255,
    so that pictures of few grey levels are not black."""
    scale = 255.0 / (high - low) if high > low else 1.0
    picture = ((image.astype(np.float32) - low) * scale).round().clip(0, 255).astype(np.uint8)
    if len(picture) < 3:  # one channel, or two that are no colours
        return np.ascontiguousarray(picture[0])
    return np.ascontiguousarray(picture[:3].transpose(1, 2, 0))
