"""Architectures for images and tables: right shapes, gradients everywhere, problems."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args

import pytest
import torch
from torch import nn

from engine.architectures.base import Activation, Architecture, Norm
from engine.architectures.layers import set_dropout
from engine.facts import Facts
from engine.recipe import Recipe
from engine.schema import COMPONENTS, component_name

NAMES = [
    component_name(cls)
    for cls in COMPONENTS.classes("architecture")
    if issubclass(cls, Architecture) and "image" in cls.inputs and cls.suggested
]
SHAPES = [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 96, 64), (1, 5, 7), (1, 1, 9), (2, 2, 2)]


def facts_of(shape: tuple[int, ...]) -> Facts:
    kind = "table" if len(shape) == 1 else "image"
    return Facts(kind, shape, "classes", tuple("abcde"), 100)


def network(name: str, shape: tuple[int, ...], dropout: float = 0.0, **options: Any) -> nn.Module:
    architecture = COMPONENTS.get("architecture", name)(**options)
    assert isinstance(architecture, Architecture)
    return architecture.build(facts_of(shape), 5, dropout)


def recipe_of(architecture: Any) -> Recipe:
    return Recipe.parse({"version": 1, "dataset": "digits", "architecture": architecture})


def recipe(architecture: Any, dataset: str = "digits", **training: Any) -> list[str]:
    data = {"version": 1, "dataset": dataset, "architecture": architecture, "training": training}
    return [str(problem) for problem in Recipe.problems(data)]


def learns(model: nn.Module, shape: tuple[int, ...]) -> None:
    """Logits of the right shape for several samples and for one, and a gradient everywhere."""
    logits = model(torch.randn(4, *shape))
    assert logits.shape == (4, 5)
    (logits * torch.randn(4, 5)).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
    model.eval()
    assert model(torch.randn(1, *shape)).shape == (1, 5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_every_image_is_mapped_to_logits(name, shape):
    learns(network(name, shape), shape)


@pytest.mark.parametrize("shape", [(1,), (4,), (30,)], ids=str)
@pytest.mark.parametrize("name", ["mlp", "linear"])
def test_every_row_is_mapped_to_logits(name, shape):
    learns(network(name, shape), shape)


@pytest.mark.parametrize("norm", get_args(Norm))
@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_every_norm_and_activation(name, activation, norm):
    learns(network(name, (1, 8, 8), 0.1, activation=activation, norm=norm), (1, 8, 8))


@pytest.mark.parametrize(
    ("cell", "norm", "bidirectional"),
    list(product(["rnn", "lstm", "gru"], get_args(Norm), [False, True])),
)
def test_every_recurrent_network(cell, norm, bidirectional):
    options = {"cell": cell, "norm": norm, "bidirectional": bidirectional, "hidden": [8, 6]}
    learns(network("rnn", (3, 10, 8), 0.1, **options), (3, 10, 8))


@pytest.mark.parametrize("head", ["flatten", "average", "max"])
@pytest.mark.parametrize("pool", ["max", "average", "none"])
@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 3, 3), (1, 33, 2)], ids=str)
def test_every_convolutional_network(shape, kernel, pool, head):
    options = {"channels": [4] * 5, "kernel": kernel, "pool": pool, "head": head, "depth": 2}
    learns(network("cnn", shape, **options), shape)


@pytest.mark.parametrize("options", [{"hidden": []}, {"channels": []}, {"hidden": [3, 2]}])
def test_lists_may_be_empty_or_long(options):
    learns(network("cnn", (1, 8, 8), norm="none", **options), (1, 8, 8))


def test_hidden_sizes_are_the_layers():
    model = network("mlp", (1, 8, 8), hidden=[7, 3])
    linear = [(m.in_features, m.out_features) for m in model if isinstance(m, nn.Linear)]
    assert linear == [(64, 7), (7, 3), (3, 5)]
    model = network("rnn", (2, 8, 4), hidden=[7, 3], bidirectional=True)
    cells = [m for m in model.modules() if isinstance(m, nn.RNNBase)]
    assert [(cell.input_size, cell.hidden_size) for cell in cells] == [(8, 7), (14, 3)]


def test_channels_are_the_blocks_and_pooling_stops_in_time():
    model = network("cnn", (1, 28, 28), channels=[4, 8, 8, 8, 8], depth=2, hidden=[])
    convolutions = [m.out_channels for m in model if isinstance(m, nn.Conv2d)]
    assert convolutions == [4, 4, 8, 8, 8, 8, 8, 8, 8, 8]
    assert sum(isinstance(m, nn.MaxPool2d) for m in model) == 3  # 28, 14, 7, 3
    assert model[-1].in_features == 8 * 3 * 3


def test_each_block_may_have_its_own_depth():
    model = network("cnn", (1, 8, 8), channels=[4, 6], depth=[1, 3], hidden=[], pool="none")
    convolutions = [m.out_channels for m in model if isinstance(m, nn.Conv2d)]
    assert convolutions == [4, 6, 6, 6]
    assert model[-1].in_features == 6 * 8 * 8
    alike = [recipe_of({"name": "cnn", "depth": depth}) for depth in (2, [2])]
    assert alike[0] == alike[1]
    (problem,) = recipe({"name": "cnn", "depth": [1, 2, 3]})
    assert problem.startswith("architecture.depth: There are 3 depths for 2 blocks")


def test_a_residual_layer_adds_what_goes_into_it():
    model = network("mlp", (4,), hidden=[4, 3], residual=True).eval()
    rows = torch.randn(2, 4)
    same, narrower = model[1], model[2]
    assert torch.allclose(same(rows), rows + same.layers(rows))
    assert narrower(rows).shape == (2, 3)
    learns(network("mlp", (1, 8, 8), 0.1, residual=True, norm="batch"), (1, 8, 8))


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_cells_are_known_by_their_own_names(name):
    for written in (name, {"name": name}):
        architecture = recipe_of(written).architecture
        assert (architecture.name, architecture.cell) == ("rnn", name)
    assert recipe_of({"name": name, "hidden": [5]}).architecture.hidden == (5,)


def test_average_head_does_not_know_the_size_of_the_image():
    model = network("cnn", (1, 28, 28), head="average")
    assert model(torch.randn(2, 1, 50, 30)).shape == (2, 5)


@pytest.mark.parametrize("name", NAMES)
def test_dropout_is_always_there_and_can_be_changed(name):
    options = {"hidden": [8, 6]} if name == "rnn" else {}
    model = network(name, (1, 8, 8), 0.0, **options)
    assert parts_dropped(model) == parts_dropped(network(name, (1, 8, 8), 0.3, **options), 0.3)
    set_dropout(model, 0.4)
    assert parts_dropped(model, 0.4)
    images = torch.randn(4, 1, 8, 8)
    assert not torch.equal(model(images), model(images))
    set_dropout(model, 0.0)
    assert torch.equal(model(images), model(images))


def parts_dropped(model: nn.Module, p: float = 0.0) -> list[str]:
    """Where the dropout layers are; all of them drop `p`."""
    found = [(name, m.p) for name, m in model.named_modules() if isinstance(m, nn.Dropout)]
    assert found
    assert {part for _, part in found} == {p}
    return [name for name, _ in found]


@pytest.mark.parametrize("name", NAMES)
def test_idle_dropout_copies_nothing_and_draws_nothing(name):
    model = network(name, (1, 8, 8), 0.0)
    (first, *_) = [m for m in model.modules() if isinstance(m, nn.Dropout)]
    state, activations = torch.get_rng_state(), torch.ones(4, 8)
    assert first(activations) is activations
    assert torch.equal(state, torch.get_rng_state())


def test_the_last_state_of_both_directions_has_read_everything():
    model = network("rnn", (1, 6, 4), bidirectional=True, cell="gru").eval()
    image = torch.randn(1, 1, 6, 4, requires_grad=True)
    last = model[:-1](image)
    for half in last.chunk(2, dim=1):
        (gradient,) = torch.autograd.grad(half.sum(), image, retain_graph=True)
        assert (gradient.abs().sum(3) > 0).all()  # every row matters, to either direction


def test_an_image_is_read_row_by_row():
    model = network("rnn", (2, 3, 4))
    image = torch.arange(24.0).view(1, 2, 3, 4)
    rows = model[0](image)
    assert rows.tolist()[0][0] == [0, 1, 2, 3, 12, 13, 14, 15]
    assert rows.shape == (1, 3, 8)


@pytest.mark.parametrize("name", ["cnn", "rnn"])
def test_a_table_is_a_problem_of_image_networks(name):
    (problem,) = recipe(name, "iris")
    assert problem.startswith(f"architecture: {name} cannot read iris")
    assert "choose mlp, tabular, ft_transformer or linear" in problem


@pytest.mark.parametrize("name", ["mlp", "cnn", "rnn"])
def test_batch_norm_of_single_samples_is_a_problem(name):
    (problem,) = recipe({"name": name, "norm": "batch"}, batch_size=1)
    assert problem.startswith("architecture.norm: Batch normalization needs more than one sample")
    assert not recipe({"name": name, "norm": "layer"}, batch_size=1)
    assert not recipe({"name": name, "norm": "batch"}, batch_size=2)


@pytest.mark.parametrize("norm", ["layer", "group"])
@pytest.mark.parametrize("name", ["mlp", "cnn", "rnn"])
def test_normalising_one_unit_is_a_problem(name, norm):
    (problem,) = recipe({"name": name, "norm": norm, "hidden": [4, 1]})
    assert problem.startswith("architecture.norm: Normalizing a layer of a single unit")
    assert not recipe({"name": name, "norm": norm, "hidden": [4, 2]})


def test_a_recurrent_network_without_layers_is_a_problem():
    (problem,) = recipe({"name": "rnn", "hidden": []})
    assert problem.startswith("architecture.hidden: rnn needs at least one")
