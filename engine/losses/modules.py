"""Criteria that torch does not have in the shape that is needed here."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by


class LogSoftmaxNLL(nn.Module):
    """`nn.NLLLoss` of logits (N, classes) after their log-softmax; targets (N,) int64."""

    def __init__(self, weight: Tensor | None) -> None:
        super().__init__()
        self.criterion = nn.NLLLoss(weight)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The (weighted) mean over the batch."""
        loss: Tensor = self.criterion(F.log_softmax(logits, dim=1), targets)
        return loss


class FocalLoss(nn.Module):
    """-(1 - p)^gamma log p of the true class's probability p, for any number of classes.

    Logits (N, classes), targets (N,) int64. With weights it is the weighted mean, as in
    `nn.CrossEntropyLoss`, which it equals at gamma 0. Lin and others 2017, arXiv:1708.02002.
    """

    weight: Tensor | None

    def __init__(self, gamma: float, weight: Tensor | None) -> None:
        super().__init__()
        self.gamma = gamma
        self.register_buffer("weight", weight)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The (weighted) mean over the batch."""
        nll = F.cross_entropy(logits, targets, reduction="none")
        # 1 - p by expm1, exact where p is near 1; the gradient of 0 to a power below 1 is not
        # finite, so the base stays off 0.
        doubt = (-torch.expm1(-nll)).clamp(min=torch.finfo(nll.dtype).tiny)
        losses = doubt**self.gamma * nll
        if self.weight is None:
            return losses.mean()
        weights = self.weight[targets]
        return (weights * losses).sum() / weights.sum()


class BinaryCrossEntropy(nn.Module):
    """Binary cross-entropy of logits; a positive target counts `positive_weight` times."""

    positive_weight: Tensor

    def __init__(self, positive_weight: float) -> None:
        super().__init__()
        self.register_buffer("positive_weight", torch.tensor(positive_weight))

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The mean over all of (N, T); targets are (N, T), or (N,) class numbers when T is 1."""
        return F.binary_cross_entropy_with_logits(
            logits, targets.to(logits.dtype).view_as(logits), pos_weight=self.positive_weight
        )
