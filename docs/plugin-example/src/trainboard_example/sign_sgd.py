"""Steps of one length in the direction of the gradient's sign (Bernstein and others 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent, learning_rate
from engine.schema import option, register

if TYPE_CHECKING:
    from torch.optim import Optimizer


@register
class SignSGD(OptimizerComponent):
    """Steps of one length for every weight, by the sign of its averaged gradient."""

    title: ClassVar[str] = "SignSGD"
    name: Literal["sign_sgd"] = "sign_sgd"
    lr: float = learning_rate(0.001)
    momentum: float = option(0.9, "Part of the earlier gradients that is kept.", ge=0, lt=1)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """The torch optimizer; torch itself is imported only now."""
        from trainboard_example.stepping import SignDescent

        return SignDescent(groups, lr=self.lr, momentum=self.momentum)
