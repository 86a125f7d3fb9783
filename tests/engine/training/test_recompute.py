"""Activation checkpointing: the same gradients, statistics and random numbers, less kept."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.architectures.making import network_of
from engine.model.summary import model_view
from engine.recipe import Recipe
from engine.training.recompute import blocks_of, checkpoint_activations
from tests.engine.training.helpers import small, train

ARCHITECTURES: dict[str, dict[str, Any]] = {
    "mlp": {"name": "mlp", "norm": "batch", "hidden": [32, 32, 32]},
    "cnn": {"name": "cnn", "depth": 2},
    "transformer": {"name": "transformer"},
    "class token": {"name": "transformer", "pooling": "cls"},
    "rnn": {"name": "rnn"},
    "linear": {"name": "linear"},
}
PIECES = {"mlp": 5, "cnn": 6, "transformer": 2, "class token": 2, "rnn": 1, "linear": 0}


def made(architecture: dict[str, Any]) -> nn.Module:
    data = {"version": 1, "dataset": "digits", "architecture": architecture}
    recipe = Recipe.parse({**data, "regularization": {"dropout": 0.3}})
    torch.manual_seed(0)
    return network_of(recipe, recipe.dataset.facts())


def learn(network: nn.Module) -> tuple[int, torch.Tensor]:
    """One backward pass; the bytes kept for it, and the random state afterwards."""
    torch.manual_seed(1)
    kept: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        loss = network(torch.randn(64, 1, 8, 8)).square().sum()
    loss.backward()
    return sum(kept.values()), torch.get_rng_state()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_gradients_statistics_and_random_numbers_are_the_same(name: str) -> None:
    network = made(ARCHITECTURES[name])
    again = copy.deepcopy(network)
    assert checkpoint_activations(again) == PIECES[name]
    (much, state), (little, state_again) = learn(network), learn(again)
    assert torch.equal(state, state_again)
    for a, b in zip(network.parameters(), again.parameters(), strict=True):
        assert torch.equal(a.grad, b.grad)
    for (key, a), (key_again, b) in zip(
        network.state_dict().items(), again.state_dict().items(), strict=True
    ):
        assert key == key_again
        assert torch.equal(a, b)
    if PIECES[name] > 1:
        assert little < 0.8 * much


def test_a_copy_computes_with_its_own_weights() -> None:
    network = made(ARCHITECTURES["transformer"])
    checkpoint_activations(network)
    twin = copy.deepcopy(network)
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.zero_()
    assert not twin.train()(torch.randn(2, 1, 8, 8)).any()


def test_blocks_are_the_largest_parts_that_come_more_than_once() -> None:
    inner = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
    network = nn.Sequential(nn.Flatten(), nn.Sequential(inner, nn.ReLU()), nn.Linear(4, 4))
    assert blocks_of(network) == ["1.0"]
    assert blocks_of(nn.Sequential(*copy.deepcopy(network), *network)) == ["1", "4"]


def test_a_training_has_the_same_bits(tmp_path: Path) -> None:
    usual = train(small(), tmp_path)
    less = train(small(training={"checkpoint_activations": True}), tmp_path)
    assert less.result.status == "finished"
    assert less.result.weights_sha256 == usual.result.weights_sha256


def test_the_estimate_of_memory_knows_it() -> None:
    data = {"version": 1, "dataset": "digits",
            "architecture": {"name": "transformer", "layers": 6}}  # fmt: skip
    usual = model_view(Recipe.parse(data)).training_bytes
    less = model_view(Recipe.parse(data | {"training": {"checkpoint_activations": True}}))
    assert less.training_bytes < 0.6 * usual
    plain = Recipe.parse(data | {"architecture": "linear", "training": {}})
    none = Recipe.parse(data | {"architecture": "linear",
                                "training": {"checkpoint_activations": True}})  # fmt: skip
    assert model_view(plain).training_bytes == model_view(none).training_bytes


def test_compiling_beside_it_is_a_problem() -> None:
    data = {"version": 1, "dataset": "digits", "architecture": "mlp",
            "training": {"compile": "default", "checkpoint_activations": True}}  # fmt: skip
    (problem,) = Recipe.problems(data)
    assert problem.path == "training.checkpoint_activations"
