"""First weights: spreads by formula, gates and biases, what is left alone, and the defaults."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
import torch
from torch import nn

from engine.architectures.base import Architecture
from engine.architectures.initialisation import initialise, layers_with_matrices
from engine.architectures.making import network_of
from engine.recipe import Recipe
from engine.schema import COMPONENTS
from tests.engine.architectures.sequences import CASES, FACTS, samples

RECIPE = {"version": 1, "dataset": "digits"}


def made(name: str, init: str = "default", **options: Any) -> nn.Module:
    """The network of a recipe on the digits, from one seed."""
    data = {"name": name, "init": init, **options}
    recipe = Recipe.parse({**RECIPE, "architecture": data})
    torch.manual_seed(5)
    return network_of(recipe, recipe.dataset.facts())


def drawn(network: nn.Module, init: str) -> nn.Module:
    """A network with its weights drawn anew."""
    torch.manual_seed(5)
    initialise(network, COMPONENTS.get("architecture", "mlp")(init=init))  # type: ignore[arg-type]
    return network


def orthogonal(matrix: torch.Tensor) -> bool:
    """Whether the rows, or the columns of a tall one, are of length one and at right angles."""
    wide = matrix.detach().flatten(1)
    wide = wide if wide.shape[0] <= wide.shape[1] else wide.T
    return torch.allclose(wide @ wide.T, torch.eye(wide.shape[0]), atol=1e-5)


def test_the_defaults_leave_the_bits_and_the_generator() -> None:
    torch.manual_seed(5)
    recipe = Recipe.parse({**RECIPE, "architecture": "cnn"})
    plain = recipe.architecture.build(recipe.dataset.facts(), 10, 0.0)
    following = torch.rand(3)
    network = made("cnn")
    assert torch.equal(torch.rand(3), following)
    for one, other in zip(plain.parameters(), network.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(("init", "variance"), [("kaiming", 2 / 400), ("xavier", 2 / (400 + 300))])
def test_spreads_follow_the_formulas(init: str, variance: float) -> None:
    layer = drawn(nn.Linear(400, 300), init)
    assert layer.weight.var().item() == pytest.approx(variance, rel=0.05)
    assert not layer.bias.any()
    if init == "xavier":
        assert layer.weight.abs().max().item() <= sqrt(3 * variance)


def test_a_convolution_counts_its_window() -> None:
    layer = drawn(nn.Conv2d(40, 50, 3), "kaiming")
    assert layer.weight.var().item() == pytest.approx(2 / (40 * 9), rel=0.05)
    assert orthogonal(drawn(nn.Conv2d(4, 6, 3), "orthogonal").weight)
    turned = drawn(nn.ConvTranspose2d(4, 6, 3), "orthogonal").weight
    assert orthogonal(turned.transpose(0, 1))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("init", ["kaiming", "xavier", "orthogonal"])
def test_each_gate_of_a_recurrent_layer_counts_alone(cell: str, init: str) -> None:
    layer = next(
        part for part in made("rnn", init, cell=cell, hidden=[16]).modules()
        if isinstance(part, nn.RNNBase)
    )  # fmt: skip
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    for matrix in layer.weight_hh_l0.chunk(gates):
        assert orthogonal(matrix)
    if init == "orthogonal":
        assert all(orthogonal(matrix) for matrix in layer.weight_ih_l0.chunk(gates))
    biases = layer.bias_ih_l0 + layer.bias_hh_l0
    forgets = torch.zeros(gates * 16)
    forgets[16:32] = 1.0 if cell == "lstm" else 0.0
    assert torch.equal(biases, forgets[: gates * 16])


def test_query_key_and_value_are_three_matrices() -> None:
    network = made("transformer", "orthogonal", width=12, heads=2)
    (weight, *_) = [p for name, p in network.named_parameters() if "query_key_value.w" in name]
    assert all(orthogonal(matrix) for matrix in weight.chunk(3))
    attention = drawn(nn.MultiheadAttention(12, 2), "orthogonal")
    assert all(orthogonal(matrix) for matrix in attention.in_proj_weight.chunk(3))


def test_norms_and_vectors_that_are_looked_up_stay() -> None:
    for name, wanted, options in [
        ("transformer", "text", {"pooling": "cls"}),
        ("rnn", "text", {"norm": "layer"}),
        ("gpt", "tokens", {}),
    ]:
        architecture = COMPONENTS.get("architecture", name)(**options)
        assert isinstance(architecture, Architecture)
        network = architecture.build(FACTS[wanted], len(FACTS[wanted].targets), 0.0)
        before = {key: value.clone() for key, value in network.state_dict().items()}
        drawn(network, "xavier")
        after = network.state_dict()
        kept = {key for key in before if torch.equal(before[key], after[key])}
        changed = before.keys() - kept
        assert any(key.endswith("weight") for key in changed)
        kinds = (nn.Embedding, nn.LayerNorm)
        looked_up = [n for n, part in network.named_modules() if isinstance(part, kinds)]
        assert all(f"{name}.weight" in kept for name in looked_up)
        if name == "gpt":  # the head is tied to the vectors
            assert network[-1].weight is network[0].weight  # type: ignore[index]


@pytest.mark.parametrize(("wanted", "name"), CASES)
@pytest.mark.parametrize("init", ["kaiming", "orthogonal"])
def test_every_architecture_takes_it(wanted: str, name: str, init: str) -> None:
    architecture = COMPONENTS.get("architecture", name)(init=init)
    assert isinstance(architecture, Architecture)
    facts = FACTS[wanted]
    network = architecture.build(facts, len(facts.targets), 0.0)
    before = {key: value.clone() for key, value in network.named_parameters()}
    initialise(network, architecture)
    assert any(not torch.equal(before[key], value) for key, value in network.named_parameters())
    assert torch.isfinite(network(samples(wanted))).all()


@pytest.mark.parametrize(("wanted", "name"), CASES)
def test_a_last_layer_of_zeros_answers_alike(wanted: str, name: str) -> None:
    options = {"tie_weights": False} if name == "gpt" else {}
    architecture = COMPONENTS.get("architecture", name)(zero_last=True, **options)
    assert isinstance(architecture, Architecture)
    facts = FACTS[wanted]
    network = architecture.build(facts, len(facts.targets), 0.0)
    initialise(network, architecture)
    answers = network(samples(wanted))
    if name == "nlinear":  # it adds the last value of the window
        answers = answers.unflatten(1, (facts.horizon, -1)) - samples(wanted)[:, -1:, [0, 2]]
    assert not answers.any()
    answers.sum().backward()
    assert all(p.grad is not None for layer in layers_with_matrices(network)[-1:]
               for p in layer.parameters(recurse=False))  # fmt: skip


def test_nothing_happens_on_the_meta_device() -> None:
    with torch.device("meta"):
        layer = nn.Linear(3, 4)
    state = torch.get_rng_state()
    initialise(layer, COMPONENTS.get("architecture", "mlp")(init="xavier", zero_last=True))  # type: ignore[arg-type]
    assert torch.equal(torch.get_rng_state(), state)
