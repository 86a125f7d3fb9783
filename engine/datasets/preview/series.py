"""Series in a preview: the whole course thinned out, where the splits meet, single windows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch

from engine.datasets.base import Dataset, Splits, TensorData
from engine.views import SeriesLine, SeriesPart, SeriesView, Window

if TYPE_CHECKING:
    from torch import Tensor

MOST_POINTS = 2_000
_NO_TIMES: npt.NDArray[np.float64] = np.zeros(0)


def whole(part: TensorData) -> Tensor:
    """All rows (T, channels) of the series that the windows of a part are views of."""
    inputs = part.inputs
    channels, step = inputs.shape[2], inputs.stride(1)
    rows = inputs.untyped_storage().nbytes() // inputs.element_size() // max(1, step)
    return torch.as_strided(inputs, (rows, channels), (step, inputs.stride(2)), 0)


def start_of(part: TensorData, index: int) -> int:
    """The row of the whole series at which a window begins."""
    inputs = part.inputs
    return (inputs.storage_offset() + index * inputs.stride(0)) // max(1, inputs.stride(1))


def windows_of(splits: Splits, dataset: Dataset | None, places: list[int]) -> dict[int, Window]:
    """Training samples with their target continuation and their time stamps."""
    facts, part, seen = splits.facts, splits.train, _seen(dataset)
    found: dict[int, Window] = {}
    for place in places:
        start, target = start_of(part, place), np.zeros((0, 0), np.float32)
        if facts.horizon:
            target = part.targets[place].float().numpy().reshape(facts.horizon, -1)
        times: tuple[str, ...] = ()
        if seen is not None and seen.time_column:
            stop = start + facts.shape[0] + facts.horizon
            times = tuple(seen.when(row) for row in range(start, min(stop, len(seen.times))))
        found[place] = Window(start, part.inputs[place].float().numpy(), target, times)
    return found


def _seen(dataset: Dataset | None) -> Any:
    """The series as its file tells it; None where there is no file."""
    from engine.datasets.series import series_view

    return None if dataset is None else series_view(dataset)


def whole_series(splits: Splits, dataset: Dataset | None) -> SeriesView:
    """The course of every column, and the rows of each split."""
    facts, seen = splits.facts, _seen(dataset)
    if seen is None:
        rows = whole(splits.train)
        names = facts.features or tuple(f"x{place + 1}" for place in range(rows.shape[1]))
        lines = tuple(
            line_of(name, rows[:, place].numpy(), place in facts.target_channels)
            for place, name in enumerate(names)
        )
        parts = _parts(splits)
        return SeriesView(len(rows), facts.shape[0], facts.horizon, lines, parts, _NO_TIMES)
    lines = tuple(
        line_of(name, seen.values[:, place], name in seen.targets)
        for place, name in enumerate(seen.columns)
    )
    borders = (("train", seen.first, seen.val), ("val", seen.val, seen.test),
               ("test", seen.test, len(seen.times)))  # fmt: skip
    parts = tuple(
        SeriesPart(name, start, stop, seen.when(start), seen.when(stop - 1))
        for name, start, stop in borders
        if stop > start
    )
    times = _seconds(seen.times) if seen.time_column else _NO_TIMES
    return SeriesView(len(seen.times), seen.window, seen.horizon, lines, parts, times)


def _seconds(times: Any) -> npt.NDArray[np.float64]:
    if np.issubdtype(times.dtype, np.datetime64):
        return np.asarray(times.astype("datetime64[s]").astype(np.float64))
    return np.asarray(times, np.float64)


def line_of(name: str, values: npt.NDArray[Any], target: bool = False) -> SeriesLine:
    """A channel (T,) thinned to pairs of the smallest and the largest value of each stretch, so
    that no spike is lost; gaps are left out."""
    known = np.flatnonzero(np.isfinite(values))
    rows = known[thinned(values[known])]
    return SeriesLine(name, rows, values[rows].astype(np.float32), target)


def thinned(values: npt.NDArray[Any], most: int = MOST_POINTS) -> npt.NDArray[np.int64]:
    """The rows (points,) that are kept, in order, the first and the last among them."""
    count = len(values)
    if count <= most:
        return np.arange(count)
    borders = np.linspace(0, count, most // 2).astype(np.int64)
    kept = {0, count - 1}
    for start, stop in pairwise(borders.tolist()):
        stretch = values[start:stop]
        kept |= {int(start + stretch.argmin()), int(start + stretch.argmax())}
    return np.array(sorted(kept), np.int64)


def _parts(splits: Splits) -> tuple[SeriesPart, ...]:
    """What each part is judged by: a window may look back into the part before, its target never
    lies there."""
    facts, found = splits.facts, []
    lead = facts.shape[0] if facts.horizon else facts.shape[0] - 1
    for name, part in splits.named().items():
        if len(part):
            first, last = start_of(part, 0), start_of(part, len(part) - 1)
            begin = first if name == "train" else first + lead
            found.append(SeriesPart(name, begin, last + lead + max(1, facts.horizon)))
    return tuple(found)
