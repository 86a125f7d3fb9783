"""Optimizers that are made of two: Muon with AdamW, SAM, Lookahead; and Rprop's weight decay."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest
import torch
from torch import nn

from engine.optimizers.hidden import hidden_matrices
from engine.recipe import Recipe
from engine.training.groups import parameter_groups
from tests.engine.optimizers.test_optimizers import component, groups, problems


def network_of(architecture: Any, dataset: str = "digits") -> tuple[Recipe, nn.Module]:
    from engine.architectures.making import network_of as made

    data = {"version": 1, "dataset": dataset, "architecture": architecture, "optimizer": "muon"}
    recipe = Recipe.parse(data)
    return recipe, made(recipe, recipe.dataset.facts())


def test_muon_takes_the_hidden_matrices_and_adamw_the_rest() -> None:
    recipe, network = network_of({"name": "transformer", "layers": 1, "pooling": "cls"})
    by_id = {id(p): name for name, p in network.named_parameters()}
    parted = parameter_groups(recipe, network)
    names = {m: {by_id[id(p)] for g in parted if g["muon"] == m for p in g["params"]}
             for m in (True, False)}  # fmt: skip
    last = list(network.named_modules())[-1][0]
    assert len(names[True]) == 4  # query, key and value; output; two layers
    assert all(dict(network.named_parameters())[name].dim() == 2 for name in names[True])
    assert f"{last}.weight" in names[False]
    assert names[True] | names[False] == set(by_id.values())
    assert not names[True] & names[False]


def test_embeddings_are_no_hidden_matrices_even_where_they_are_shared() -> None:
    network = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 4), nn.Linear(4, 5, bias=False))
    network[2].weight = network[0].weight
    assert [p is network[1].weight for p in hidden_matrices(network)] == [True]


@pytest.mark.parametrize("architecture", ["linear", {"name": "mlp", "hidden": []}])
def test_a_network_without_hidden_matrices_is_a_problem(architecture: Any) -> None:
    optimizer = component("muon")
    found = problems("muon", architecture=architecture)
    if not found:
        recipe = Recipe.parse({"version": 1, "dataset": "digits", "architecture": architecture})
        with torch.device("meta"):
            network = recipe.architecture.build(recipe.dataset.facts(), 10, 0.0)
        found = [str(problem) for problem in optimizer.unfit(network)]
    (problem,) = found
    assert problem.startswith("optimizer: muon trains the matrices of hidden layers")


def test_options_of_both_reach_their_own_groups() -> None:
    optimizer = component("muon", momentum=0.5, beta1=0.6, beta2=0.7, eps=1e-3)
    whole = [{"params": [*nn.Linear(3, 2).parameters()], "weight_decay": 0.1}]
    muon, adamw = optimizer.build(whole).param_groups
    assert (muon["muon"], muon["momentum"]) == (True, 0.5)
    assert (adamw["muon"], adamw["betas"], adamw["eps"]) == (False, (0.6, 0.7), 1e-3)


@pytest.mark.parametrize("name", ["sam", "lookahead"])
def test_momentum_is_that_of_sgd(name: str) -> None:
    made = component(name, base="sgd", momentum=0.5).build(groups(nn.Linear(3, 2)))
    assert made.param_groups[0]["momentum"] == 0.5
    assert "momentum" not in component(name).build(groups(nn.Linear(3, 2))).param_groups[0]


def steps(optimizer: torch.optim.Optimizer, model: nn.Module, count: int, first: int = 0) -> int:
    """Takes steps on random data; how many losses were measured."""
    asked = 0
    for number in range(first, first + count):
        inputs = torch.randn(8, 3, generator=torch.Generator().manual_seed(number))

        def closure(inputs: torch.Tensor = inputs) -> torch.Tensor:
            nonlocal asked
            asked += 1
            optimizer.zero_grad()
            loss = model(inputs).square().mean()
            loss.backward()
            return loss

        optimizer.step(closure)
    return asked


def test_sam_takes_two_gradients_a_step_and_goes_back_before_it_moves() -> None:
    model = nn.Linear(3, 2)
    start = copy.deepcopy(model.state_dict())
    optimizer = component("sam", base="sgd", momentum=0.0, lr=1e-30).build(groups(model))
    assert steps(optimizer, model, 3) == 6
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, start[name])


def test_sam_with_a_tiny_distance_is_its_base() -> None:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    twin = copy.deepcopy(model)
    steps(component("sam", rho=1e-12, lr=0.01).build(groups(model)), model, 5)
    steps(component("adamw", lr=0.01).build(groups(twin)), twin, 5)
    torch.testing.assert_close(model.weight, twin.weight)


def test_lookahead_goes_back_after_k_steps() -> None:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    twin, start = copy.deepcopy(model), model.weight.detach().clone()
    steps(component("lookahead", k=4, alpha=0.25, lr=0.01).build(groups(model)), model, 4)
    steps(component("adamw", lr=0.01).build(groups(twin)), twin, 4)
    torch.testing.assert_close(model.weight, torch.lerp(start, twin.weight, 0.25))


@pytest.mark.parametrize("name", ["muon", "lion", "sam", "lookahead", "rprop", "asgd"])
def test_a_state_read_without_trust_goes_on_to_the_same_bits(name: str) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
    optimizer = component(name).build(groups(model))
    steps(optimizer, model, 7)
    file = io.BytesIO()
    torch.save((optimizer.state_dict(), model.state_dict()), file)
    file.seek(0)
    kept, weights = torch.load(file, weights_only=True)
    twin = copy.deepcopy(model)
    twin.load_state_dict(weights)
    other = component(name).build(groups(twin))
    other.load_state_dict(kept)
    steps(optimizer, model, 8, first=7)
    steps(other, twin, 8, first=7)
    assert torch.equal(model[0].weight, twin[0].weight)
    assert torch.equal(model[1].bias, twin[1].bias)


def test_weights_that_come_after_building_are_where_lookahead_begins() -> None:
    """A fork whose optimizer begins anew gets its parent's weights after its optimizer is built."""
    model = nn.Linear(3, 2)
    optimizer = component("lookahead", k=1, alpha=0.5, lr=1e-9).build(groups(model))
    empty = optimizer.state_dict()
    with torch.no_grad():
        model.weight.fill_(7.0)
    optimizer.load_state_dict(empty)
    steps(optimizer, model, 1)
    torch.testing.assert_close(model.weight, torch.full((2, 3), 7.0))


