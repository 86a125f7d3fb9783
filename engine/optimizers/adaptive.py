"""Optimizers that adapt the step of every weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent
from engine.schema import option, register

if TYPE_CHECKING:
    from torch.optim import Optimizer


@register
class AdamW(OptimizerComponent):
    """Adam with the weight decay taken apart from the gradient (Loshchilov and Hutter 2019)."""

    title: ClassVar[str] = "AdamW"
    name: Literal["adamw"] = "adamw"

    beta1: float = option(0.9, "Decay of the mean gradient.", ge=0, lt=1, advanced=True)
    beta2: float = option(0.999, "Decay of the mean squared gradient.", ge=0, lt=1, advanced=True)
    eps: float = option(
        1e-8, "Added to the denominator for stability.", gt=0, le=1, scale="log", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.AdamW`."""
        from torch.optim import AdamW as TorchAdamW

        return TorchAdamW(groups, lr=self.lr, betas=(self.beta1, self.beta2), eps=self.eps)
