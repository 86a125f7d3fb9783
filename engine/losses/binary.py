"""Losses for yes or no: two classes, or several labels at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.facts import Facts
from engine.losses.base import Loss
from engine.schema import option, register

if TYPE_CHECKING:
    import torch
    from torch import nn


@register
class BCEWithLogits(Loss):
    """Binary cross-entropy of the sigmoid, for two classes or several labels at once."""

    title: ClassVar[str] = "BCE"
    name: Literal["bce_with_logits"] = "bce_with_logits"

    positive_weight: float = option(
        1.0, "How much more a positive target counts: above 1 it is missed less often.", gt=0,
        le=1e6, scale="log", advanced=True,
    )  # fmt: skip

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Two classes, of which the second is the positive one; or any number of labels."""
        return facts.binary or facts.task == "multilabel"

    def outputs(self, facts: Facts) -> int:
        """One output for two classes: the logit of the second."""
        return 1 if facts.binary else len(facts.targets)

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """Logits (N, 1) and class numbers (N,), or logits and labels (N, T)."""
        from engine.losses.modules import BinaryCrossEntropy

        return BinaryCrossEntropy(self.positive_weight)
