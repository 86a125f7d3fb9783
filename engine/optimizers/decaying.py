"""Torch's Rprop with weight decay."""

from __future__ import annotations

from typing import Any

import torch
from torch import optim


class DecayingRprop(optim.Rprop):
    """Adds each group's `weight_decay` times the weights to their gradients before the step."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step; the loss that the closure, if there is one, has given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            learning = [p for p in group["params"] if p.grad is not None]
            if group.get("weight_decay", 0) and learning:
                gradients = [p.grad for p in learning]
                torch._foreach_add_(gradients, learning, alpha=group["weight_decay"])
        super().step()
        return loss
