"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent, learning_rate
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch.optim import Optimizer


@register
class SGD(OptimizerComponent):
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

        return optim.SGD(groups, lr=self.lr, momentum=self.momentum, nesterov=self.nesterov)

    def check(self, recipe: Any) -> Iterator[Problem]:
        """There is no looking ahead without momentum."""
        if self.nesterov and self.momentum == 0:
            sentence = "Nesterov needs momentum, which is 0"
            yield Problem("optimizer.nesterov", sentence, "set optimizer.momentum to 0.9")
