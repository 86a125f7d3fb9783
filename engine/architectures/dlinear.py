"""DLinear, the forecast of a series by its trend and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.architectures.linearforecast import LinearForecast
from engine.facts import Facts
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn


@register
class DLinear(LinearForecast):
    """Forecasts the moving average and the rest by a linear layer each (Zeng and others 2023)."""

    title: ClassVar[str] = "DLinear"
    name: Literal["dlinear"] = "dlinear"

    average: int = option(
        25, "Steps of the moving average that is taken for the trend.", ge=2, le=4096, unit="steps"
    )

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Two linear layers whose answers are added."""
        from engine.architectures.forecasting import Forecast, TrendAndRest

        own = TrendAndRest(facts, self.shared, self.average, dropout)
        return Forecast(own, facts, self.channels == "all")
