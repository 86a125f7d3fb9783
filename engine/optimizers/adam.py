"""Adam and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import Foreach, Fused, OptimizerComponent, learning_rate, stability
from engine.schema import option, register

if TYPE_CHECKING:
    from torch.optim import Optimizer


class AdamFamily(OptimizerComponent):
    """Steps by the mean gradient over the root of the mean squared gradient."""

    beta1: float = option(
        0.9, "Momentum: decay of the mean gradient.", ge=0, lt=1, advanced=True, live=True
    )
    beta2: float = option(
        0.999, "Decay of the mean squared gradient.", ge=0, lt=1, advanced=True, live=True
    )
    eps: float = stability(1e-8)

    def _common(self) -> dict[str, Any]:
        return {"lr": self.lr, "betas": (self.beta1, self.beta2), "eps": self.eps}


@register
class AdamW(AdamFamily, Fused):
    """Adam with the weight decay taken apart from the gradient (Loshchilov and Hutter 2019)."""

    title: ClassVar[str] = "AdamW"
    name: Literal["adamw"] = "adamw"

    amsgrad: bool = option(
        False, "Divide by the largest mean squared gradient so far.", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.AdamW`."""
        from torch import optim

        return optim.AdamW(groups, amsgrad=self.amsgrad, **self._common(), **self.how())


@register
class Adam(AdamFamily, Fused):
    """Mean gradient over the root of the mean squared gradient (Kingma and Ba 2015)."""

    title: ClassVar[str] = "Adam"
    name: Literal["adam"] = "adam"

    amsgrad: bool = option(
        False, "Divide by the largest mean squared gradient so far.", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Adam`; weight decay is added to the gradient."""
        from torch import optim

        return optim.Adam(groups, amsgrad=self.amsgrad, **self._common(), **self.how())


@register
class NAdam(AdamFamily, Foreach):
    """Adam with Nesterov's look ahead along the mean gradient (Dozat 2016)."""

    title: ClassVar[str] = "NAdam"
    name: Literal["nadam"] = "nadam"

    lr: float = learning_rate(2e-3)
    momentum_decay: float = option(
        4e-3, "How fast the momentum rises to beta1.", ge=0, le=1, scale="log", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.NAdam`."""
        from torch import optim

        decay = self.momentum_decay
        return optim.NAdam(groups, momentum_decay=decay, **self._common(), **self.how())


@register
class RAdam(AdamFamily, Foreach):
    """Adam that warms up by itself, as it learns how gradients vary (Liu and others 2020)."""

    title: ClassVar[str] = "RAdam"
    name: Literal["radam"] = "radam"

    decoupled: bool = option(
        False, "Take the weight decay apart from the gradient, as AdamW does.", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.RAdam`."""
        from torch import optim

        apart = self.decoupled
        return optim.RAdam(groups, decoupled_weight_decay=apart, **self._common(), **self.how())


@register
class Adamax(AdamFamily, Foreach):
    """Adam that divides by the largest recent gradient (Kingma and Ba 2015)."""

    title: ClassVar[str] = "Adamax"
    name: Literal["adamax"] = "adamax"

    lr: float = learning_rate(2e-3)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Adamax`."""
        from torch import optim

        return optim.Adamax(groups, **self._common(), **self.how())
