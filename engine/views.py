"""What the window shows of data and model before training: plain values, no torch, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.facts import Facts


@dataclass(frozen=True)
class Sample:
    """One training sample: `image` (H, W) or (H, W, 3) uint8, or `row` of raw table values."""

    label: str
    image: npt.NDArray[np.uint8] | None = None
    row: tuple[float, ...] = ()


@dataclass(frozen=True)
class DataView:
    """Real samples of the training split, and counts of all splits.

    `counts[split][class]` are samples by class (empty for regression); `sizes[split]` all
    samples; `mean` and `std` the normalisation in use, one number a channel or column.
    """

    facts: Facts
    samples: tuple[Sample, ...]
    sizes: dict[str, int]
    counts: dict[str, tuple[int, ...]]
    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True)
class Layer:
    """One row of the model summary. `activation_bytes` is for one sample, float32."""

    name: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int
    activation_bytes: int


@dataclass(frozen=True)
class ModelView:
    """The network layer by layer, built on the meta device: shapes without numbers.

    `training_bytes` estimates weights, gradients, optimizer state and activations of one batch.
    """

    layers: tuple[Layer, ...]
    parameters: int
    weight_bytes: int
    training_bytes: int
    flops: int
