"""Class weights from class counts."""

from __future__ import annotations

import torch


def class_weights(mode: str, counts: torch.Tensor | None) -> torch.Tensor | None:
    """Weights (classes,) with mean 1 over the training samples, or None for mode "none".

    A class that training never meets weighs 1: were it nothing, a batch of validation that holds
    only such classes would have no loss at all.
    """
    if mode == "none" or counts is None:
        return None
    present = counts > 0
    weights = counts.sum() / (present.sum() * counts.clamp(min=1).float())
    return torch.where(present, weights, torch.ones_like(weights))
