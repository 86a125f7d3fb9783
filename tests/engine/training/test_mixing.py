"""MixUp and CutMix: what a batch becomes, what is learned from it, and what alone decides it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.training.mixing import Mix, Mixing
from tests.engine.training.helpers import small, train


def images(count: int = 12) -> Tensor:
    return torch.randn(count, 3, 10, 14, generator=torch.Generator().manual_seed(count))


def drawn(count: int = 200, seed: int = 0, **alphas: float | None) -> list[Mix]:
    mixing = Mixing(seed, alphas.get("mixup"), alphas.get("cutmix"))
    return [mixing.draw(images(), 0, batch) for batch in range(count)]


def test_seed_epoch_and_batch_decide_alone() -> None:
    state = torch.get_rng_state()
    mixing = Mixing(3, 0.4, 1.0)
    first = mixing.draw(images(), 2, 5)
    again = Mixing(3, 0.4, 1.0).draw(images() * 2, 2, 5)
    assert (first.weight, first.box) == (again.weight, again.box)
    assert torch.equal(first.partners, again.partners)
    others = [mixing.draw(images(), 2, 6), mixing.draw(images(), 3, 5),
              Mixing(4, 0.4, 1.0).draw(images(), 2, 5)]  # fmt: skip
    assert all(other.weight != first.weight for other in others)
    assert torch.equal(state, torch.get_rng_state())


def test_mixup_adds_up_two_samples() -> None:
    inputs = images()
    for mix in drawn(20, mixup=0.4):
        assert mix.box is None
        assert sorted(mix.partners.tolist()) == list(range(12))
        wanted = mix.weight * inputs + (1 - mix.weight) * inputs[mix.partners]
        assert torch.equal(mix.inputs(inputs), wanted)


def test_the_weights_of_mixup_follow_a_beta_distribution() -> None:
    weights = torch.tensor([mix.weight for mix in drawn(3000, mixup=0.3)])
    assert abs(float(weights.mean()) - 0.5) < 0.02
    assert abs(float(weights.var()) - 0.25 / 1.6) < 0.01  # of Beta(a, a): 1 / (4 (2 a + 1))


def test_cutmix_pastes_a_rectangle_of_the_part_that_it_says() -> None:
    inputs = images()
    for mix in drawn(cutmix=1.0):
        mixed = mix.inputs(inputs)
        assert mix.box is not None
        inside = torch.zeros(10, 14, dtype=torch.bool)
        inside[mix.box] = True
        assert torch.equal(mixed, torch.where(inside, inputs[mix.partners], inputs))
        assert mix.weight == pytest.approx(1 - float(inside.float().mean()))


def test_cutmix_reaches_everywhere() -> None:
    covered = torch.zeros(10, 14)
    for mix in drawn(1000, cutmix=1.0):
        assert mix.box is not None
        covered[mix.box] += 1
    assert float(covered.min()) > 50
    weights = [mix.weight for mix in drawn(1000, cutmix=1.0)]
    assert 0.68 < sum(weights) / 1000 < 0.78  # 0.679, were it not for whole pixels


def test_both_take_turns() -> None:
    pasted = [mix.box is not None for mix in drawn(1000, mixup=0.4, cutmix=1.0)]
    assert abs(sum(pasted) / 1000 - 0.5) < 0.06


# --- What is learned -----------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [0.3, 0.8])
def test_both_classes_are_learned_and_the_larger_part_is_scored(weight: float) -> None:
    logits, targets = torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    mix = Mix(weight, torch.tensor([1, 2, 3, 4, 5, 0]))
    criterion = nn.CrossEntropyLoss()
    loss, scored = mix.loss(lambda targets: criterion(logits, targets), targets, numbers=False)
    shares = nn.functional.one_hot(targets, 3) * weight
    shares = shares + nn.functional.one_hot(targets[mix.partners], 3) * (1 - weight)
    torch.testing.assert_close(loss, criterion(logits, shares))
    assert torch.equal(scored, targets if weight > 0.5 else targets[mix.partners])


def test_the_targets_of_a_regression_are_mixed() -> None:
    targets = torch.randn(4, 2)
    mix = Mix(0.7, torch.tensor([3, 2, 1, 0]))
    loss, scored = mix.loss(lambda targets: targets.sum(), targets, numbers=True)
    torch.testing.assert_close(scored, 0.7 * targets + 0.3 * targets.flip(0))
    torch.testing.assert_close(loss, scored.sum())


@pytest.mark.parametrize(
    "change",
    [
        {"regularization": {"mixup": 0.4}},
        {"regularization": {"cutmix": 1.0}},
        {"dataset": {"name": "diabetes", "subset": 200}, "regularization": {"mixup": 0.4}},
        {"dataset": {"name": "breast_cancer"}, "loss": {"name": "bce_with_logits"},
         "regularization": {"mixup": 0.4}},
    ],
)  # fmt: skip
def test_a_mixed_training_is_another_one(change: dict[str, Any], tmp_path: Path) -> None:
    mixed = train(small(**change), tmp_path)
    plain = train(small(**change | {"regularization": {}}), tmp_path)
    assert mixed.result.status == "finished", mixed.ended
    assert mixed.result.weights_sha256 != plain.result.weights_sha256
    (kind,) = change["regularization"]
    assert mixed.metrics()["train_loss"] != plain.metrics()["train_loss"], kind
