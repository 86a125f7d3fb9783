"""When the numbers of a step can be read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from engine.training.channel import UNWATCHED, WATCHED, Channel
from engine.training.clock import Clock
from engine.training.recorder import ROWS, Recorder


class Scores:
    """Half of everything is right."""

    def __init__(self) -> None:
        self.waiting = 0

    def take(self) -> torch.Tensor:
        taken, self.waiting = self.waiting, 0
        return torch.full((taken,), 0.5)


class At(Clock):
    """A clock that is set."""

    now = 0.0

    @property
    def seconds(self) -> float:
        return self.now


def recorded(within: float, steps: int, apart: float) -> list[int]:
    """How many points of the loss can be read after each of so many steps."""
    channel, clock, scores = Channel(within=within), At(), Scores()
    recorder = Recorder(channel, clock, "accuracy", steps)
    seen = []
    for number in range(steps):
        clock.now = apart * number
        scores.waiting += 1
        trainer: Any = SimpleNamespace(global_step=number + 1, current_epoch=0)
        module: Any = SimpleNamespace(
            numbers=SimpleNamespace(loss=torch.tensor(1.0), scores=scores)
        )
        recorder.on_train_batch_end(trainer, module, None, (None, torch.zeros(8)), number)
        seen.append(len(channel.log.series("train_loss").since()))
    return seen


@pytest.mark.parametrize("within", [WATCHED, UNWATCHED])
def test_numbers_wait_no_longer_than_they_may(within: float) -> None:
    seen = recorded(within, 40, apart=0.01)
    behind = [number + 1 - read for number, read in enumerate(seen)]
    assert max(behind) == round(within / 0.01)


def test_many_quick_steps_are_handed_out_together() -> None:
    seen = recorded(UNWATCHED, 2 * ROWS + 1, apart=0.0)
    assert sorted(set(seen)) == [1, 1 + ROWS, 1 + 2 * ROWS]