def test_rprop_lets_weights_decay_by_group() -> None:
    model = nn.Linear(3, 2)
    start = copy.deepcopy(model)
    optimizer = component("rprop", lr=0.01).build(groups(model))
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    assert torch.equal(model.bias, start.bias)  # its decay is 0
    torch.testing.assert_close(model.weight, start.weight - 0.01 * start.weight.sign())


@pytest.mark.parametrize(
    ("optimizer", "sections", "path"),
    [
        ("sam", {"training": {"accumulate": 2}}, "training.accumulate"),
        ("sam", {"training": {"precision": "16-mixed"}}, "training.precision"),
        ({"name": "rprop", "schedule": "cosine"}, {}, "optimizer.schedule"),
        ({"name": "rprop", "smallest": 0.9, "largest": 0.1}, {}, "optimizer.smallest"),
        ({"name": "adamw", "implementation": "fused"},
         {"training": {"precision": "16-mixed"}, "regularization": {"clip_norm": 1.0}},
         "optimizer.implementation"),
        ({"name": "nadam", "implementation": "fused"}, {}, "optimizer.implementation"),
    ],
)  # fmt: skip
def test_what_cannot_be_combined_is_a_problem(optimizer: Any, sections: Any, path: str) -> None:
    (problem,) = problems(optimizer, **sections)
    assert problem.startswith(f"{path}: ")
    assert problem.endswith(")")
