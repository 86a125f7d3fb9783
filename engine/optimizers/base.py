"""What optimizer and schedule components give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from engine.optimizers.schedules import Constant, Schedule
from engine.problems import Problem
from engine.schema import Component, OneOf, option

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


def learning_rate(default: float) -> Any:
    """The option `lr` with an optimizer's usual value."""
    return option(
        default, "Learning rate: the length of one step.", gt=0, le=1000, scale="log", live=True
    )


def stability(default: float) -> Any:
    """The option `eps`."""
    return option(
        default, "Added to the denominator for stability.", gt=0, le=1, scale="log", advanced=True
    )


class OptimizerComponent(Component):
    """A rule that turns gradients into steps. Weight decay is given by regularization."""

    kind: ClassVar[str] = "optimizer"

    lr: float = learning_rate(1e-3)
    schedule: Annotated[Schedule, OneOf("schedule")] = option(
        Constant(), "How the learning rate changes during the training."
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """The torch optimizer over parameter groups (`params` and `weight_decay` each).

        Whatever else a group holds is kept in it.
        """
        raise NotImplementedError

    def made(self, implementation: str) -> Self:
        """This choice with `auto` decided: a run goes on as it began, whatever is usual now.
        Empty for an optimizer that makes its steps in one way, or a run that did not record it."""
        if not implementation or "implementation" not in type(self).model_fields:
            return self
        return self.model_copy(update={"implementation": implementation})

    def regrouped(self, groups: list[dict[str, Any]], network: nn.Module) -> list[dict[str, Any]]:
        """The groups as this optimizer wants them, where it does not treat all layers alike."""
        return groups

    def unfit(self, network: nn.Module) -> Iterator[Problem]:
        """Problems of this choice with a network; one on the meta device will do."""
        yield from ()

    def kept_per_weight(self, network: nn.Module) -> float | None:
        """Numbers that are kept for each weight; None where a step on the meta device tells."""
        return None


_STEP = "How torch makes a step: weight by weight (loop) or all of a group at once (foreach); auto"
_HOW: dict[str, dict[str, Any]] = {
    "auto": {}, "loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True},
}  # fmt: skip


class Foreach(OptimizerComponent):
    """One of torch's optimizers that can also step all weights of a group at once."""

    implementation: Literal["auto", "loop", "foreach"] = option(
        "auto", f"{_STEP} is loop on the CPU and foreach on a GPU, with the same bits.",
        advanced=True,
    )  # fmt: skip

    def how(self) -> dict[str, Any]:
        """What torch's constructor is told; nothing lets it choose."""
        return _HOW[self.implementation]


class Fused(OptimizerComponent):
    """One of torch's optimizers that can also make a step in a single pass over the memory."""

    implementation: Literal["auto", "loop", "foreach", "fused"] = option(
        "auto", "How torch makes a step: weight by weight (loop), all of a group at once (foreach)"
        " or in one pass over the memory (fused, with other last bits); auto is fused on the CPU"
        " and foreach on a GPU.", advanced=True,
    )  # fmt: skip

    def how(self) -> dict[str, Any]:
        """What torch's constructor is told; nothing lets it choose."""
        return _HOW[self.implementation]

    def check(self, recipe: Any) -> Iterator[Problem]:
        """A fused step takes the loss scaling off itself, where clipping comes too late."""
        yield from super().check(recipe)
        regularization = recipe.regularization
        clips = regularization.clip_norm is not None or regularization.clip_value is not None
        if self.implementation == "fused" and recipe.training.precision == "16-mixed" and clips:
            sentence = "A fused step in 16-mixed cannot clip gradients: they are still scaled"
            hint = "choose foreach, or another training.precision"
            yield Problem("optimizer.implementation", sentence, hint)
