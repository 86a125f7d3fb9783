"""The table of torchvision's networks is what torchvision has, and every one of them is built."""

from __future__ import annotations

import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import models

from engine.architectures.blocks import blocks_of
from engine.architectures.vision.building import headed
from engine.architectures.vision.component import Torchvision
from engine.architectures.vision.registry import NAMES, sides_of
from engine.facts import Facts

SMALLEST = ("alexnet", "convnext_tiny", "googlenet", "inception_v3", "squeezenet1_0",
            "squeezenet1_1", "vgg11")  # fmt: skip


def pictures(channels: int, height: int, width: int) -> Facts:
    return Facts("image", (channels, height, width), "classes", ("a", "b", "c"), 10)


def on_meta(model: str, facts: Facts) -> torch.nn.Module:
    with torch.device("meta"):
        return headed(model, facts, (3, 0.5, "layer"), published=False)


def passes(model: str, height: int, width: int) -> bool:
    network = on_meta(model, pictures(3, height, width))
    try:
        return network(torch.empty(2, 3, height, width, device="meta")).shape == (2, 3)
    except RuntimeError:
        return False


def resized_by(model: str) -> str:
    """How a network with weights wants pictures resized."""
    chosen = {"name": "torchvision", "model": model, "weights": "published"}
    wished = Torchvision.model_validate(chosen).dataset_defaults()
    return str(wished.get("interpolation", "bilinear"))


def test_the_names_are_torchvisions() -> None:
    assert list(NAMES) == models.list_models(module=models)


@pytest.mark.usefixtures("undrawn")
def test_every_network_is_built_with_a_head_of_its_own() -> None:
    for model in NAMES:
        sides = sides_of(model)
        network = on_meta(model, pictures(2, sides.usual, sides.usual))
        assert network.head.linear.out_features == 3
        tensors = [*network.parameters(), *network.buffers()]
        assert all(tensor.is_meta for tensor in tensors), model
        drops = [p for p in network.backbone.modules() if isinstance(p, torch.nn.Dropout)]
        assert not any(part.p for part in drops), model
        blocks = [name for block in blocks_of(network.backbone) for name in block]
        names = [name for name, _ in network.backbone.named_parameters()]
        held = [n for n in names if any(n == b or n.startswith(f"{b}.") for b in blocks)]
        assert held == names, model


def test_sizes_crops_and_normalization_are_those_of_the_published_weights() -> None:
    for model in NAMES:
        transforms = models.get_model_weights(model).DEFAULT.transforms()
        sides = sides_of(model)
        assert (sides.resized, sides.usual) == (
            transforms.resize_size[0], transforms.crop_size[0]
        ), model  # fmt: skip
        known = Torchvision.model_validate({"name": "torchvision", "model": model})
        assert known.normalization() == (tuple(transforms.mean), tuple(transforms.std)), model
        assert transforms.interpolation.value == resized_by(model), model


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("model", SMALLEST)
def test_below_the_smallest_size_nothing_is_left_of_an_image(model: str) -> None:
    least = sides_of(model).smallest
    assert passes(model, least, least)
    assert not passes(model, least - 1, least - 1)


@pytest.mark.parametrize(
    ("model", "height", "width"),
    [("resnet18", 1, 1), ("mobilenet_v2", 5, 3), ("swin_t", 8, 40), ("densenet121", 29, 64),
     ("vit_b_32", 64, 64), ("maxvit_t", 224, 224), ("regnet_x_400mf", 9, 9)],
)  # fmt: skip
@pytest.mark.usefixtures("undrawn")
def test_sizes_that_pass(model: str, height: int, width: int) -> None:
    assert sides_of(model).takes(height, width)
    assert passes(model, height, width)


@pytest.mark.parametrize(
    ("model", "size", "nearest"),
    [("inception_v3", (60, 90), (75, 90)), ("vit_b_16", (50, 50), (48, 48)),
     ("vit_b_16", (32, 64), (64, 64)), ("vit_h_14", (8, 8), (14, 14)),
     ("maxvit_t", (300, 300), (224, 224)), ("maxvit_t", (400, 400), (448, 448))],
)  # fmt: skip
def test_the_nearest_size(model: str, size: tuple[int, int], nearest: tuple[int, int]) -> None:
    sides = sides_of(model)
    assert not sides.takes(*size)
    assert sides.nearest(*size) == nearest
    assert sides.takes(*nearest)
