"""Optimizers that adapt the step of every weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent, learning_rate
from engine.schema import option, register

if TYPE_CHECKING:
    from torch.optim import Optimizer


def _stability(default: float) -> Any:
    """The option `eps`."""
    return option(
        default, "Added to the denominator for stability.", gt=0, le=1, scale="log", advanced=True
    )


class AdamFamily(OptimizerComponent):
    """Steps by the mean gradient over the root of the mean squared gradient."""

    beta1: float = option(
        0.9, "Momentum: decay of the mean gradient.", ge=0, lt=1, advanced=True, live=True
    )
    beta2: float = option(
        0.999, "Decay of the mean squared gradient.", ge=0, lt=1, advanced=True, live=True
    )
    eps: float = _stability(1e-8)

    def _common(self) -> dict[str, Any]:
        return {"lr": self.lr, "betas": (self.beta1, self.beta2), "eps": self.eps}


@register
class AdamW(AdamFamily):
    """Adam with the weight decay taken apart from the gradient (Loshchilov and Hutter 2019)."""

    title: ClassVar[str] = "AdamW"
    name: Literal["adamw"] = "adamw"

    amsgrad: bool = option(
        False, "Divide by the largest mean squared gradient so far.", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.AdamW`."""
        from torch import optim

        return optim.AdamW(groups, amsgrad=self.amsgrad, **self._common())


@register
class Adam(AdamFamily):
    """Mean gradient over the root of the mean squared gradient (Kingma and Ba 2015)."""

    title: ClassVar[str] = "Adam"
    name: Literal["adam"] = "adam"

    amsgrad: bool = option(
        False, "Divide by the largest mean squared gradient so far.", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Adam`; weight decay is added to the gradient."""
        from torch import optim

        return optim.Adam(groups, amsgrad=self.amsgrad, **self._common())


@register
class NAdam(AdamFamily):
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

        return optim.NAdam(groups, momentum_decay=self.momentum_decay, **self._common())


@register
class RMSprop(OptimizerComponent):
    """Gradient over the root of its mean square, without Adam's mean gradient (Hinton 2012)."""

    title: ClassVar[str] = "RMSprop"
    name: Literal["rmsprop"] = "rmsprop"

    momentum: float = option(
        0.0, "How much of the last step is kept in the next.", ge=0, lt=1, live=True
    )
    decay: float = option(0.99, "Decay of the mean squared gradient.", ge=0, lt=1, advanced=True)
    centered: bool = option(
        False, "Take the mean gradient off before squaring: its variance.", advanced=True
    )
    eps: float = _stability(1e-8)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.RMSprop`."""
        from torch import optim

        return optim.RMSprop(
            groups, lr=self.lr, alpha=self.decay, eps=self.eps, momentum=self.momentum,
            centered=self.centered,
        )  # fmt: skip


@register
class Adagrad(OptimizerComponent):
    """Gradient over the root of the sum of all its squares so far (Duchi and others 2011)."""

    title: ClassVar[str] = "Adagrad"
    name: Literal["adagrad"] = "adagrad"

    lr: float = learning_rate(1e-2)
    lr_decay: float = option(
        0.0, "The learning rate is divided by 1 plus this many times the step.", ge=0, le=1,
        scale="log", advanced=True,
    )  # fmt: skip
    initial_sum: float = option(
        0.0, "Where the sum of squares begins; above 0 the first steps are shorter.", ge=0,
        le=1000, advanced=True,
    )  # fmt: skip
    eps: float = _stability(1e-10)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Adagrad`."""
        from torch import optim

        return optim.Adagrad(
            groups, lr=self.lr, lr_decay=self.lr_decay, eps=self.eps,
            initial_accumulator_value=self.initial_sum,
        )  # fmt: skip
