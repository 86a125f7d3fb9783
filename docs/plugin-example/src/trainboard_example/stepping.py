"""The optimizer as torch has them. All that it remembers is in `state`, so checkpoints keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class SignDescent(torch.optim.Optimizer):
    """w <- w - lr * (sign(m) + weight_decay * w), where m is the average of the gradients."""

    def __init__(self, params: Any, lr: float, momentum: float, weight_decay: float = 0.0) -> None:
        defaults = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """One step; `closure` computes loss and gradients."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._move(weight, group)
        return loss

    def _move(self, weight: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["average"] = torch.zeros_like(weight)
        average = state["average"].lerp_(weight.grad, 1 - group["momentum"])
        weight.mul_(1 - group["lr"] * group["weight_decay"])
        weight.sub_(average.sign(), alpha=group["lr"])
