"""The encoded rows as the tensors that are trained on, and their scaling as a module."""

from __future__ import annotations

import torch

from engine.datasets import preprocess
from engine.datasets.base import Splits, TensorData
from engine.datasets.notes import said
from engine.datasets.split import Parts
from engine.datasets.table.prepare import Prepared
from engine.datasets.table.transform import Encoded
from engine.facts import Facts


def splits_of(prepared: Prepared, parts: Parts, encoded: Encoded, facts: Facts) -> Splits:
    """The three splits; inputs are the unscaled features, scaling is the preprocessing."""
    train, val, test = (
        TensorData(torch.from_numpy(inputs), torch.from_numpy(prepared.targets[rows]))
        for inputs, rows in (
            (encoded.train, parts.train), (encoded.val, parts.val), (encoded.test, parts.test),
        )
    )  # fmt: skip
    usual = preprocess.fit(train.inputs, train.targets if facts.task == "regression" else None)
    scaled = preprocess.Preprocess(
        torch.from_numpy(encoded.offset), torch.from_numpy(encoded.scale),
        usual.target_mean, usual.target_std,
    )  # fmt: skip
    return Splits(train, val, test, facts, scaled, said(prepared.notes))
