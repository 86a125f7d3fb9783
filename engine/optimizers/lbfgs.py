"""L-BFGS, which is unlike the others: it measures the loss several times for one step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent, learning_rate
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch.optim import Optimizer


@register
class LBFGS(OptimizerComponent):
    """Quasi-Newton steps from the last gradients; for small models and large batches."""

    title: ClassVar[str] = "L-BFGS"
    name: Literal["lbfgs"] = "lbfgs"

    lr: float = learning_rate(1.0)
    max_iter: int = option(20, "Iterations in one step, on the same batch.", ge=1, le=10_000)
    history_size: int = option(
        10, "How many past gradients approximate the curvature.", ge=1, le=10_000
    )
    line_search: Literal["none", "strong_wolfe"] = option(
        "none", "How far to go: lr, or as far as the strong Wolfe conditions say."
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.LBFGS` over the parameters of all groups; weight decay is the loss's."""
        from torch import optim

        return optim.LBFGS(
            [parameter for group in groups for parameter in group["params"]],
            lr=self.lr,
            max_iter=self.max_iter,
            history_size=self.history_size,
            line_search_fn=None if self.line_search == "none" else self.line_search,
        )

    def check(self, recipe: Any) -> Iterator[Problem]:
        """It takes all parameters alike, one batch a step, and needs exact gradients."""
        regularization, training = recipe.regularization, recipe.training
        if regularization.exempt and regularization.weight_decay > 0:
            sentence = "lbfgs cannot leave some parameters out of the weight decay"
            yield Problem("regularization.exempt", sentence, "set it to false")
        if training.accumulate > 1:
            sentence = "lbfgs cannot add up the gradients of several batches"
            hint = "set it to 1 and make training.batch_size larger"
            yield Problem("training.accumulate", sentence, hint)
        if training.precision == "16-mixed":
            sentence = "lbfgs cannot train in 16-mixed: its steps do not pass the loss scaling"
            yield Problem("training.precision", sentence, 'choose "32"')
        if training.memory_format == "channels_last":
            sentence = "lbfgs cannot train in channels_last: it puts all gradients in one row"
            yield Problem("training.memory_format", sentence, "choose auto or contiguous")
