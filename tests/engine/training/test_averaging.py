"""Moving averages and bounded norms, against the formulas."""

from __future__ import annotations

import copy

import torch
from torch import nn

from engine.training.averaging import bound_norms, update_average, warmed_up


def test_average_follows_the_formula_and_copies_counters() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    average = copy.deepcopy(network)
    before = average[0].weight.clone()
    with torch.no_grad():
        network[0].weight.add_(1.0)
    network(torch.randn(5, 3))
    update_average(average, network, decay=0.9)
    torch.testing.assert_close(average[0].weight, 0.9 * before + 0.1 * network[0].weight)
    assert average[1].num_batches_tracked == network[1].num_batches_tracked == 1
    torch.testing.assert_close(average[1].running_mean, 0.1 * network[1].running_mean)


def test_tied_weights_move_once() -> None:
    network = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    network[1].weight = network[0].weight
    average = copy.deepcopy(network)
    before = average[0].weight.clone()
    with torch.no_grad():
        network[0].weight.add_(1.0)
    update_average(average, network, decay=0.9)
    torch.testing.assert_close(average[1].weight, before + 0.1)


def test_norms_are_bounded_by_row_and_small_ones_left_alone() -> None:
    network = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(3, 2), nn.GRU(2, 2))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(0.01)
        network[2].weight[0] = torch.tensor([3.0, 4.0, 0.0])
    biases = [p.clone() for p in network.parameters() if p.dim() == 1]
    bound_norms(network, 2.0)
    torch.testing.assert_close(network[2].weight[0], torch.tensor([1.2, 1.6, 0.0]))
    torch.testing.assert_close(network[2].weight[1], torch.full((3,), 0.01))
    assert all(torch.equal(a, b) for a, b in zip(
        biases, [p for p in network.parameters() if p.dim() == 1], strict=True))  # fmt: skip


def test_the_decay_warms_up() -> None:
    """An average of few updates must not consist of the random first weights."""
    assert warmed_up(0.999, 0) == 0.1
    assert warmed_up(0.999, 90) == 0.91
    assert warmed_up(0.999, 100_000) == 0.999
    assert warmed_up(0.05, 0) == 0.05
