"""Optimizers other than Adam that adapt the step of every weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import Foreach, Fused, learning_rate, stability
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


@register
class RMSprop(Foreach):
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
    eps: float = stability(1e-8)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.RMSprop`."""
        from torch import optim

        return optim.RMSprop(
            groups, lr=self.lr, alpha=self.decay, eps=self.eps, momentum=self.momentum,
            centered=self.centered, **self.how(),
        )  # fmt: skip


@register
class Adagrad(Fused):
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
    eps: float = stability(1e-10)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Adagrad`."""
        from torch import optim

        return optim.Adagrad(
            groups, lr=self.lr, lr_decay=self.lr_decay, eps=self.eps,
            initial_accumulator_value=self.initial_sum, **self.how(),
        )  # fmt: skip


@register
class Adadelta(Foreach):
    """Gradient times the ratio of the mean sizes of past steps and gradients (Zeiler 2012)."""

    title: ClassVar[str] = "Adadelta"
    name: Literal["adadelta"] = "adadelta"

    lr: float = learning_rate(1.0)
    decay: float = option(
        0.9, "Decay of the mean squared gradient and step.", ge=0, lt=1, advanced=True, live=True
    )
    eps: float = stability(1e-6)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Adadelta`."""
        from torch import optim

        return optim.Adadelta(groups, lr=self.lr, rho=self.decay, eps=self.eps, **self.how())


@register
class Adafactor(Foreach):
    """Adaptive steps that keep little: of a matrix, rows and columns (Shazeer and Stern 2018)."""

    title: ClassVar[str] = "Adafactor"
    name: Literal["adafactor"] = "adafactor"

    lr: float = learning_rate(1e-2)
    decay: float = option(
        0.8, "How fast the mean squared gradient forgets less: 1 minus the step to minus this.",
        ge=0, le=2, advanced=True, live=True,
    )  # fmt: skip
    clip: float = option(
        1.0, "Largest mean size of a step before the learning rate.", ge=1, le=1000, advanced=True,
        live=True,
    )  # fmt: skip
    smallest: float = option(
        1e-3, "Steps are relative to the size of the weights, which counts as at least this.",
        gt=0, le=1, scale="log", advanced=True,
    )  # fmt: skip

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Adafactor`."""
        from torch import optim

        return optim.Adafactor(
            groups, lr=self.lr, beta2_decay=-self.decay, eps=(None, self.smallest), d=self.clip,
            **self.how(),
        )  # fmt: skip

    def kept_per_weight(self, network: nn.Module) -> float:
        """A number for each row and column of the last two dimensions, or for each of a vector."""
        parameters = list(network.parameters())
        kept = sum(
            p.numel() / p.shape[-1] + p.numel() / p.shape[-2] if p.dim() > 1 else p.numel()
            for p in parameters
        )
        return kept / max(1, sum(p.numel() for p in parameters))
