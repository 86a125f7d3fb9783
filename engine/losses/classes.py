"""Losses for one class out of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.facts import Facts
from engine.losses.base import Loss
from engine.schema import option, register

if TYPE_CHECKING:
    import torch
    from torch import nn

ClassWeights = Literal["none", "balanced"]


@register
class CrossEntropy(Loss):
    """Cross-entropy of the softmax: the usual loss for one class out of several."""

    title: ClassVar[str] = "Cross-entropy"
    name: Literal["cross_entropy"] = "cross_entropy"

    label_smoothing: float = option(
        0.0, "Share of the target spread over all classes.", ge=0, lt=1
    )
    class_weights: ClassWeights = option(
        "none", "Balanced weighs each class by the inverse of its frequency.", advanced=True
    )

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Any number of classes."""
        return facts.task == "classes"

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """`nn.CrossEntropyLoss` with the class weights."""
        from torch import nn

        from engine.losses.weights import class_weights

        weight = class_weights(self.class_weights, counts)
        return nn.CrossEntropyLoss(weight, label_smoothing=self.label_smoothing)
