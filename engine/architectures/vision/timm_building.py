"""Timm's networks without their last layer. Imports timm, which imports torchvision."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from engine import torchsetup as torchsetup  # isort: skip  torchvision must be mended first
import timm

from engine.architectures.base import HeadNorm
from engine.architectures.heading import Headed
from engine.architectures.vision.timm_models import unknown
from engine.facts import Facts
from engine.problems import Problem, ProblemError

_USUAL_SIDE = 224


def headed(model: str, facts: Facts, head: tuple[int, float, HeadNorm]) -> Headed:
    """The network with a `head`: its outputs, dropout and norm. Raises ProblemError."""
    _check_known(model)
    channels, height, width = facts.shape
    given: dict[str, Any] = {"in_chans": channels, "num_classes": 0}
    try:
        backbone = timm.create_model(model, img_size=(height, width), **given)
    except TypeError:  # a convolutional network takes every size
        backbone = timm.create_model(model, **given)
    except (ValueError, AssertionError) as error:
        raise ProblemError(_misfit(model, facts, error)) from None
    original = timm.models.get_pretrained_cfg(model)
    network = Headed(backbone, _features(backbone, facts), *head)
    classifier = getattr(original, "classifier", None) or ""
    network.replaced = classifier if isinstance(classifier, str) else classifier[0]
    return network


def normalization(model: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of the images that the network's weights were made for."""
    _check_known(model)
    config = timm.models.get_pretrained_cfg(model)
    if config is None:  # a bare architecture, of which nobody has published weights
        return timm.data.IMAGENET_DEFAULT_MEAN, timm.data.IMAGENET_DEFAULT_STD
    return tuple(config.mean), tuple(config.std)


def preprocessing(model: str) -> dict[str, Any]:
    """The side of the images that the network's weights were made for, how many times as long
    those of the pictures were before their middle was cut out, and by which interpolation, as
    options of a dataset; the usual ones of a network that timm does not know."""
    config = timm.models.get_pretrained_cfg(model) if _is_known(model) else None
    if config is None:
        return {"size": _USUAL_SIDE, "zoom": 1.0}
    zoom = round(max(1.0, 1 / config.crop_pct), 4)
    resized = {"interpolation": "bicubic"} if config.interpolation == "bicubic" else {}
    return {"size": int(config.input_size[-1]), "zoom": zoom, **resized}


def address(model: str) -> str:
    """Where the network's weights are published, in words; "" where timm knows of none."""
    config = timm.models.get_pretrained_cfg(model) if _is_known(model) else None
    if config is None:
        return ""
    if config.hf_hub_id:
        return f"model.safetensors of huggingface.co/{config.hf_hub_id}"
    return str(config.url or "")


def _is_known(model: str) -> bool:
    return bool(timm.is_model(model.partition(".")[0]))


def _check_known(model: str) -> None:
    if not _is_known(model):
        raise unknown(model, timm.list_models())


def _features(backbone: nn.Module, facts: Facts) -> int:
    """How many features the backbone gives. Some count them before a last layer of their own, so
    it is asked with images of nothing but shape."""
    for name in ("head_hidden_size", "num_features"):
        if isinstance(getattr(backbone, name, None), int):
            return int(getattr(backbone, name))
    with torch.no_grad():
        return int(backbone(torch.zeros(2, *facts.shape)).shape[1])


def _misfit(model: str, facts: Facts, error: Exception) -> Problem:
    size = "x".join(map(str, facts.shape[1:]))
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return Problem("architecture.model", f"{model} cannot read images of {size}: {reason}")
