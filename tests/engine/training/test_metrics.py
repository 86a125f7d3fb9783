"""One evaluation for all: right values, no trace left behind."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from engine.datasets.base import TensorData
from engine.datasets.preprocess import Preprocess, Tokens
from engine.facts import HIGHER_IS_BETTER, Facts
from engine.training.metrics import Evaluator, build_metrics

CLASSES = Facts("table", (3,), "classes", ("a", "b", "c"), 10)
VALUES = Facts("table", (3,), "regression", ("y",), 10)
LABELS = Facts("table", (3,), "multilabel", ("a", "b", "c"), 10)
TOKENS = Facts("text", (4,), "tokens", ("a", "bc", " "), 10, vocabulary=3)
FORECAST = Facts(
    "series", (5, 1), "regression", ("y +1", "y +2"), 10, horizon=2, target_channels=(0,),
    baselines=("naive",),
)  # fmt: skip


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


class Certain(nn.Module):
    """Tells token 0 with a chance of 1 in 2 everywhere, and each of the others of 1 in 4."""

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return torch.tensor([0.5, 0.25, 0.25]).log().expand(*tokens.shape, 3)


def test_next_tokens_by_token_and_by_character() -> None:
    data = TensorData(torch.zeros(5, 4, dtype=torch.int32), torch.tensor([[0, 0, 1, 2]] * 5))
    values = Evaluator(TOKENS, nn.CrossEntropyLoss(), Tokens(), 2).evaluate(Certain(), data)
    assert tuple(values) == TOKENS.metrics
    assert values["accuracy"] == 0.5
    assert values["perplexity"] == pytest.approx(2**1.5)  # 1, 1, 2 and 2 bits
    assert values["bits_per_character"] == pytest.approx(6 / 5)  # a, a, bc and a space
    assert values["loss"] == pytest.approx(math.log(2) * 1.5)


def test_perplexity_is_of_the_likelihood_whatever_the_loss() -> None:
    data = TensorData(torch.zeros(5, 4, dtype=torch.int32), torch.tensor([[0, 0, 1, 2]] * 5))
    smoothed = nn.CrossEntropyLoss(label_smoothing=0.3)
    values = Evaluator(TOKENS, smoothed, Tokens(), 2).evaluate(Certain(), data)
    assert values["perplexity"] == pytest.approx(2**1.5)


def test_a_forecast_beside_a_simple_one() -> None:
    targets = torch.tensor([[1.0, 3.0], [5.0, 7.0]])
    data = TensorData(torch.zeros(2, 2), targets, (("naive", 8.0),))
    preprocess = Preprocess(torch.zeros(2), torch.ones(2))
    values = Evaluator(FORECAST, nn.MSELoss(), preprocess, 4).evaluate(nn.Identity(), data)
    assert values["mae_vs_naive"] == pytest.approx(4.0 / 8.0)
    assert set(values) == set(FORECAST.metrics)
