"""Optimizers that wrap another one: SAM and Lookahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.optimizers.base import OptimizerComponent, learning_rate, stability
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer


class Wrapping(OptimizerComponent):
    """What steps inside: SGD with its momentum, or AdamW with its betas."""

    base: Literal["sgd", "adamw"] = option("adamw", "The optimizer that makes the steps.")
    momentum: float = option(
        0.9, "How much of the last step is kept in the next; for sgd.", ge=0, lt=1, advanced=True,
        live=True,
    )  # fmt: skip
    beta1: float = option(
        0.9, "Decay of the mean gradient; for adamw.", ge=0, lt=1, advanced=True, live=True
    )
    beta2: float = option(
        0.999, "Decay of the mean squared gradient; for adamw.", ge=0, lt=1, advanced=True,
        live=True,
    )  # fmt: skip
    eps: float = stability(1e-8)

    def _inner(self) -> tuple[type[Optimizer], dict[str, Any]]:
        from torch import optim

        if self.base == "sgd":
            return optim.SGD, {"lr": self.lr, "momentum": self.momentum}
        return optim.AdamW, {"lr": self.lr, "betas": (self.beta1, self.beta2), "eps": self.eps}

    def kept_per_weight(self, network: nn.Module) -> float:
        """What the inner optimizer keeps, and one more set of weights."""
        momentum = 1.0 if self.momentum else 0.0
        return 1.0 + (momentum if self.base == "sgd" else 2.0)


@register
class SAM(Wrapping):
    """Looks for flat minima, with two gradients a step (Foret and others 2021).

    The second is taken where the loss nearby is highest, as the first tells.
    """

    title: ClassVar[str] = "SAM"
    name: Literal["sam"] = "sam"

    lr: float = learning_rate(1e-3)
    rho: float = option(
        0.05, "How far away the gradient is taken.", gt=0, le=10, scale="log", live=True
    )
    adaptive: bool = option(
        False, "Let the distance follow the size of each weight (ASAM); rho is then about 10 times"
        " larger.", advanced=True,
    )  # fmt: skip

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`pytorch_optimizer.SAM`, which asks the closure twice."""
        from engine.optimizers.wrapped import TwiceAsked

        rule, options = self._inner()
        return TwiceAsked(groups, rule, rho=self.rho, adaptive=self.adaptive, **options)

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Both gradients are of one batch, and need to be exact."""
        yield from super().check(recipe)
        if recipe.training.accumulate > 1:
            sentence = "sam takes its second gradient on the last of several batches only"
            hint = "set it to 1 and make training.batch_size larger"
            yield Problem("training.accumulate", sentence, hint)
        if recipe.training.precision == "16-mixed":
            sentence = "sam cannot train in 16-mixed: its steps do not pass the loss scaling"
            yield Problem("training.precision", sentence, 'choose "32"')


@register
class Lookahead(Wrapping):
    """After k steps, goes back part of the way to where they began (Zhang and others 2019)."""

    title: ClassVar[str] = "Lookahead"
    name: Literal["lookahead"] = "lookahead"

    lr: float = learning_rate(1e-3)
    k: int = option(5, "Steps before going back.", ge=1, le=10_000, unit="steps")
    alpha: float = option(
        0.5, "The part of the way that is kept; 1 is the inner optimizer alone.", gt=0, le=1
    )

    def build(self, groups: list[dict[str, Any]]) -> Optimizer:
        """`pytorch_optimizer.Lookahead` round the inner optimizer."""
        from engine.optimizers.wrapped import LookingAhead

        rule, options = self._inner()
        return LookingAhead(rule(groups, **options), k=self.k, alpha=self.alpha)
