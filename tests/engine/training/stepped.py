"""A training that is led batch by batch, with a look at its insides between two of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.interventions import Intervention, read_interventions
from engine.training import commands as c
from engine.training.begin import Begin, New
from engine.training.channel import Channel
from engine.training.events import Event, Intervened, Paused, Result
from engine.training.session import Session

Weights = dict[str, torch.Tensor]


@dataclass
class Stepped:
    """What is done, by the number of batches that are over; between two batches it is paused."""

    acts: dict[int, Callable[[Stepped], None]]
    session: Session = field(init=False)
    result: Result = field(init=False)
    events: list[Event] = field(default_factory=list)
    reports: list[Future[c.Report]] = field(default_factory=list)

    def run(self, recipe: Recipe, runs: Path, begin: Begin | None = None) -> Stepped:
        """To the end."""
        channel = Channel(self._hear)
        channel.post(c.Pause())
        self.session = Session(recipe, runs, runs.parent / "data", channel, begin or New())
        self.result = self.session.run()
        return self

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Paused):
            act = self.acts.get(self.done)
            if act is not None:
                act(self)
            self.channel.post(c.Step(1))

    @property
    def channel(self) -> Channel:
        return self.session.channel

    @property
    def done(self) -> int:
        """Batches so far."""
        return self.channel.progress.done

    @property
    def folder(self) -> RunFolder:
        assert self.session.folder is not None
        return self.session.folder

    @property
    def trainer(self) -> Any:
        assert self.session._fit is not None
        return self.session._fit.trainer

    @property
    def network(self) -> torch.nn.Module:
        assert self.session._fit is not None
        return self.session._fit.module.network

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The optimizer's parameter groups."""
        groups: list[dict[str, Any]] = self.trainer.optimizers[0].param_groups
        return groups

    @property
    def made(self) -> list[Intervention]:
        """What took effect, in order."""
        return [event.intervention for event in self.events if isinstance(event, Intervened)]

    def weights(self) -> Weights:
        """A copy of everything in the network that training changes."""
        return {name: t.detach().clone() for name, t in self.network.state_dict().items()}

    def rates(self) -> dict[int, float]:
        """The learning rate of every step so far."""
        points = self.channel.log.series("lr").since()
        return dict(zip(points["step"].tolist(), points["value"].tolist(), strict=True))

    def intervene(self, changes: dict[str, Any]) -> None:
        self.reports.append(self.channel.post(c.Intervene.of(changes)))

    def report(self, number: int = 0) -> c.Report:
        return self.reports[number].result(1)

    def logged(self) -> list[Intervention]:
        return read_interventions(self.folder.path)


def asks(changes: dict[str, Any]) -> Callable[[Stepped], None]:
    """Intervene at that moment."""
    return lambda stepped: stepped.intervene(changes)


def steered(
    recipe: Recipe, runs: Path, at: int, changes: dict[str, Any],
    **acts: Callable[[Stepped], None],
) -> Stepped:  # fmt: skip
    """A whole training with one intervention after batch `at`; other acts by name `after_7`."""
    others = {int(name.removeprefix("after_")): act for name, act in acts.items()}
    return Stepped({at: asks(changes), **others}).run(recipe, runs)


def same(a: Weights, b: Weights, prefix: str = "") -> bool:
    """Whether all tensors whose names begin so are the same bit for bit."""
    names = [name for name in a if name.startswith(prefix)]
    assert names
    return all(torch.equal(a[name], b[name]) for name in names)
