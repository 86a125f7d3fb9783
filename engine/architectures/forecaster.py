"""What architectures that only forecast have in common: each target is told from its own past."""

from __future__ import annotations

from typing import ClassVar, Literal

from engine.architectures.base import Architecture
from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.schema import option


class Forecaster(Architecture):
    """Reads windows (N, W, C) of series and tells the next steps of its targets."""

    inputs: ClassVar[tuple[InputKind, ...]] = ("series",)
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)

    channels: Literal["own", "all"] = option(
        "own", "Read a target's own past only, or all other channels too, by a linear layer."
    )

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Only where steps ahead are told."""
        return super().fits(facts) and facts.horizon > 0
