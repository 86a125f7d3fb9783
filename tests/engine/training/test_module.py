"""One step: penalties, exemptions, clipping, the schedule, and what is recorded of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.training.course import Course
from engine.training.hashing import weights_sha256
from engine.training.module import LearningRateFactor, TrainingModule
from tests.engine.training.helpers import small, train


def module(**sections: dict[str, Any]) -> tuple[TrainingModule, Any]:
    recipe = small(**sections)
    torch.manual_seed(0)
    splits = recipe.dataset.build(Path("unused"))
    made = TrainingModule(Course(recipe, 7), splits)
    return made, (splits.train.inputs[:32], splits.train.targets[:32])


def test_l1_is_added_to_the_loss_but_not_recorded() -> None:
    plain, batch = module(regularization={"dropout": 0.0, "l1": 0.0})
    heavy, _ = module(regularization={"dropout": 0.0, "l1": 0.01})
    without, with_l1 = plain.batch_loss(batch, 0), heavy.batch_loss(batch, 0)
    weights = sum(p.abs().sum() for p in heavy.network.parameters() if p.dim() > 1)
    torch.testing.assert_close(with_l1 - without, 0.01 * weights)
    torch.testing.assert_close(heavy.numbers.loss, plain.numbers.loss)


def test_lbfgs_gets_its_weight_decay_as_a_term() -> None:
    plain, batch = module(optimizer={"name": "lbfgs"}, regularization={"dropout": 0.0})
    recipe = {"dropout": 0.0, "weight_decay": 0.1}
    decayed, _ = module(optimizer={"name": "lbfgs"}, regularization=recipe)
    plain_loss = plain.batch_loss(batch, 0) - plain._penalty()
    squares = sum(p.square().sum() for p in decayed.network.parameters())
    torch.testing.assert_close(decayed.batch_loss(batch, 0) - plain_loss, 0.05 * squares)


def test_biases_and_norms_can_be_exempt() -> None:
    made, _ = module(regularization={"weight_decay": 0.1, "exempt": True})
    groups = made.configure_optimizers().param_groups
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0]
    assert all(p.dim() > 1 for p in groups[0]["params"])
    assert all(p.dim() == 1 for p in groups[1]["params"])
    assert len(groups[0]["params"]) + len(groups[1]["params"]) == len(
        list(made.network.parameters())
    )


def test_gradients_are_clipped_by_value_and_norm() -> None:
    made, batch = module(regularization={"clip_value": 0.001, "clip_norm": 0.002})
    made.batch_loss(batch, 0).backward()
    made.bound_gradients()
    gradients = torch.cat([p.grad.flatten() for p in made.network.parameters()])
    assert gradients.abs().max() <= 0.001
    assert gradients.norm() <= 0.002 * 1.001


def test_only_the_first_evaluation_of_a_batch_is_recorded() -> None:
    made, batch = module(regularization={"dropout": 0.0})
    made.on_train_batch_start(batch, 0)
    made.batch_loss(batch, 0)
    first = made.numbers.loss.clone()
    with torch.no_grad():
        for parameter in made.network.parameters():
            parameter.zero_()
    made.batch_loss(batch, 0)
    assert torch.equal(made.numbers.loss, first)


def test_plateau_drops_after_its_patience() -> None:
    schedule = {"name": "plateau", "patience": 1, "gamma": 0.5}
    recipe = small(optimizer={"name": "adamw", "schedule": schedule})
    factor = LearningRateFactor(Course(recipe, 7))
    rates = []
    for loss in (1.0, 0.9, 0.9, 0.9, 0.9, 0.5):
        factor.validated(loss)
        rates.append(factor(10))
    assert rates == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]


def test_the_recorded_rate_follows_the_schedule(tmp_path: Path) -> None:
    recipe = small(training={"accumulate": 2})
    run = train(recipe, tmp_path)
    course = Course(recipe, 7)
    rates = [value for _, _, value in run.metrics()["lr"]]
    steps = [min(batch // 2, 3) + 4 * epoch for epoch in range(3) for batch in range(7)]
    expected = [0.003 * LearningRateFactor(course)(step) for step in steps]
    assert rates == pytest.approx(expected, rel=1e-6)


def test_equal_hashes_mean_equal_bits() -> None:
    one, _ = module()
    other, _ = module()
    assert weights_sha256(one.network) == weights_sha256(other.network)
    with torch.no_grad():
        next(other.network.parameters()).view(-1)[0] += 1e-7
    assert weights_sha256(one.network) != weights_sha256(other.network)


@pytest.mark.parametrize("accumulate", [7, 8, 70])
def test_a_window_cut_short_by_the_epoch_has_the_mean_gradient(
    accumulate: int, tmp_path: Path
) -> None:
    """Seven batches an epoch make one step, however much longer the window would be."""
    sections = {
        "architecture": {"name": "linear"},
        "optimizer": {"name": "sgd", "lr": 0.1},
        "regularization": {"dropout": 0.0, "weight_decay": 0.0},
    }
    whole = train(small(**sections, training={"epochs": 1, "accumulate": 7}), tmp_path)
    other = train(small(**sections, training={"epochs": 1, "accumulate": accumulate}), tmp_path)
    assert other.result.metrics["val_loss"] == pytest.approx(
        whole.result.metrics["val_loss"], rel=1e-5
    )
