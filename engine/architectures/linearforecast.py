"""What the linear forecasts have in common: their options, and data that has something ahead."""

from __future__ import annotations

from typing import ClassVar, Literal

from engine.architectures.base import Architecture
from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.schema import option


class LinearForecast(Architecture):
    """A linear map of each target's own past; the bar that a larger network has to reach."""

    inputs: ClassVar[tuple[InputKind, ...]] = ("series",)
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)

    shared: bool = option(True, "One set of weights for all targets, instead of one for each.")
    channels: Literal["own", "all"] = option(
        "own", "Read a target's own past only, or all other channels too, by a linear layer."
    )

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Only where steps ahead are told."""
        return super().fits(facts) and facts.horizon > 0
