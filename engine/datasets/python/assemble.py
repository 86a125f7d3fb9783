"""From what came back to the splits of a training."""

from __future__ import annotations

import numpy as np
import torch

from engine.datasets import preprocess
from engine.datasets.base import Splits, TensorData
from engine.datasets.image_folder.parts import Shares, divide
from engine.datasets.python.apart import Loaded
from engine.datasets.python.meaning import Aim, Array, Form
from engine.datasets.split import Indices
from engine.facts import Facts

PARTS = ("train", "val", "test")


def splits_of(loaded: Loaded, form: Form, aim: Aim, facts: Facts, shares: Shares) -> Splits:
    """The three parts: those that were given as they are, the others cut from train."""
    names = [name for name in PARTS if name in loaded.parts]
    sizes = [len(loaded.parts[name].inputs) for name in names]
    parts = np.repeat([PARTS.index(name) for name in names], sizes)
    groups = np.zeros(len(parts), np.int64)
    if aim.task == "classes":
        groups = np.concatenate([aim.targets[name] for name in names])
    starts = dict(zip(names, np.cumsum([0, *sizes[:-1]]), strict=True))
    tensors: dict[str, TensorData] = {}
    for name, indices in divide(groups, parts, shares).items():
        source = PARTS[int(parts[indices[0]])] if len(indices) else name
        own = indices - starts[source]
        inputs = _laid_out(_picked(loaded.parts[source].inputs, own), form)
        tensors[name] = TensorData(inputs, torch.from_numpy(_picked(aim.targets[source], own)))
    train, val, test = (tensors[name] for name in PARTS)
    return Splits(train, val, test, facts, _fitted(train, form, aim))


def _picked(values: Array, indices: Indices) -> Array:
    """The samples; no copy is made of a part that stays whole."""
    whole = len(indices) == len(values) and (indices == np.arange(len(values))).all()
    return values if whole else values[indices]


def _laid_out(values: Array, form: Form) -> torch.Tensor:
    """(N, *form.shape): bytes of pictures as they are, everything else float32."""
    if values.dtype == bool:
        values = values.astype(np.uint8)
    keep = form.kind == "image" and values.dtype == np.uint8
    if not keep:
        values = values.astype(np.float32, copy=False)
    if form.channels_last:
        values = values.transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(values).reshape(len(values), *form.shape))


def _fitted(train: TensorData, form: Form, aim: Aim) -> preprocess.Preprocess:
    """Statistics of the training part; of a series one for each channel."""
    inputs = train.inputs
    if form.kind == "series":
        inputs = inputs.reshape(-1, form.shape[1])
    return preprocess.fit(inputs, train.targets if aim.task == "regression" else None)
