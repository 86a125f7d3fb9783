"""Training inputs that are normalised once, instead of batch by batch in every epoch."""

from __future__ import annotations

from dataclasses import replace

import psutil
import torch
from torch import Tensor

from engine.datasets.base import Splits, TensorData
from engine.datasets.preprocess import Preprocess
from engine.recipe import Recipe

LARGEST = 1 << 28
"""Bytes that the normalised inputs may take: MNIST's are 188 MB, CIFAR-10's are too many."""
MOST_OF_FREE = 0.1
"""The part of the free memory that they may take."""
BLOCK = 4096
"""Samples at once."""


def may_be_ahead(recipe: Recipe, splits: Splits, device: str) -> bool:
    """Whether the inputs are the same in every epoch, lie in memory, and are few enough.

    The numbers are those that each batch would get, so the answer, which depends on the machine,
    is in no bit of the training. To a GPU the raw bytes travel, which are fewer.
    """
    inputs = splits.train.inputs
    plain = type(inputs) is Tensor and type(splits.preprocess) is Preprocess
    changed = any(each.p > 0 for each in recipe.regularization.augmentation)
    if not plain or changed or device != "cpu":
        return False
    needed = 4 * inputs.numel()
    return needed <= min(LARGEST, MOST_OF_FREE * psutil.virtual_memory().available)


def normalised(data: TensorData, preprocess: Preprocess) -> TensorData:
    """The data with its inputs as the network sees them."""
    raw = data.inputs
    found = torch.empty(raw.shape, dtype=torch.float32)
    for start in range(0, len(raw), BLOCK):
        found[start : start + BLOCK] = preprocess(raw[start : start + BLOCK])
    return replace(data, inputs=found)
