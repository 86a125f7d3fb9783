"""Steps without what torch wraps round them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_post_hook

from engine.training.plain import make_step


def made(kind: type[torch.optim.Optimizer] = torch.optim.AdamW) -> tuple[Any, nn.Linear]:
    torch.manual_seed(0)
    network = nn.Linear(3, 2)
    return kind(network.parameters(), lr=0.1), network  # type: ignore[call-arg]


def closure_of(network: nn.Linear) -> Callable[[], Tensor]:
    def closure() -> Tensor:
        network.zero_grad()
        loss: Tensor = network(torch.ones(4, 3)).square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    return closure


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.AdamW, torch.optim.LBFGS])
def test_it_is_the_same_step(kind: type[torch.optim.Optimizer]) -> None:
    (usual, first), (bare, second) = made(kind), made(kind)
    losses = usual.step(closure_of(first)), make_step(bare, closure_of(second))
    assert losses[0] == losses[1]
    assert torch.equal(first.weight, second.weight)
    assert torch.is_grad_enabled()


@pytest.fixture
def calls() -> Iterator[list[str]]:
    called: list[str] = []
    handle = register_optimizer_step_post_hook(lambda *_: called.append("all"))
    yield called
    handle.remove()


def test_hooks_of_all_optimizers_are_called(calls: list[str]) -> None:
    optimizer, network = made()
    make_step(optimizer, closure_of(network))
    assert calls == ["all"]


def test_a_hook_of_this_optimizer_is_called() -> None:
    optimizer, network = made()
    called: list[str] = []
    optimizer.register_step_post_hook(lambda *_: called.append("own"))
    make_step(optimizer, closure_of(network))
    assert called == ["own"]
