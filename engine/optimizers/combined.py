"""Muon and AdamW as one optimizer, with one state."""

from __future__ import annotations

from typing import Any

import torch
from torch import optim


class MuonAndAdamW(optim.Optimizer):
    """Groups that say `muon` are stepped by Muon, all others by AdamW.

    The two work on this optimizer's groups and state, so that saving, resuming and changing them is
    torch's own.
    """

    def __init__(
        self, groups: list[dict[str, Any]], muon: dict[str, Any], adamw: dict[str, Any]
    ) -> None:
        groups = [dict(group) for group in groups]
        self._inner: list[tuple[bool, optim.Optimizer]] = []
        for is_muon in (True, False):
            own = [group for group in groups if group["muon"] == is_muon]
            if own:  # the constructor fills in each group what it does not say itself
                made = optim.Muon(own, **muon) if is_muon else optim.AdamW(own, **adamw)
                self._inner.append((is_muon, made))
        super().__init__(groups, {"lr": adamw["lr"], "weight_decay": 0.0})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step of both; the loss that the closure, if there is one, has given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for is_muon, inner in self._inner:
            # anew each time: loading a state puts other objects in their place
            inner.param_groups = [g for g in self.param_groups if g["muon"] == is_muon]
            inner.state = self.state
            inner.step()
        return loss
