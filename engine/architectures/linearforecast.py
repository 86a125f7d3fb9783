"""What the linear forecasts have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.architectures.forecaster import Forecaster
from engine.schema import option

if TYPE_CHECKING:
    from torch import nn


class LinearForecast(Forecaster):
    """A linear map of each target's own past; the bar that a larger network has to reach."""

    shared: bool = option(True, "One set of weights for all targets, instead of one for each.")

    def last_layers(self, network: nn.Module) -> list[nn.Module]:
        """Every layer answers, and the answers are added."""
        from engine.architectures.initialisation import layers_with_matrices

        return layers_with_matrices(network)
