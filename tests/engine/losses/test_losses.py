"""Losses: equal to torch's where torch has them, and offered for the tasks that they fit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from engine.facts import Facts
from engine.losses.base import Loss, describe_task
from engine.losses.weights import class_weights
from engine.recipe import Recipe
from engine.schema import COMPONENTS

NAMES = COMPONENTS.names("loss")
CLASSES = Facts("table", (4,), "classes", ("a", "b", "c"), 100)
BINARY = Facts("table", (4,), "classes", ("no", "yes"), 100)
LABELS = Facts("table", (4,), "multilabel", ("a", "b", "c"), 100)
NUMBERS = Facts("table", (4,), "regression", ("x", "y"), 100)
FITS = {
    "cross_entropy": {CLASSES, BINARY},
    "nll": {CLASSES, BINARY},
    "focal": {CLASSES, BINARY},
    "multi_margin": {CLASSES, BINARY},
    "mse": {NUMBERS},
    "l1": {NUMBERS},
    "huber": {NUMBERS},
    "bce_with_logits": {BINARY, LABELS},
}
COUNTS = torch.tensor([10, 30, 60])
WEIGHED = ("cross_entropy", "nll", "focal", "multi_margin")


def loss(name: str, **options: Any) -> Loss:
    made = COMPONENTS.get("loss", name)(**options)
    assert isinstance(made, Loss)
    return made


def criterion(name: str, facts: Facts = CLASSES, **options: Any) -> nn.Module:
    return loss(name, **options).build(facts, COUNTS)


@pytest.fixture
def logits() -> torch.Tensor:
    return torch.randn(20, 3, generator=torch.Generator().manual_seed(0)) * 3


@pytest.fixture
def classes() -> torch.Tensor:
    return torch.randint(0, 3, (20,), generator=torch.Generator().manual_seed(1))


def test_every_loss_says_which_tasks_it_fits():
    assert set(FITS) == set(NAMES)
    for name in NAMES:
        for facts in (CLASSES, BINARY, LABELS, NUMBERS):
            assert loss(name).fits(facts) == (facts in FITS[name]), (name, facts)


@pytest.mark.parametrize("name", NAMES)
def test_every_loss_has_a_finite_gradient_for_every_task_that_it_fits(name):
    for facts in FITS[name]:
        outputs = torch.randn(8, loss(name).outputs(facts), requires_grad=True)
        targets = {
            "classes": torch.arange(8) % len(facts.targets),
            "multilabel": torch.randint(0, 2, (8, len(facts.targets))).float(),
            "regression": torch.randn(8, len(facts.targets)),
        }[facts.task]
        value = loss(name).build(facts, None)(outputs, targets)
        assert value.shape == ()
        value.backward()
        assert outputs.grad is not None
        assert torch.isfinite(outputs.grad).all()
        assert outputs.grad.abs().sum() > 0


@pytest.mark.parametrize("mode", ["none", "balanced"])
def test_nll_and_sureness_blind_focal_are_cross_entropy(mode, logits, classes):
    expected = criterion("cross_entropy", class_weights=mode)(logits, classes)
    torch.testing.assert_close(criterion("nll", class_weights=mode)(logits, classes), expected)
    focal = criterion("focal", gamma=0.0, class_weights=mode)
    torch.testing.assert_close(focal(logits, classes), expected)


def test_cross_entropy_is_torchs(logits, classes):
    torch.testing.assert_close(
        criterion("cross_entropy", label_smoothing=0.2)(logits, classes),
        F.cross_entropy(logits, classes, label_smoothing=0.2),
    )


@pytest.mark.parametrize("gamma", [0.5, 2.0, 5.0])
def test_focal_is_its_formula(gamma, logits, classes):
    p = logits.double().softmax(1)[torch.arange(20), classes]
    expected = (-((1 - p) ** gamma) * p.log()).mean().float()
    torch.testing.assert_close(criterion("focal", gamma=gamma)(logits, classes), expected)


@pytest.mark.parametrize("gamma", [0.0, 0.1, 0.5, 2.0])
@pytest.mark.parametrize("scale", [1.0, 1e3, 1e30])
def test_focal_has_finite_gradients_for_sure_and_for_wrong_samples(scale, gamma):
    logits = (torch.eye(3) * scale).requires_grad_()
    criterion("focal", gamma=gamma)(logits, torch.tensor([0, 1, 0])).backward()
    assert torch.isfinite(logits.grad).all()


def test_margin_is_torchs(logits, classes):
    torch.testing.assert_close(
        criterion("multi_margin", margin=0.5, power=2)(logits, classes),
        F.multi_margin_loss(logits, classes, p=2, margin=0.5),
    )


def test_losses_of_numbers_are_torchs():
    outputs, targets = torch.randn(9, 2), torch.randn(9, 2)
    for made, expected in (
        (criterion("mse", NUMBERS), F.mse_loss(outputs, targets)),
        (criterion("l1", NUMBERS), F.l1_loss(outputs, targets)),
        (criterion("huber", NUMBERS, delta=0.3), F.huber_loss(outputs, targets, delta=0.3)),
    ):
        torch.testing.assert_close(made(outputs, targets), expected)


def test_two_classes_need_one_output():
    assert loss("bce_with_logits").outputs(BINARY) == 1
    assert loss("bce_with_logits").outputs(LABELS) == 3
    outputs, targets = torch.randn(20, 1), torch.randint(0, 2, (20,))
    two = torch.cat([torch.zeros_like(outputs), outputs], dim=1)  # the sigmoid is a softmax
    torch.testing.assert_close(
        criterion("bce_with_logits", BINARY)(outputs, targets), F.cross_entropy(two, targets)
    )


def test_positive_targets_can_count_more():
    outputs, targets = torch.randn(20, 3), torch.randint(0, 2, (20, 3)).float()
    weighed = criterion("bce_with_logits", LABELS, positive_weight=4.0)
    plain = F.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
    torch.testing.assert_close(weighed(outputs, targets), (plain * (1 + 3 * targets)).mean())


@pytest.mark.parametrize("name", WEIGHED)
def test_balanced_weights_let_rare_classes_count_more(name):
    made = criterion(name, class_weights="balanced")
    wrong = torch.full((3,), 1.0) - torch.eye(3)  # a row for each class, as wrong as the others
    batches = [torch.cat([wrong[[0]], wrong[[2]]]), torch.tensor([0, 2])]
    outputs = batches[0].clone().requires_grad_()
    made(outputs, batches[1]).backward()
    rare, common = outputs.grad.abs().sum(1)
    torch.testing.assert_close(rare / common, torch.tensor(6.0))
    plain = criterion(name)
    torch.testing.assert_close(
        plain(batches[0][:1], batches[1][:1]), plain(batches[0][1:], batches[1][1:])
    )


def test_balanced_weights_have_mean_one_over_the_samples():
    weights = class_weights("balanced", COUNTS)
    torch.testing.assert_close((weights * COUNTS).sum() / COUNTS.sum(), torch.tensor(1.0))
    assert class_weights("none", COUNTS) is None
    assert class_weights("balanced", None) is None


def test_a_class_that_training_never_meets_has_a_finite_weight():
    assert class_weights("balanced", torch.tensor([5, 0, 5])).tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dataset", ["digits", "breast_cancer", "diabetes"])
def test_a_loss_of_another_task_is_a_problem_that_names_those_that_fit(dataset, name):
    data = {"version": 1, "dataset": dataset, "architecture": "mlp", "loss": name}
    facts = COMPONENTS.get("dataset", dataset)().facts()
    problems = Recipe.problems(data)
    fitting = [other for other in NAMES if loss(other).fits(facts)]
    if name in fitting:
        assert problems == []
        return
    (problem,) = problems
    assert problem.path == "loss"
    assert problem.sentence == f"{name} does not fit {dataset}, which is {describe_task(facts)}"
    assert problem.hint == f"choose {', '.join(fitting)}"


@pytest.mark.parametrize("dataset", ["digits", "diabetes"])
def test_the_usual_loss_fits(dataset):
    recipe = Recipe.parse({"version": 1, "dataset": dataset, "architecture": "mlp"})
    assert recipe.loss.name == ("mse" if dataset == "diabetes" else "cross_entropy")
