"""What of a network with a backbone learns, epoch by epoch, and at which rate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.architectures.blocks import blocks_of
from engine.architectures.making import network_of
from engine.facts import Facts
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.sameness import differences
from engine.training.begin import Replay
from engine.training.groups import parameter_groups
from engine.training.settle import check_learns, freeze_for, frozen_names
from tests.engine.training.beginnings import stopped_at
from tests.engine.training.helpers import small, train
from tests.engine.training.stepped import Stepped, asks


def tuned(training: dict[str, Any] | None = None, **architecture: Any) -> Recipe:
    chosen = {"name": "torchvision", "model": "shufflenet_v2_x0_5", **architecture}
    return small(
        dataset={"subset": 60}, architecture=chosen,
        training={"epochs": 3, "batch_size": 20, **(training or {})},
    )  # fmt: skip


def network(recipe: Recipe) -> nn.Module:
    torch.manual_seed(0)
    return network_of(recipe, recipe.dataset.facts()).train()


def learning(made: nn.Module) -> set[str]:
    """The blocks of the backbone that learn, by their place from the end, and the head."""
    blocks = blocks_of(made.backbone)
    places = {-i: blocks[-i] for i in range(1, len(blocks) + 1)}
    found = {
        str(place) for place, names in places.items()
        for p in made.backbone.get_submodule(names[0]).parameters() if p.requires_grad
    }  # fmt: skip
    return found | ({"head"} if made.head.linear.weight.requires_grad else set())


@pytest.mark.parametrize(
    ("options", "epoch", "expected"),
    [
        ({"tune": "head"}, 5, {"head"}),
        ({"tune": "last_blocks", "blocks": 2}, 0, {"head", "-1", "-2"}),
        ({"tune": "gradual", "blocks": 2}, 0, {"head"}),
        ({"tune": "gradual", "blocks": 2}, 1, {"head", "-1", "-2"}),
        ({"tune": "gradual", "unfreeze_every": 3}, 6, {"head", "-1", "-2"}),
        ({"tune": "gradual", "unfreeze_every": 3}, 2, {"head"}),
    ],
)
def test_what_learns(options: dict[str, Any], epoch: int, expected: set[str]) -> None:
    recipe = tuned(**options)
    made = network(recipe)
    freeze_for(made, recipe, epoch)
    assert learning(made) == expected
    assert made.head.training
    assert not made.backbone.conv1[1].training  # frozen layers compute as after the training


@pytest.mark.parametrize("options", [{"tune": "all"}, {"tune": "gradual", "blocks": 1000}])
def test_everything_learns_at_last(options: dict[str, Any]) -> None:
    recipe = tuned(**options)
    made = network(recipe)
    freeze_for(made, recipe, 0)
    freeze_for(made, recipe, 1)
    assert all(p.requires_grad for p in made.parameters())
    assert all(part.training for part in made.modules())


def test_batch_normalization_keeps_its_statistics_where_that_is_asked_for() -> None:
    recipe = tuned(tune="all", batch_norm="keeps")
    made = network(recipe)
    freeze_for(made, recipe, 0)
    norms = [p for p in made.modules() if isinstance(p, nn.BatchNorm2d)]
    assert not any(part.training for part in norms)
    assert all(part.weight.requires_grad for part in norms)


def test_parameters_of_the_backbone_itself_are_frozen_with_the_first_block() -> None:
    small_one = tuned(tune="last_blocks", blocks=1)
    vit = small_one.architecture.model_copy(update={"model": "vit_b_32"})
    recipe = small_one.model_copy(update={"architecture": vit})
    with torch.device("meta"):
        made = network_of(recipe, Facts("image", (1, 32, 32), "classes", ("a", "b"), 9))
    freeze_for(made, recipe, 0)
    assert not made.backbone.class_token.requires_grad
    assert not made.backbone.encoder.pos_embedding.requires_grad
    assert made.backbone.encoder.layers[-1].ln_1.weight.requires_grad


def test_frozen_names_are_those_of_the_recipe_and_of_the_tuning() -> None:
    recipe = tuned(tune="head", training={"freeze": ["backbone.conv1"]})
    made = network(recipe)
    assert frozen_names(recipe, made, 0) == ("backbone.conv1", "backbone")
    check_learns(made, recipe)


def test_nothing_left_to_learn_is_a_problem() -> None:
    recipe = tuned(tune="head", training={"freeze": ["head"]})
    with pytest.raises(ProblemError, match="tune=head there is nothing left to learn"):
        check_learns(network(recipe), recipe)


def test_the_backbone_has_a_rate_of_its_own() -> None:
    recipe = tuned(backbone_lr=0.1)
    made = network(recipe)
    groups = parameter_groups(recipe, made)
    assert [group["lr_scale"] for group in groups] == [1.0, 0.1]
    assert [p.shape for p in groups[0]["params"]] == [p.shape for p in made.head.parameters()]
    assert sum(len(group["params"]) for group in groups) == len(list(made.parameters()))
    assert "lr_scale" not in parameter_groups(tuned(), made)[0]


def test_the_backbones_rate_follows_schedule_and_changes(tmp_path: Path) -> None:
    rates: list[list[float]] = []

    def note(stepped: Stepped) -> None:
        rates.append([group["lr"] for group in stepped.groups])

    recipe = tuned(backbone_lr=0.1)
    Stepped({1: note, 2: asks({"optimizer.lr": 0.01}), 3: note}).run(recipe, tmp_path)
    assert all(backbone == pytest.approx(0.1 * head) for head, backbone in rates)
    assert rates[1][0] > rates[0][0]


@pytest.mark.parametrize(
    "options",
    [{"tune": "gradual", "blocks": 2}, {"tune": "last_blocks", "backbone_lr": 0.1}],
    ids=["gradual", "last blocks"],
)  # fmt: skip
def test_a_stopped_and_a_repeated_training_end_alike(
    options: dict[str, Any], tmp_path: Path
) -> None:
    recipe = tuned(**options)
    whole = train(recipe, tmp_path)
    for batch in (2, 3, 5):
        stopped = stopped_at(batch, recipe, tmp_path)
        resumed = train(stopped.recipe(), tmp_path, folder=stopped)
        assert resumed.result.weights_sha256 == whole.result.weights_sha256, batch
    again = train(recipe, tmp_path, begin=Replay(RunFolder(whole.result.run)))
    assert differences(RunFolder(whole.result.run), RunFolder(again.result.run)) == []
