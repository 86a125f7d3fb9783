"""The range test: the same curve each time, no trace of it, a rate with which it learns."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.finders import learningrate
from engine.finders.learningrate import curve_of, find_learning_rate, growing, smoothed, steepest
from engine.problems import ProblemError
from engine.training.endings import alone
from tests.engine.training.helpers import small


def test_the_same_recipe_gives_the_same_curve_and_leaves_no_trace(tmp_path: Path) -> None:
    torch.manual_seed(5)
    random.seed(5)
    np.random.seed(5)
    threads = torch.get_num_threads()
    drawn = [(torch.rand(1), random.random(), np.random.rand())]
    torch.manual_seed(5)
    random.seed(5)
    np.random.seed(5)
    first = find_learning_rate(small(), tmp_path, steps=40)
    second = find_learning_rate(small(), tmp_path, steps=40)
    assert first == second
    assert [(torch.rand(1), random.random(), np.random.rand())] == drawn
    assert torch.get_num_threads() == threads
    other = find_learning_rate(small(training={"seed": 1}), tmp_path, steps=40)
    assert other is not None
    assert first is not None
    assert other.losses != first.losses
    assert not list(tmp_path.iterdir())


def test_the_suggestion_lies_where_training_learns(tmp_path: Path) -> None:
    curve = find_learning_rate(small(regularization={"dropout": 0.0}), tmp_path)
    assert curve is not None
    assert curve.suggestion is not None
    assert 1e-4 < curve.suggestion < 1.0
    assert len(curve.rates) == len(curve.losses) == len(curve.smoothed)
    assert curve.rates[0] == learningrate.LOWEST
    assert min(curve.smoothed) < curve.smoothed[0]


@pytest.mark.parametrize(
    "sections",
    [
        {"optimizer": {"name": "lbfgs", "max_iter": 2}},
        {"optimizer": {"name": "sam"}},
        {"optimizer": {"name": "muon"}, "training": {"accumulate": 3}},
        {"regularization": {"mixup": 0.4, "augmentation": ["flip"], "clip_norm": 1.0},
         "training": {"balance": "weighted", "memory_format": "channels_last"}},
    ],
)  # fmt: skip
def test_whatever_a_training_may_consist_of(sections: dict[str, Any], tmp_path: Path) -> None:
    curve = find_learning_rate(small(**sections), tmp_path, steps=8)
    assert curve is not None
    assert len(curve.losses) >= 2


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) == 3

    assert find_learning_rate(small(), tmp_path, cancelled=cancelled) is None
    assert len(asked) == 3


def test_it_waits_for_no_training_but_says_so(tmp_path: Path) -> None:
    with alone(), pytest.raises(ProblemError, match="Another training is under way"):
        find_learning_rate(small(), tmp_path)


def test_rates_grow_by_the_same_factor() -> None:
    rates = growing(9)
    assert rates[0] == 1e-7
    assert rates[-1] == pytest.approx(10.0)
    assert rates[1] / rates[0] == pytest.approx(10.0)


def test_the_mean_of_equal_losses_is_that_loss() -> None:
    assert smoothed([2.0, 2.0, 2.0]) == pytest.approx([2.0, 2.0, 2.0])


def test_a_loss_that_is_no_number_is_left_out() -> None:
    curve = curve_of(growing(30), [1.0, 0.9, float("nan")])
    assert curve.losses == (1.0, 0.9)


def test_the_steepest_point_is_before_the_lowest() -> None:
    rates = growing(100)
    means = [2.0] * 40 + [2.0 - 0.05 * n for n in range(20)] + [1.05] * 10 + [9.0] * 30
    found = steepest(rates, means)
    assert found is not None
    assert rates[40] * 0.9 < found < rates[60]
    assert steepest(rates, [1.0 + 0.01 * n for n in range(100)]) is None


def test_rprop_has_no_rate_to_find(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="rprop chooses the length"):
        find_learning_rate(small(optimizer={"name": "rprop"}), tmp_path)
