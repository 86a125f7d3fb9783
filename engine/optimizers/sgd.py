"""Stochastic gradient descent, and its average."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import Foreach, Fused, learning_rate
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


@register
class SGD(Fused):
    """Steps against the gradient, with momentum (Polyak 1964, Nesterov 1983)."""

    title: ClassVar[str] = "SGD"
    name: Literal["sgd"] = "sgd"

    lr: float = learning_rate(0.05)
    momentum: float = option(
        0.9, "How much of the last step is kept in the next.", ge=0, lt=1, live=True
    )
    nesterov: bool = option(False, "Look ahead along the momentum before taking the gradient.")

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.SGD`."""
        from torch import optim

        momentum, nesterov = self.momentum, self.nesterov
        return optim.SGD(groups, lr=self.lr, momentum=momentum, nesterov=nesterov, **self.how())

    def check(self, recipe: Any) -> Iterator[Problem]:
        """There is no looking ahead without momentum."""
        yield from super().check(recipe)
        if self.nesterov and self.momentum == 0:
            sentence = "Nesterov needs momentum, which is 0"
            yield Problem("optimizer.nesterov", sentence, "set optimizer.momentum to 0.9")


@register
class ASGD(Foreach):
    """Gradient steps that shrink by a law that suits averaging (Polyak and Juditsky 1992)."""

    title: ClassVar[str] = "ASGD"
    name: Literal["asgd"] = "asgd"

    lr: float = learning_rate(1e-2)
    shrink: float = option(
        1e-4, "How fast steps shrink: they are divided by (1 + this times lr times the step) to"
        " `power`; the weights decay by it, too.", ge=0, le=1, scale="log", advanced=True,
        live=True,
    )  # fmt: skip
    power: float = option(0.75, "The power in that law.", ge=0, le=1, advanced=True)
    average_from: int = option(
        1_000_000, "Step from which torch averages the weights. What is validated are the weights"
        " themselves; regularization.ema validates an average.", ge=0, unit="steps", advanced=True,
    )  # fmt: skip

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.ASGD`."""
        from torch import optim

        return optim.ASGD(
            groups, lr=self.lr, lambd=self.shrink, alpha=self.power, t0=float(self.average_from),
            **self.how(),
        )  # fmt: skip

    def kept_per_weight(self, network: nn.Module) -> float:
        """The average."""
        return 1.0
