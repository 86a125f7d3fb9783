"""Class weights from class counts."""

from __future__ import annotations

import torch


def class_weights(mode: str, counts: torch.Tensor | None) -> torch.Tensor | None:
    """Weights (classes,) with mean 1 over the samples, or None; an absent class weighs nothing."""
    if mode == "none" or counts is None:
        return None
    present = counts > 0
    weights = counts.sum() / (present.sum() * counts.clamp(min=1).float())
    return torch.where(present, weights, torch.zeros_like(weights))
