"""N-BEATS: what its blocks leave to each other, and what a forecast is made of."""

from __future__ import annotations

import math

import pytest
import torch

from engine.architectures.stacks import Block, Explained, Generic, Seasons, Stacks, Trend
from tests.engine.architectures.sequences import HORIZON, WINDOW, network, samples

FORMS = ["generic", "interpretable"]


def distance(curves: torch.Tensor, wanted: torch.Tensor) -> float:
    """How far a row of numbers is from the nearest sum of curves."""
    basis = torch.linalg.qr(curves.T)[0]
    return float((wanted - basis @ (basis.T @ wanted)).norm())


def test_each_block_gets_what_those_before_it_have_left() -> None:
    blocks = [Block(6, 2, 8, Generic(6, 3), 0.0) for _ in range(3)]
    windows = torch.randn(4, 6, 2)
    rest, ahead = windows.transpose(1, 2), torch.zeros(4, 2, 3)
    for block in blocks:
        explained, goes_on = block(rest)
        rest, ahead = rest - explained, ahead + goes_on
    assert torch.allclose(Stacks(blocks, False)(windows), ahead.transpose(1, 2))


def test_a_trend_is_a_polynomial_of_the_horizon_and_of_the_window() -> None:
    trend = Trend(7, 5, 2)
    time = torch.arange(5.0)
    assert distance(trend.ahead, 3 - time + 0.5 * time**2) < 1e-4
    assert distance(trend.behind, torch.arange(7.0) ** 2) < 1e-4
    assert distance(trend.ahead, time**3) > 0.1


def test_seasons_are_waves_that_go_on_from_the_window_into_the_horizon() -> None:
    window, horizon = 12, 8
    seasons = Seasons(window, horizon, 3)
    steps = torch.arange(-window, horizon)
    for waves in (1, 2, 3):
        whole = torch.sin(2 * math.pi * waves * steps / horizon + 0.7) + 2
        found = torch.linalg.lstsq(seasons.behind.T, whole[:window, None]).solution
        assert torch.allclose(seasons.ahead.T @ found, whole[window:, None], atol=1e-4)
    assert seasons.ahead.shape == (7, horizon)


@pytest.mark.parametrize("form", FORMS)
def test_blocks_of_an_interpretable_stack_share_their_weights(form: str) -> None:
    model = network("nbeats", "forecast", form=form, blocks=4)
    blocks = [part for part in model.modules() if isinstance(part, Block)]
    assert len(blocks) == (8 if form == "generic" else 2)
    assert model.own.order == (  # type: ignore[union-attr]
        list(range(8)) if form == "generic" else [0] * 4 + [1] * 4
    )


def test_what_forecasts_are_made_of_is_no_weight() -> None:
    model = network("nbeats", "forecast", form="interpretable")
    assert not [name for name in model.state_dict() if "behind" in name or "ahead" in name]
    assert [part for part in model.modules() if isinstance(part, Explained)]


@pytest.mark.parametrize("form", FORMS)
def test_it_follows_the_level_where_it_is_asked_to(form: str) -> None:
    windows = samples("forecast")
    for since_last in (False, True):
        model = network("nbeats", "forecast", form=form, since_last=since_last)
        follows = torch.allclose(model(windows + 100), model(windows) + 100, atol=1e-3)
        assert follows == since_last


@pytest.mark.parametrize("form", FORMS)
def test_targets_are_forecast_from_their_own_past(form: str) -> None:
    windows = samples("forecast").requires_grad_()
    for channels in ("own", "all"):
        model = network("nbeats", "forecast", form=form, channels=channels)
        ahead = model(windows).view(4, HORIZON, 2)
        (reached,) = torch.autograd.grad(ahead[:, :, 1].square().sum(), windows)
        assert reached.shape[1] == WINDOW
        touched = (reached.abs().sum((0, 1)) > 0).tolist()
        assert touched == [False, channels == "all", True]


@pytest.mark.parametrize("horizon", [1, 2, 3])
def test_short_horizons_have_seasons_too(horizon: int) -> None:
    most = max(1, horizon // 2)
    assert torch.isfinite(Seasons(4, horizon, most).ahead).all()
