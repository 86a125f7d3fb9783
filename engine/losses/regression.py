"""Losses for numbers. Targets arrive standardised: a difference of 1 is one deviation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.facts import Facts
from engine.losses.base import Loss
from engine.schema import option, register

if TYPE_CHECKING:
    import torch
    from torch import nn


class RegressionLoss(Loss):
    """A loss of predicted and true numbers, both (N, T)."""

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Regression only."""
        return facts.task == "regression"


@register
class MSE(RegressionLoss):
    """Mean squared error: large errors weigh most; predicts the mean."""

    title: ClassVar[str] = "MSE"
    name: Literal["mse"] = "mse"

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """`nn.MSELoss`."""
        from torch import nn

        return nn.MSELoss()


@register
class L1(RegressionLoss):
    """Mean absolute error: outliers weigh no more than they are wrong; predicts the median."""

    title: ClassVar[str] = "L1 (MAE)"
    name: Literal["l1"] = "l1"

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """`nn.L1Loss`."""
        from torch import nn

        return nn.L1Loss()


@register
class Huber(RegressionLoss):
    """Squared for small errors, absolute for large ones (Huber 1964)."""

    title: ClassVar[str] = "Huber"
    name: Literal["huber"] = "huber"

    delta: float = option(
        1.0, "Error at which it turns from squared to absolute.", gt=0, le=1e6,
        unit="deviations of the target", scale="log",
    )  # fmt: skip

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """`nn.HuberLoss`."""
        from torch import nn

        return nn.HuberLoss(delta=self.delta)
