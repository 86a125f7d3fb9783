"""The normalization that belongs to weights, in the place of that of the data."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from engine.datasets.base import Splits
from engine.datasets.preprocess import Preprocess

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
    said = (
        "Each channel is normalised as the weights want it: mean"
        f" {_shown(means)}, deviation {_shown(deviations)}, white being 1"
    )
    return replace(splits, preprocess=preprocess, normalised=said)


def _by_channel(values: Colours, channels: int) -> Tensor:
    """(C, 1, 1)."""
    given = torch.tensor(values, dtype=torch.float64)
    if channels != len(values):
        given = given.mean().expand(channels)
    return given[:, None, None].float()


def _shown(values: Tensor) -> str:
    return " ".join(f"{value:.3g}" for value in values.flatten().tolist())
