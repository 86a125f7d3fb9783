"""The normalization that belongs to weights, in the place of that of the data."""

from __future__ import annotations

import json
from dataclasses import replace

import torch
from torch import Tensor

from engine.datasets.base import Splits
from engine.datasets.preprocess import Preprocess
from engine.facts import Facts

Colours = tuple[float, ...]


def normalized(splits: Splits, mean: Colours, std: Colours) -> Splits:
    """Images normalised by the mean and deviation (3,) of the weights, white being 1 there; the
    targets' scale stays that of the training split. Images that are not of three colours get the
    mean of the three for each channel."""
    facts, fitted = splits.facts, splits.preprocess
    means, deviations = (_by_channel(values, facts.shape[0]) for values in (mean, std))
    preprocess = Preprocess(
        means * facts.brightest, deviations * facts.brightest,
        fitted.target_mean, fitted.target_std,
    )  # fmt: skip
    about = json.loads(facts.encoding) if facts.encoding else None
    seen = None if about is None else (about.get("zoom", 1.0), about.get("interpolation", ""))
    return replace(splits, preprocess=preprocess, normalised=told(facts, mean, std, seen))


def told(facts: Facts, mean: Colours, std: Colours, seen: tuple[float, str] | None) -> str:
    """The same in a sentence. `seen` is the zoom and the interpolation with which pictures in files
    are read; it is None where samples are no files."""
    means, deviations = (_shown(_by_channel(values, facts.shape[0])) for values in (mean, std))
    said = (
        f"Each channel is normalised as the weights want it: mean {means}, deviation {deviations},"
        " white being 1"
    )
    if seen is None:
        return said
    (zoom, interpolation), (_, height, width) = seen, facts.shape
    part = "the whole of the square" if zoom == 1 else f"the middle {1 / zoom:.1%} of the sides"
    how = ", resized bicubically" if interpolation == "bicubic" else ""
    return f"{said}; of each picture {part} is seen at {width} x {height} pixels{how}"


def _by_channel(values: Colours, channels: int) -> Tensor:
    """(C, 1, 1)."""
    given = torch.tensor(values, dtype=torch.float64)
    if channels != len(values):
        given = given.mean().expand(channels)
    return given[:, None, None].float()


def _shown(values: Tensor) -> str:
    return " ".join(f"{value:.3g}" for value in values.flatten().tolist())
