"""Schedules: the same factors as torch's own schedulers, finite at every step, warm-up first."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler as torchs

from engine.optimizers.schedules import Schedule
from engine.schema import COMPONENTS

NAMES = COMPONENTS.names("schedule")
TOTAL, EPOCH = 60, 12


def schedule(name: str, **options: Any) -> Schedule:
    made = COMPONENTS.get("schedule", name)(**options)
    assert isinstance(made, Schedule)
    return made


def factors(name: str, total: int = TOTAL, **options: Any) -> list[float]:
    made = schedule(name, **options)
    return [made.factor(step, total, EPOCH) for step in range(total)]


def of_torch(make: Any, total: int = TOTAL) -> list[float]:
    """The rates that one of torch's schedulers sets, step by step, from a rate of 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, rates = make(optimizer), []
    for _ in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def sequence(optimizer: Any, warmup: int, then: Any) -> Any:
    rise = torchs.LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
    return torchs.SequentialLR(optimizer, [rise, then], [warmup])


CASES = {
    "constant": ("constant", {}, lambda o: torchs.ConstantLR(o, factor=1)),
    "cosine": ("cosine", {}, lambda o: torchs.CosineAnnealingLR(o, TOTAL)),
    "cosine with a floor": (
        "cosine", {"floor": 0.1}, lambda o: torchs.CosineAnnealingLR(o, TOTAL, eta_min=0.1),
    ),
    "step": ("step", {"every": 2, "gamma": 0.3}, lambda o: torchs.StepLR(o, 2 * EPOCH, 0.3)),
    "exponential": (
        "exponential", {"gamma": 0.8}, lambda o: torchs.LambdaLR(o, lambda s: 0.8 ** (s // EPOCH)),
    ),
    "one cycle": ("one_cycle", {}, lambda o: torchs.OneCycleLR(o, 1.0, total_steps=TOTAL)),
    "one cycle of another shape": (
        "one_cycle", {"rise": 0.6, "start": 0.2, "end": 0.02},
        lambda o: torchs.OneCycleLR(
            o, 1.0, total_steps=TOTAL, pct_start=0.6, div_factor=5, final_div_factor=10
        ),
    ),
    "warm-up": (
        "cosine", {"warmup": 7},
        lambda o: sequence(o, 7, torchs.CosineAnnealingLR(o, TOTAL - 7)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "options", "make"), CASES.values(), ids=CASES)
@pytest.mark.filterwarnings("ignore:The epoch parameter:UserWarning")
def test_the_factors_are_those_of_torch(name, options, make):
    assert factors(name, **options) == pytest.approx(of_torch(make), rel=1e-9, abs=1e-12)


def test_exponential_falls_every_epoch_as_torchs_does():
    per_epoch = factors("exponential", gamma=0.8)[::EPOCH]
    assert per_epoch == pytest.approx(
        of_torch(lambda o: torchs.ExponentialLR(o, 0.8), TOTAL // EPOCH)
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("warmup", [0, 1, 5, 1000])
@pytest.mark.parametrize("total", [1, 2, 3, 5, 100])
def test_every_factor_is_positive_and_at_most_one(total, warmup, name):
    made = schedule(name, warmup=warmup)
    for step in (*range(total), total, 10 * total):
        factor = made.factor(step, total, 1)
        assert 0 <= factor <= 1, step
        assert factor > 0 or (name == "cosine" and step >= total)


@pytest.mark.parametrize("name", NAMES)
def test_the_warm_up_rises_in_equal_steps(name):
    rise = factors(name, warmup=4)[:4]
    assert rise == pytest.approx([0.2, 0.4, 0.6, 0.8])


@pytest.mark.parametrize("name", NAMES)
def test_a_training_of_one_step_takes_it_at_the_full_rate(name):
    assert schedule(name).factor(0, 1, 1) == 1


def test_plateau_leaves_the_rate_to_the_validations():
    assert set(factors("plateau")) == {1.0}
