"""N-BEATS, the forecast of a series by blocks that explain it piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.forecaster import Forecaster
from engine.facts import Facts
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn


@register
class NBeats(Forecaster):
    """Blocks that each forecast and leave to the next what they cannot explain of the window.

    Oreshkin and others 2020. `generic` learns what a forecast is made of; `interpretable` is a
    trend (a polynomial) and then seasons (waves that fit into the horizon), the blocks of each
    sharing their weights.
    """

    title: ClassVar[str] = "N-BEATS"
    shaped_by: ClassVar[str] = "width"
    name: Literal["nbeats"] = "nbeats"

    form: Literal["generic", "interpretable"] = option(
        "generic", "What a forecast is made of: anything, or a trend and seasons."
    )
    blocks: int = option(3, "Blocks in each stack.", ge=1, le=64)
    stacks: int = option(2, "Stacks of blocks; interpretable has always two.", ge=1, le=64)
    layers: int = option(4, "Fully connected layers of each block.", ge=1, le=64, advanced=True)
    width: int = option(128, "Units of each of these layers.", ge=1, le=65_536, unit="units")
    degree: int = option(
        2, "The trend's highest power of time: 1 is a line, 2 bends once.", ge=1, le=8,
        advanced=True,
    )  # fmt: skip
    harmonics: int | None = option(
        None, "How many waves seasons are made of, the longest as long as the horizon.", ge=1,
        le=4096, advanced=True, typical=4, empty="all that fit",
    )  # fmt: skip
    since_last: bool = option(
        False, "Take the window's last value off and add it to the forecast, as nlinear does.",
    )  # fmt: skip

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Waves shorter than two steps cannot be told from longer ones."""
        yield from super().check(recipe)
        most = max(1, recipe.dataset.facts().horizon // 2)
        if self.form == "interpretable" and self.harmonics and self.harmonics > most:
            sentence = f"{self.harmonics} waves do not fit into this horizon, only {most}"
            yield Problem("architecture.harmonics", sentence, f"choose at most {most}")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Stacks in a row, whose forecasts are added; dropout after each layer of a block."""
        from engine.architectures.forecasting import Forecast
        from engine.architectures.stacks import Block, Explained, Generic, Seasons, Stacks, Trend

        sizes = (facts.shape[0], facts.horizon)

        def block(parts: Explained) -> Block:
            return Block(sizes[0], self.layers, self.width, parts, dropout)

        if self.form == "generic":
            every = [block(Generic(*sizes)) for _ in range(self.stacks * self.blocks)]
        else:
            waves = self.harmonics or max(1, -(-sizes[1] // 2) - 1)
            trend, seasons = block(Trend(*sizes, self.degree)), block(Seasons(*sizes, waves))
            every = [trend] * self.blocks + [seasons] * self.blocks
        return Forecast(Stacks(every, self.since_last), facts, self.channels == "all")

    def last_layers(self, network: nn.Module) -> list[nn.Module]:
        """What each block answers is added, and what other channels say."""
        from torch import nn

        from engine.architectures.stacks import Block

        parts = list(network.modules())
        answers: list[nn.Module] = [part.numbers for part in parts if isinstance(part, Block)]
        others = getattr(network, "others", None)
        return [*answers, others] if isinstance(others, nn.Linear) else answers
