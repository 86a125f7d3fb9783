"""One evaluation for all: right values, no trace left behind."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.datasets.base import TensorData
from engine.datasets.preprocess import Preprocess
from engine.facts import HIGHER_IS_BETTER, Facts
from engine.training.metrics import Evaluator, build_metrics

CLASSES = Facts("table", (3,), "classes", ("a", "b", "c"), 10)
VALUES = Facts("table", (3,), "regression", ("y",), 10)
LABELS = Facts("table", (3,), "multilabel", ("a", "b", "c"), 10)


def evaluator(facts: Facts, criterion: nn.Module, **scale: torch.Tensor) -> Evaluator:
    return Evaluator(facts, criterion, Preprocess(torch.zeros(3), torch.ones(3), **scale), 4)


@pytest.mark.parametrize("facts", [CLASSES, VALUES, LABELS])
def test_names_and_metrics_agree(facts: Facts) -> None:
    assert facts.metrics == ("loss", *build_metrics(facts))
    assert set(facts.metrics) <= set(HIGHER_IS_BETTER)


def test_classes() -> None:
    logits = torch.tensor([[2.0, 0, 0], [0, 2.0, 0], [0, 0, 2.0], [2.0, 0, 0]])
    targets = torch.tensor([0, 1, 2, 1])
    values = evaluator(CLASSES, nn.CrossEntropyLoss()).evaluate(
        nn.Identity(), TensorData(logits, targets)
    )
    assert values["accuracy"] == 0.75
    assert values["loss"] == pytest.approx(float(nn.CrossEntropyLoss()(logits, targets)))
    assert values["f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_the_loss_is_the_mean_over_all_samples_whatever_the_batches() -> None:
    torch.manual_seed(0)
    data = TensorData(torch.randn(601, 3), torch.randint(3, (601,)))
    values = evaluator(CLASSES, nn.CrossEntropyLoss()).evaluate(nn.Identity(), data)
    expected = nn.CrossEntropyLoss()(data.inputs, data.targets)
    assert values["loss"] == pytest.approx(float(expected), rel=1e-6)


def test_regression_in_own_units() -> None:
    scale = {"target_mean": torch.tensor([100.0]), "target_std": torch.tensor([10.0])}
    data = TensorData(torch.tensor([[0.0, 0, 0], [1.0, 0, 0]]), torch.tensor([[100.0], [120.0]]))
    network = nn.Linear(3, 1)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[1.0, 0, 0]]))
        network.bias.zero_()
    values = evaluator(VALUES, nn.MSELoss(), **scale).evaluate(network, data)
    assert values["mae"] == pytest.approx(5.0)  # predicts 100 and 110
    assert values["rmse"] == pytest.approx(50**0.5)
    assert values["loss"] == pytest.approx(0.5)  # on the standardised scale


def test_evaluation_leaves_no_trace() -> None:
    network = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5), nn.BatchNorm1d(3))
    network[1].eval()
    flags = [module.training for module in network.modules()]
    data = TensorData(torch.randn(9, 3), torch.randint(3, (9,)))
    state, random = {k: v.clone() for k, v in network.state_dict().items()}, torch.get_rng_state()
    evaluator(CLASSES, nn.CrossEntropyLoss()).evaluate(network, data)
    assert [module.training for module in network.modules()] == flags
    assert all(torch.equal(state[k], v) for k, v in network.state_dict().items())
    assert torch.equal(random, torch.get_rng_state())


def test_an_interrupted_evaluation_restores_the_flags_too() -> None:
    network = nn.Sequential(nn.Linear(3, 3))

    def stop(_number: int) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        evaluator(CLASSES, nn.CrossEntropyLoss()).evaluate(
            network, TensorData(torch.randn(9, 3), torch.randint(3, (9,))), stop
        )
    assert network.training
