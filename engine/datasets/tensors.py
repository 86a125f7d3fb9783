"""From whole tensors to the three splits that a training uses."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.datasets import preprocess
from engine.datasets.base import Dataset, SelfSplit, Splits, TensorData
from engine.datasets.split import LEAST, Indices, cut, thinned, three_ways
from engine.facts import Facts


def split_three_ways(dataset: SelfSplit, inputs: Tensor, targets: Tensor) -> Splits:
    """Cut one body of samples into train, val and test as the dataset's options say."""
    facts, whole = dataset.facts(), TensorData(inputs, targets)
    parts = three_ways(
        _groups(targets, facts),
        (dataset.test_fraction, dataset.val_fraction),
        dataset.split_seed,
        dataset.subset,
    )
    return finish(facts, *(_pick(whole, part) for part in (parts.train, parts.val, parts.test)))


def split_official(dataset: Dataset, train: TensorData, test: TensorData) -> Splits:
    """Cut validation off the official training part; the official test part stays as it is.

    A subset thins both parts alike, so that the test keeps its share.
    """
    facts, random = dataset.facts(), np.random.default_rng(dataset.split_seed)
    total = len(train) + len(test)
    if dataset.subset is not None and dataset.subset < total:
        wanted = min(max(1, round(dataset.subset * len(test) / total)), dataset.subset - LEAST - 1)
        test = _thinned(test, wanted, facts, random)
        train = _thinned(train, dataset.subset - wanted, facts, random)
    val, rest = _cut(train, dataset.val_fraction, facts, random)
    return finish(facts, rest, val, test)


def finish(facts: Facts, train: TensorData, val: TensorData, test: TensorData) -> Splits:
    """Fit the preprocessing on the training part alone."""
    regression = facts.task == "regression"
    fitted = preprocess.fit(train.inputs, train.targets if regression else None)
    return Splits(train, val, test, facts, fitted)


def _thinned(data: TensorData, size: int, facts: Facts, random: np.random.Generator) -> TensorData:
    if size >= len(data):
        return data
    return _pick(data, thinned(_groups(data.targets, facts), size, random))


def _cut(
    data: TensorData, fraction: float, facts: Facts, random: np.random.Generator
) -> tuple[TensorData, TensorData]:
    part, rest = cut(_groups(data.targets, facts), fraction, random)
    return _pick(data, part), _pick(data, rest)


def _groups(targets: Tensor, facts: Facts) -> Indices:
    """What the split is stratified by: the class, or nothing where there are no classes."""
    return targets.numpy() if facts.task == "classes" else np.zeros(len(targets), np.int64)


def _pick(data: TensorData, indices: Indices) -> TensorData:
    chosen = torch.from_numpy(indices)
    return TensorData(data.inputs[chosen], data.targets[chosen])
