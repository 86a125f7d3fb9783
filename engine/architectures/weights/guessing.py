"""Whose weights a file holds: torchvision's network that has just as many numbers to learn."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from engine import torchsetup as torchsetup  # isort: skip  torchvision must be mended first
from torchvision import models

from engine.architectures.vision.registry import NAMES
from engine.architectures.weights.report import COUNTER

_COUNTED = ("running_mean", "running_var", COUNTER)
"""Ends of names of what is no parameter."""
_CLASSES = 1000


def whose(tensors: Mapping[str, Tensor]) -> str:
    """The network whose weights these are, with a last layer for any number of classes or without
    one; "" where none is known. No network is made for that."""
    weights = [
        tensor for name, tensor in tensors.items()
        if tensor.is_floating_point() and not name.endswith(_COUNTED)
    ]  # fmt: skip
    count = sum(tensor.numel() for tensor in weights)
    known = {models.get_model_weights(name).DEFAULT.meta["num_params"]: name for name in NAMES}
    found = (known.get(count + more) for more in (0, *_lacking(weights)))
    return next((name for name in found if name), "")


def _lacking(weights: list[Tensor]) -> list[int]:
    """How many numbers more a last layer for ImageNet's classes would have: in the place of one
    for other classes, and behind the last kernels if there is none."""
    found = []
    if len(weights) > 1 and weights[-1].dim() == 1 and len(weights[-1]):
        last, classes = weights[-2], len(weights[-1])
        if last.shape[:1] == (classes,):
            found.append((_CLASSES - classes) * (last[0].numel() + 1))
    kernels = [each for each in weights if each.dim() == 4]
    if kernels:
        found.append(_CLASSES * (kernels[-1].shape[0] + 1))
    return found
