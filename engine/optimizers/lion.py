"""Lion, which steps by signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent, learning_rate
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


@register
class Lion(OptimizerComponent):
    """Steps by the sign of the momentum, alike for every weight (Chen and others 2023).

    The learning rate should be 3 to 10 times below AdamW's.
    """

    title: ClassVar[str] = "Lion"
    name: Literal["lion"] = "lion"

    lr: float = learning_rate(2e-4)
    beta1: float = option(
        0.9, "How much of the momentum is in a step.", ge=0, lt=1, advanced=True, live=True
    )
    beta2: float = option(0.99, "Decay of the momentum.", ge=0, lt=1, advanced=True, live=True)

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`pytorch_optimizer.Lion`; weight decay is taken apart from the gradient."""
        from pytorch_optimizer import Lion as LionRule

        made: Optimizer = LionRule(groups, lr=self.lr, betas=(self.beta1, self.beta2))
        return made

    def kept_per_weight(self, network: nn.Module) -> float:
        """The momentum."""
        return 1.0
