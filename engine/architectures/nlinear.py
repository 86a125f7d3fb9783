"""NLinear, the plainest forecast of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.architectures.linearforecast import LinearForecast
from engine.facts import Facts
from engine.schema import register

if TYPE_CHECKING:
    from torch import nn


@register
class NLinear(LinearForecast):
    """Forecasts the change since the last value by one linear layer (Zeng and others 2023)."""

    title: ClassVar[str] = "NLinear"
    name: Literal["nlinear"] = "nlinear"

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """The last value is taken off, then a linear layer, then it is added again."""
        from engine.architectures.forecasting import Forecast, SinceLast

        own = SinceLast(facts, self.shared, dropout)
        return Forecast(own, facts, self.channels == "all")
