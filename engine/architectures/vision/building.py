"""Torchvision's networks, changed to read the images there are and to give features."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from engine import torchsetup as torchsetup  # isort: skip  torchvision must be mended first
from torchvision import models

from engine.architectures.base import HeadNorm
from engine.architectures.heading import Headed, with_channels
from engine.facts import Facts

_WITH_AUXILIARY = ("googlenet", "inception_v3")
"""Networks with further heads on the way, which help to train them from the beginning."""


def headed(
    model: str, facts: Facts, head: tuple[int, float, HeadNorm], *, published: bool
) -> Headed:
    """The network with a `head`: its outputs, dropout and norm.

    `published` says that weights which were published are going to be loaded: two networks were
    trained on images in another range, and take them back to it themselves.
    """
    channels, height, width = facts.shape
    given: dict[str, Any] = {}
    if model in _WITH_AUXILIARY:
        given = {"aux_logits": False, "init_weights": True}
        given["transform_input"] = published and channels == 3
    if model.startswith("vit"):
        given["image_size"] = height
    if model.startswith("maxvit"):
        given["input_size"] = (height, width)
    with PlainNumbers() if model.startswith("regnet") else nullcontext():
        backbone = models.get_model(model, weights=None, **given)
    replaced, layer, features = _cut(backbone)
    with_channels(backbone, channels)
    network = Headed(backbone, features, *head)
    network.replaced = replaced
    network.replaced_shapes = {n: tuple(p.shape) for n, p in layer.named_parameters()}
    return network


def _cut(backbone: nn.Module) -> tuple[str, nn.Module, int]:
    """Take the layer off that names ImageNet's classes: its name, itself, and how many features it
    had.

    SqueezeNet's is a convolution with a ReLU behind it, which would forbid negative values; the
    mean of the last features is the same with a linear layer instead.
    """
    if isinstance(backbone, models.SqueezeNet):
        convolution = backbone.classifier[1]
        backbone.classifier = nn.AdaptiveAvgPool2d(1)
        return "classifier.1", convolution, int(convolution.in_channels)
    linear = [(n, part) for n, part in backbone.named_modules() if isinstance(part, nn.Linear)]
    name, last = linear[-1]
    backbone.set_submodule(name, nn.Identity())
    return name, last, last.in_features


class PlainNumbers(TorchFunctionMode):
    """RegNet works out its widths with small tensors, whose values must be there although all
    else is made on the meta device."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        plain = func is torch.arange or (func is torch.tensor and isinstance(args[0], list))
        if plain and kwargs.get("device") is None and torch.get_default_device().type == "meta":
            kwargs = {**kwargs, "device": "cpu"}
        return func(*args, **kwargs)
