"""From whole tensors to the three splits that a training uses."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from engine.datasets import preprocess
from engine.datasets.base import Dataset, Splits, TensorData
from engine.datasets.split import Indices, take_apart
from engine.facts import Facts


class HasTestFraction(Protocol):
    """A dataset without an official test part: it cuts its own."""

    test_fraction: float


def split_three_ways(dataset: Dataset, inputs: Tensor, targets: Tensor) -> Splits:
    """Cut one body of samples into train, val and test as the dataset's options say."""
    facts = dataset.facts()
    test_fraction: float = getattr(dataset, "test_fraction", 0.15)
    kept = thinned(dataset, targets, facts, len(targets))
    inputs, targets = inputs[kept], targets[kept]
    fractions = (test_fraction, dataset.val_fraction)
    labels = _labels(targets, facts)
    test, val, train = take_apart(len(targets), fractions, dataset.split_seed, labels)
    parts = [TensorData(inputs[part], targets[part]) for part in (train, val, test)]
    return finish(facts, *parts)


def thinned(dataset: Dataset, targets: Tensor, facts: Facts, total: int) -> Indices:
    """Indices of the part of these samples that `dataset.subset` of `total` leaves."""
    if dataset.subset is None or dataset.subset >= total:
        return take_apart(len(targets), (), dataset.split_seed, None)[0]
    share = dataset.subset / total
    return take_apart(len(targets), (share,), dataset.split_seed, _labels(targets, facts))[0]


def finish(facts: Facts, train: TensorData, val: TensorData, test: TensorData) -> Splits:
    """Fit the preprocessing on the training part alone."""
    regression = facts.task == "regression"
    fitted = preprocess.fit(train.inputs, train.targets if regression else None)
    return Splits(train, val, test, facts, fitted)


def _labels(targets: Tensor, facts: Facts) -> Indices | None:
    return targets.numpy() if facts.task == "classes" else None
