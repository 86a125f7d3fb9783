"""What optimizer and schedule components give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from engine.optimizers.schedules import Constant, Schedule
from engine.schema import Component, OneOf, option

if TYPE_CHECKING:
    from torch.optim import Optimizer


def learning_rate(default: float) -> Any:
    """The option `lr` with an optimizer's usual value."""
    return option(
        default, "Learning rate: the length of one step.", gt=0, le=1000, scale="log", live=True
    )


class OptimizerComponent(Component):
    """A rule that turns gradients into steps. Weight decay is given by regularization."""

    kind: ClassVar[str] = "optimizer"

    lr: float = learning_rate(1e-3)
    schedule: Annotated[Schedule, OneOf("schedule")] = option(
        Constant(), "How the learning rate changes during the training."
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """The torch optimizer over parameter groups (`params` and `weight_decay` each)."""
        raise NotImplementedError
