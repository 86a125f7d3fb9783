"""The order of an epoch with balanced classes: what comes how often, and what alone decides it."""

from __future__ import annotations

import pytest
import torch

from engine.datasets.base import TensorData
from engine.recipe import Recipe
from engine.training.loader import TrainLoader
from engine.training.order import Order, Oversampled, Shuffled, Weighted, order_of

TARGETS = torch.tensor([0] * 60 + [1] * 7 + [3] * 25)  # nobody is of class 2
ORDERS: dict[str, Order] = {
    "none": Shuffled(92), "weighted": Weighted(TARGETS), "oversample": Oversampled(TARGETS),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_depends_on_seed_and_epoch_alone(name: str) -> None:
    order = ORDERS[name]
    state = torch.get_rng_state()
    first = order(3, 1)
    assert len(first) == order.length
    assert torch.equal(first, order(3, 1))
    assert not torch.equal(first, order(3, 2))
    assert not torch.equal(first, order(4, 1))
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("name", ORDERS)
def test_no_number_comes_twice(name: str) -> None:
    """A sample that comes again has another number: it is augmented in another way."""
    numbers = ORDERS[name](3, 1)
    assert len(numbers.unique()) == len(numbers)
    samples, often = (numbers % 92).unique(return_counts=True)
    for sample, times in zip(samples.tolist(), often.tolist(), strict=True):
        of_it = numbers[numbers % 92 == sample].sort().values
        assert of_it.tolist() == [sample + 92 * time for time in range(times)]


def test_weighted_draws_every_class_as_often() -> None:
    counts = torch.zeros(4)
    for epoch in range(200):
        chosen = Weighted(TARGETS)(0, epoch) % 92
        counts += TARGETS[chosen].bincount(minlength=4)
    assert Weighted(TARGETS).length == 92
    assert counts[2] == 0
    torch.testing.assert_close(counts[[0, 1, 3]] / counts.sum(), torch.full((3,), 1 / 3),
                               atol=0.02, rtol=0)  # fmt: skip


def test_weighted_draws_every_sample_of_a_class_as_often() -> None:
    drawn = torch.cat([Weighted(TARGETS)(0, epoch) % 92 for epoch in range(400)])
    often = drawn.bincount(minlength=92)[60:67].double()
    assert float((often / often.mean() - 1).abs().max()) < 0.08


def test_oversampling_repeats_the_rarer_classes() -> None:
    order = Oversampled(TARGETS)
    assert order.length == 3 * 60
    for epoch in range(5):
        often = (order(0, epoch) % 92).bincount(minlength=92)
        assert (often[:60] == 1).all()
        assert sorted(set(often[60:67].tolist())) == [8, 9]  # 60 = 7 * 8 + 4
        assert sorted(set(often[67:].tolist())) == [2, 3]
        assert often[60:67].sum() == often[67:].sum() == 60


def test_the_number_of_batches_follows() -> None:
    data = TensorData(torch.arange(92.0)[:, None], TARGETS)
    sizes = {
        balance: len(TrainLoader(data, 10, 0, order=order_of(balance, data)))
        for balance in ("none", "weighted", "oversample")
    }
    assert sizes == {"none": 10, "weighted": 10, "oversample": 18}


def test_the_loader_hands_out_the_samples_of_the_order() -> None:
    data = TensorData(torch.arange(92)[:, None], TARGETS)
    loader = TrainLoader(data, 10, 5, order=Oversampled(TARGETS))
    inputs, targets = (torch.cat(parts) for parts in zip(*loader, strict=True))
    assert torch.equal(inputs[:, 0], Oversampled(TARGETS)(5, 0) % 92)
    assert torch.equal(targets, TARGETS[inputs[:, 0]])


@pytest.mark.parametrize("balance", ["weighted", "oversample"])
def test_there_must_be_classes_to_balance(balance: str) -> None:
    data = {"version": 1, "dataset": "diabetes", "architecture": "mlp",
            "training": {"balance": balance}}  # fmt: skip
    (problem,) = Recipe.problems(data)
    assert problem.path == "training.balance"
    assert "no classes to balance" in problem.sentence
    assert not Recipe.problems({**data, "dataset": "iris"})
