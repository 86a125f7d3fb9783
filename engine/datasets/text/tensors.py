"""Numbered texts as the tensors that are trained on."""

from __future__ import annotations

import torch

from engine.datasets.base import Splits, TensorData
from engine.datasets.preprocess import Tokens
from engine.datasets.split import Indices
from engine.datasets.text.prepare import Prepared
from engine.facts import Facts


def splits_of(prepared: Prepared, facts: Facts, notes: tuple[str, ...]) -> Splits:
    """The three splits; inputs are token numbers (N, length) int32, 0 where a text is over."""
    train, val, test = (
        _part(prepared, prepared.indices[name]) for name in ("train", "val", "test")
    )
    return Splits(train, val, test, facts, Tokens(), notes)


def _part(prepared: Prepared, rows: Indices) -> TensorData:
    encoder = prepared.encoder
    inputs = torch.zeros(len(rows), encoder.length, dtype=torch.int32)
    for place, row in enumerate(rows.tolist()):
        ids = encoder.cut(prepared.ids[row])
        inputs[place, : len(ids)] = torch.from_numpy(ids)
    return TensorData(inputs, torch.from_numpy(prepared.targets[rows]))
