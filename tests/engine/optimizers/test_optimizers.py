"""Optimizers: every option reaches torch, every one learns, and what cannot be is a problem."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from engine.optimizers.base import OptimizerComponent
from engine.recipe import Recipe
from engine.schema import COMPONENTS

NAMES = COMPONENTS.names("optimizer")


def component(name: str, **options: Any) -> OptimizerComponent:
    made = COMPONENTS.get("optimizer", name)(**options)
    assert isinstance(made, OptimizerComponent)
    return made


def groups(model: nn.Module) -> list[dict[str, Any]]:
    weights = [p for p in model.parameters() if p.dim() > 1]
    biases = [p for p in model.parameters() if p.dim() == 1]
    return [{"params": weights, "weight_decay": 0.3}, {"params": biases, "weight_decay": 0.0}]


def problems(optimizer: Any, **sections: Any) -> list[str]:
    data = {"version": 1, "dataset": "digits", "architecture": "mlp", "optimizer": optimizer}
    return [str(problem) for problem in Recipe.problems(data | sections)]


BETAS = {"beta1": (0.5, "betas", (0.5, 0.999)), "beta2": (0.5, "betas", (0.9, 0.5))}
LOOP = {"implementation": ("loop", "foreach", False)}
INNER = {  # of the wrapping optimizers, whose options say nothing else of SGD
    **BETAS, "eps": (1e-3, "eps", 1e-3), "base": ("sgd", "nesterov", False),
    "momentum": None,
}  # fmt: skip

# What each option is called in torch's own optimizer; None: tested below.
OPTIONS: dict[str, dict[str, tuple[Any, str, Any] | None]] = {
    "sgd": {"momentum": (0.5, "momentum", 0.5), "nesterov": (True, "nesterov", True), **LOOP},
    "asgd": {"shrink": (0.5, "lambd", 0.5), "power": (0.5, "alpha", 0.5),
             "average_from": (5, "t0", 5.0), **LOOP},
    "adamw": {**BETAS, "eps": (1e-3, "eps", 1e-3), "amsgrad": (True, "amsgrad", True), **LOOP},
    "adam": {**BETAS, "eps": (1e-3, "eps", 1e-3), "amsgrad": (True, "amsgrad", True), **LOOP},
    "nadam": {**BETAS, "eps": (1e-3, "eps", 1e-3),
              "momentum_decay": (0.1, "momentum_decay", 0.1), **LOOP},
    "radam": {**BETAS, "eps": (1e-3, "eps", 1e-3),
              "decoupled": (True, "decoupled_weight_decay", True), **LOOP},
    "adamax": {**BETAS, "eps": (1e-3, "eps", 1e-3), **LOOP},
    "rmsprop": {"momentum": (0.5, "momentum", 0.5), "decay": (0.5, "alpha", 0.5),
                "centered": (True, "centered", True), "eps": (1e-3, "eps", 1e-3), **LOOP},
    "adagrad": {"lr_decay": (0.5, "lr_decay", 0.5), "eps": (1e-3, "eps", 1e-3),
                "initial_sum": (0.5, "initial_accumulator_value", 0.5), **LOOP},
    "adadelta": {"decay": (0.5, "rho", 0.5), "eps": (1e-3, "eps", 1e-3), **LOOP},
    "adafactor": {"decay": (0.5, "beta2_decay", -0.5), "clip": (2.0, "d", 2.0),
                  "smallest": (0.1, "eps", (None, 0.1)), **LOOP},
    "rprop": {"shrink": (0.25, "etas", (0.25, 1.2)), "grow": (2.0, "etas", (0.5, 2.0)),
              "smallest": (0.1, "step_sizes", (0.1, 50.0)),
              "largest": (1.0, "step_sizes", (1e-6, 1.0)), **LOOP},
    "muon": {"momentum": (0.5, "momentum", 0.5), "nesterov": (False, "nesterov", False),
             "iterations": (2, "ns_steps", 2), "adjust": ("original", "adjust_lr_fn", "original"),
             "beta1": None, "beta2": None, "eps": None},
    "lion": {"beta1": (0.5, "betas", (0.5, 0.99)), "beta2": (0.5, "betas", (0.9, 0.5))},
    "sam": {**INNER, "rho": (0.5, "rho", 0.5), "adaptive": (True, "adaptive", True)},
    "lookahead": {**INNER, "k": None, "alpha": None},
    "lbfgs": {"max_iter": (7, "max_iter", 7), "history_size": (3, "history_size", 3),
              "line_search": ("strong_wolfe", "line_search_fn", "strong_wolfe")},
}  # fmt: skip
CASES = [(name, key, *case) for name, keys in OPTIONS.items() for key, case in keys.items() if case]
LONGER = {"radam": 600, "muon": 800, "lion": 2000, "lookahead": 400}
"""Steps, where 200 do not go far with the usual rate."""


@pytest.mark.parametrize(("name", "key", "value", "torchs", "expected"), CASES)
def test_every_option_reaches_torch(name, key, value, torchs, expected):
    model = nn.Linear(3, 2)
    changed = component(name, **{key: value}).build(groups(model)).param_groups[0]
    assert changed[torchs] == expected
    assert component(name).build(groups(model)).param_groups[0].get(torchs) != expected


def test_no_option_is_left_out_above():
    for name in NAMES:
        declared = set(COMPONENTS.get("optimizer", name).model_fields) - {"name", "lr", "schedule"}
        assert declared == set(OPTIONS[name]), name


@pytest.mark.parametrize("name", NAMES)
def test_learning_rate_and_weight_decay_reach_every_group(name):
    model = nn.Linear(3, 2)
    optimizer = component(name, lr=0.125).build(groups(model))
    assert all(group["lr"] == 0.125 for group in optimizer.param_groups)
    covered = {id(p) for group in optimizer.param_groups for p in group["params"]}
    assert covered == {id(p) for p in model.parameters()}
    if name != "lbfgs":
        decays = [group["weight_decay"] for group in optimizer.param_groups if group["params"]]
        assert decays == [0.3, 0.0]


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_rate_fits_a_line(name):
    torch.manual_seed(0)
    model = nn.Linear(3, 1)
    inputs = torch.randn(64, 3)
    targets = inputs @ torch.tensor([[0.1], [-0.2], [0.05]])
    optimizer = component(name).build([{"params": [*model.parameters()], "weight_decay": 0.0}])

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        return loss

    before = closure().item()
    for _ in range(LONGER.get(name, 200)):
        optimizer.step(closure)
    assert closure().item() < before / 2


def test_the_implementation_is_torchs_own_choice():
    for name in NAMES:
        for group in component(name).build(groups(nn.Linear(2, 2))).param_groups:
            assert group.get("fused") is None
            assert group.get("foreach") is None


def test_nesterov_without_momentum_is_a_problem():
    (problem,) = problems({"name": "sgd", "nesterov": True, "momentum": 0.0})
    assert problem.startswith("optimizer.nesterov: Nesterov needs momentum")
    assert not problems({"name": "sgd", "nesterov": True})


@pytest.mark.parametrize(
    ("sections", "path"),
    [
        ({"regularization": {"exempt": True, "weight_decay": 0.1}}, "regularization.exempt"),
        ({"training": {"accumulate": 2}}, "training.accumulate"),
        ({"training": {"precision": "16-mixed"}}, "training.precision"),
        ({"training": {"memory_format": "channels_last"}}, "training.memory_format"),
    ],
)
def test_what_lbfgs_cannot_do_is_a_problem(sections, path):
    (problem,) = problems("lbfgs", **sections)
    assert problem.startswith(f"{path}: lbfgs cannot")
    assert problem.endswith(")")
    assert not problems("sgd", **sections)


def test_lbfgs_takes_weight_decay_for_all():
    assert not problems("lbfgs", regularization={"weight_decay": 0.1})
    assert not problems("lbfgs", regularization={"exempt": True})


def test_every_problem_of_lbfgs_is_told_at_once():
    found = problems(
        "lbfgs",
        regularization={"exempt": True, "weight_decay": 0.1},
        training={"accumulate": 2, "precision": "16-mixed"},
    )
    assert len(found) == 3
