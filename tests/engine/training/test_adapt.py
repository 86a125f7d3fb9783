"""Checkpoints made to fit: layers that had other names, a loss of its own, other groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.training.adapt import fitted, forked
from engine.training.begin import Fork
from engine.training.course import Course
from engine.training.loading import load_checkpoint
from engine.training.module import TrainingModule
from tests.engine.training.beginnings import folder_of
from tests.engine.training.helpers import small, train


def module_of(recipe: Recipe, data_dir: Path) -> TrainingModule:
    return TrainingModule(Course(recipe, 7), recipe.dataset.build(data_dir))


def content_of(module: nn.Module, **more: Any) -> dict[str, Any]:
    return {"state_dict": module.state_dict(), "optimizer_states": [], **more}


# --- Of the same run -----------------------------------------------------------------------------


def test_what_fits_is_handed_on_as_it_is() -> None:
    module = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    content = content_of(module)
    assert fitted(content, module) is content


def test_layers_that_were_numbered_differently_are_renamed_with_their_gradients() -> None:
    old = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    new = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Dropout(0.0), nn.Linear(3, 1))
    gradients = {"2.weight": torch.ones(1, 3)}
    content = content_of(old, callbacks={"ExactState": {"gradients": gradients}})
    found = fitted(content, new)
    assert list(found["state_dict"]) == list(new.state_dict())
    new.load_state_dict(found["state_dict"])
    assert torch.equal(new[3].weight, old[2].weight)
    assert list(found["callbacks"]["ExactState"]["gradients"]) == ["3.weight"]


@pytest.mark.parametrize(
    "other",
    [nn.Sequential(nn.Linear(2, 4)), nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)),
     nn.Sequential(nn.Linear(3, 2)), nn.Sequential()],
)  # fmt: skip
def test_other_weights_are_a_problem_of_the_recipe(other: nn.Module) -> None:
    content = content_of(nn.Sequential(nn.Linear(2, 3)))
    with pytest.raises(ProblemError, match=r"does not fit the run's recipe.*recipe\.yaml"):
        fitted(content, other)


def test_one_group_becomes_two_with_what_was_remembered_of_each_weight(tmp_path: Path) -> None:
    recipe = small(regularization={"exempt": True}, training={"epochs": 1})
    module = module_of(recipe, tmp_path)
    parameters = list(module.network.parameters())
    optimizer = torch.optim.AdamW([{"params": parameters}])
    for number, parameter in enumerate(parameters):
        parameter.grad = torch.full_like(parameter, float(number))
    optimizer.step()
    content = content_of(module) | {"optimizer_states": [optimizer.state_dict()]}
    fresh = torch.optim.AdamW(module.groups())
    fresh.load_state_dict(fitted(content, module)["optimizer_states"][0])
    assert [len(group["params"]) for group in fresh.param_groups] == [2, 4]
    for parameter in parameters:
        remembered, known = fresh.state[parameter]["exp_avg"], optimizer.state[parameter]["exp_avg"]
        assert torch.equal(remembered, known)


# --- Of a parent ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ema", [None, 0.9])
def test_a_fork_has_its_own_loss_and_its_parents_weights(tmp_path: Path, ema: float | None) -> None:
    """The weights of the classes are in the checkpoint, between the network and its average."""
    averaging = {"ema": ema}
    balanced = {"name": "cross_entropy", "class_weights": "balanced"}
    plain = {"name": "cross_entropy"}
    for before, after in ((plain, balanced), (balanced, plain), (balanced, balanced)):
        parent = small(loss=before, regularization=averaging, training={"epochs": 1})
        recipe = small(loss=after, regularization=averaging)
        run = folder_of(train(parent, tmp_path))
        module = module_of(recipe, tmp_path)
        content = load_checkpoint(run.last_checkpoint)
        weights = dict(content["state_dict"])
        found = fitted(forked(content, module, recipe), module)
        assert list(found["state_dict"]) == list(module.state_dict())
        for name, tensor in found["state_dict"].items():
            own = name.startswith("criterion.")
            expected = module.state_dict()[name] if own else weights[name]
            assert torch.equal(tensor, expected), name
        begin = Fork(run, run.last_checkpoint)
        assert train(recipe, tmp_path, begin=begin).result.status == "finished"


CHANGES: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "nothing": ({}, False, False),
    "rate": ({"optimizer": {"lr": 0.5}}, False, False),
    "optimizer": ({"optimizer": {"name": "sgd"}}, True, True),
    "schedule": ({"optimizer": {"schedule": {"name": "plateau"}}}, False, True),
    "groups": ({"regularization": {"exempt": True}}, True, False),
    "freeze": ({"training": {"freeze": ["1"]}}, False, False),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_cannot_carry_over_begins_anew(tmp_path: Path, case: str) -> None:
    sections, other_state, other_factor = CHANGES[case]
    run = folder_of(train(small(training={"epochs": 1}), tmp_path))
    recipe = small(**sections)
    before = load_checkpoint(run.last_checkpoint)
    before["learning_rate_factor"]["best"] = -1.0
    found = forked(before, module_of(recipe, tmp_path), recipe)
    remembered = found["optimizer_states"][0]["state"]
    assert (len(remembered) == 0) == other_state
    assert (found["learning_rate_factor"]["best"] != -1.0) == other_factor
    validation = found["callbacks"]["Validation"]
    assert "best_values" not in validation  # best so far is no result of this run
    assert validation["pending"] is False


def test_lbfgs_forgets_its_directions_when_other_layers_are_frozen(tmp_path: Path) -> None:
    lbfgs = {"name": "lbfgs", "lr": 0.1, "max_iter": 3}
    run = folder_of(train(small(optimizer=lbfgs, training={"epochs": 1}), tmp_path))
    for freeze, forgets in (([], False), (["1"], True)):
        recipe = small(optimizer=lbfgs, training={"freeze": freeze})
        content = load_checkpoint(run.last_checkpoint)
        found = forked(content, module_of(recipe, tmp_path), recipe)
        assert (len(found["optimizer_states"][0]["state"]) == 0) == forgets
