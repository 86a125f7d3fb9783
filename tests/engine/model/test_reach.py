"""Receptive fields, checked against published ones and against real gradients."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine import torchsetup
from engine.architectures.convolutions import TemporalBlock
from engine.architectures.recurrent import RowsOfImage
from engine.model.reach import reaches
from engine.recipe import Recipe
from tests.engine.model.networks import image_facts, recorded, series_facts


def of_image(network: nn.Module, side: int) -> dict[str, tuple[int, ...]]:
    found = reaches(recorded(network, 1, side, side), image_facts(side))
    return {**found.layers, "whole": found.whole}


def seen_by_gradient(network: nn.Module, shape: tuple[int, ...], output: tuple[int, ...]) -> int:
    """How far apart the first and the last place are on which one output really depends."""
    for parameter in network.parameters():
        nn.init.uniform_(parameter, 0.5, 1.0)
    samples = torch.ones(1, *shape, requires_grad=True)
    answer: Tensor = network(samples)
    answer[(0, *output)].backward()
    assert samples.grad is not None
    places = samples.grad[0].flatten(1).any(1) if len(shape) == 2 else samples.grad[0, 0].any(1)
    found = places.nonzero().flatten()
    return int(found[-1] - found[0]) + 1


@pytest.mark.parametrize(
    ("layers", "side"),
    [
        ([nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 2, 3, dilation=2)], 21),
        ([nn.Conv2d(1, 2, 3, stride=2), nn.AvgPool2d(2), nn.Conv2d(2, 1, 3)], 41),
        ([nn.Conv2d(1, 1, 5, stride=3), nn.Conv2d(1, 1, 3, stride=2), nn.Conv2d(1, 1, 3)], 61),
    ],
)
def test_what_is_told_is_what_gradients_reach(layers: list[nn.Module], side: int) -> None:
    network = nn.Sequential(*layers)
    with torch.no_grad():
        size = network(torch.zeros(1, 1, side, side)).shape[-1]
    real = seen_by_gradient(network, (1, side, side), (0, size // 2, size // 2))
    assert of_image(network, side)["whole"] == (real, real)


def test_a_linear_layer_sees_everything_after_flattening() -> None:
    layers = nn.Sequential(nn.Conv2d(1, 4, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))
    found = of_image(layers, 8)
    assert found["0"] == (3, 3)
    assert found["1"] == found["2"] == (4, 4)
    assert found["3"] == found["whole"] == (8, 8)


def test_the_mean_of_all_places_sees_everything() -> None:
    found = of_image(nn.Sequential(nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()), 8)
    assert found["whole"] == (8, 8)


def test_rows_of_an_image_are_seen_across_and_then_down() -> None:
    network = nn.Sequential(RowsOfImage(), nn.Linear(8, 4))
    assert of_image(network, 8)["whole"] == (1, 8)


def test_what_cannot_be_followed_is_left_open() -> None:
    class Rolled(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return images.roll(1, 2)

    found = of_image(nn.Sequential(nn.Conv2d(1, 1, 3), Rolled(), nn.Conv2d(1, 1, 3)), 8)
    assert found["0"] == (3, 3)
    assert found["2"] == found["whole"] == ()


def test_causal_convolutions_look_back_as_far_as_gradients() -> None:
    blocks = [TemporalBlock((2 if b == 0 else 3, 3), 3, 2**b, "none", 0.0) for b in range(3)]
    network = nn.Sequential(*blocks)
    found = reaches(recorded(network, 64, 2), series_facts(64, 2))
    assert found.whole == (1 + 2 * 2 * (1 + 2 + 4),)
    fresh = [TemporalBlock((2 if b == 0 else 3, 3), 3, 2**b, "none", 0.0) for b in range(3)]
    assert seen_by_gradient(nn.Sequential(*fresh), (64, 2), (63, 0)) == found.whole[0]


@pytest.mark.parametrize(
    ("name", "field"), [("alexnet", 195), ("vgg16", 212), ("mobilenet_v2", 491), ("resnet18", 435)]
)
def test_published_receptive_fields(name: str, field: int) -> None:
    """Of Araujo, Norris and Sim 2019, before global pooling."""
    torchsetup.mend_torchvision()
    import torchvision.models as models

    with torch.device("meta"):
        network = getattr(models, name)()
    found = reaches(recorded(network, 3, 224, 224), image_facts(224, 3))
    assert max(max(seen) for seen in found.layers.values() if seen and seen != (224, 224)) == field
    assert found.whole == (224, 224)


@pytest.mark.parametrize(
    ("architecture", "context"),
    [
        ({"name": "gpt", "width": 8, "layers": 1, "heads": 2}, 16),
        ({"name": "tcn", "channels": [4], "kernel": 2}, 3),
        ({"name": "rnn", "hidden": [4]}, 16),
    ],
)
def test_the_context_of_language_models(tmp_path, architecture, context) -> None:
    from engine.model.summary import model_view
    from tests.engine.training.owndata import corpus_data, learning

    recipe: Recipe = learning(corpus_data(tmp_path), architecture)
    view = model_view(recipe)
    assert (view.context, view.axes, view.places) == (context, ("tokens",), (16,))
