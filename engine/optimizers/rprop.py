"""Resilient backpropagation, which looks only at the signs of gradients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import Foreach
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch.optim import Optimizer


@register
class Rprop(Foreach):
    """Steps by the signs of gradients, each weight its own (Riedmiller and Braun 1993).

    A step grows while the sign stays, so batches should hold all samples, or most.
    """

    title: ClassVar[str] = "Rprop"
    name: Literal["rprop"] = "rprop"

    lr: float = option(
        1e-2, "Length of the first step; from then on each weight's own length changes by itself.",
        gt=0, le=50, scale="log",
    )  # fmt: skip
    shrink: float = option(
        0.5, "Factor of a weight's step when its gradient changes sign.", gt=0, lt=1, advanced=True,
        live=True,
    )  # fmt: skip
    grow: float = option(
        1.2, "Factor of a weight's step while its gradient keeps its sign.", gt=1, le=10,
        advanced=True, live=True,
    )  # fmt: skip
    smallest: float = option(
        1e-6, "Steps are never shorter.", gt=0, le=1, scale="log", advanced=True
    )
    largest: float = option(
        50.0, "Steps are never longer.", gt=0, le=1000, scale="log", advanced=True
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`torch.optim.Rprop`, which knows no weight decay: it is added to the gradient."""
        from engine.optimizers.decaying import DecayingRprop

        return DecayingRprop(
            groups, lr=self.lr, etas=(self.shrink, self.grow),
            step_sizes=(self.smallest, self.largest), **self.how(),
        )  # fmt: skip

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Steps that change by themselves follow no schedule."""
        yield from super().check(recipe)
        if self.schedule.name != "constant" or self.schedule.warmup:
            sentence = "rprop chooses the length of its steps itself and follows no schedule"
            yield Problem("optimizer.schedule", sentence, "choose constant without warm-up")
        if self.smallest > self.largest:
            sentence = "The smallest step is longer than the largest"
            yield Problem("optimizer.smallest", sentence, "make it smaller")
