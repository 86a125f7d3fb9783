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


class ClassLoss(Loss):
    """A loss of logits (N, classes) and class numbers (N,), which can weigh the classes."""

    class_weights: ClassWeights = option(
        "none", "Balanced weighs each class by the inverse of its frequency.", advanced=True
    )

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Any number of classes, one of them for each sample, or for each token."""
        return facts.task in ("classes", "tokens")

    def _weights(self, counts: torch.Tensor | None) -> torch.Tensor | None:
        from engine.losses.weights import class_weights

        return class_weights(self.class_weights, counts)


@register
class CrossEntropy(ClassLoss):
    """Cross-entropy of the softmax: the usual loss for one class out of several."""

    title: ClassVar[str] = "Cross-entropy"
    name: Literal["cross_entropy"] = "cross_entropy"

    label_smoothing: float = option(0.0, "Share of the target spread over all classes.", ge=0, lt=1)

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """`nn.CrossEntropyLoss` with the class weights."""
        from torch import nn

        return nn.CrossEntropyLoss(self._weights(counts), label_smoothing=self.label_smoothing)


@register
class NLL(ClassLoss):
    """Negative log-likelihood of the log-softmax, which it takes itself: plain cross-entropy."""

    title: ClassVar[str] = "NLL"
    name: Literal["nll"] = "nll"

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """Log-softmax, then `nn.NLLLoss` with the class weights."""
        from engine.losses.modules import LogSoftmaxNLL

        return LogSoftmaxNLL(self._weights(counts))


@register
class Focal(ClassLoss):
    """Cross-entropy that counts samples less the surer they already are (Lin and others 2017)."""

    title: ClassVar[str] = "Focal"
    name: Literal["focal"] = "focal"

    gamma: float = option(
        2.0, "How fast sure samples stop counting; at 0 it is cross-entropy.", ge=0, le=20
    )

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """The multi-class focal loss with the class weights."""
        from engine.losses.modules import FocalLoss

        return FocalLoss(self.gamma, self._weights(counts))


@register
class MultiMargin(ClassLoss):
    """Hinge: the right class must beat every other one by a margin (Crammer and Singer 2001)."""

    title: ClassVar[str] = "Multi-margin"
    name: Literal["multi_margin"] = "multi_margin"

    margin: float = option(1.0, "By how much the right class must win.", gt=0, le=1000)
    power: Literal[1, 2] = option(
        1, "Power of what is missing to the margin: linear or squared.", advanced=True
    )

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """`nn.MultiMarginLoss` with the class weights."""
        from torch import nn

        return nn.MultiMarginLoss(self.power, self.margin, self._weights(counts))
