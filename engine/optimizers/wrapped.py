"""The library's SAM and Lookahead as Lightning and an exact resume need them."""

from __future__ import annotations

from typing import Any

import torch
from pytorch_optimizer import SAM, Lookahead

SLOW = "slow_params"


class TwiceAsked(SAM):
    """SAM whose closure gives the first gradient, too: the library wants it beforehand."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step; the loss at the weights before it."""
        with torch.enable_grad():
            loss = closure()
        super().step(closure)
        return loss


class LookingAhead(Lookahead):
    """Lookahead whose slow weights are those before its first step, and whose state is one like
    any other optimizer's: numbered parameters, no tuples for keys."""

    def init_group(self, group: Any, **_: Any) -> None:
        """Nothing yet: between building and the first step a checkpoint may bring the weights."""

    def step(self, closure: Any = None) -> Any:
        """One step of the inner optimizer; after every k of them the slow weights move."""
        for group in self.param_groups:
            super().init_group(group)
        return super().step(closure)

    def state_dict(self) -> dict[str, Any]:
        """The inner optimizer's state, with the slow weights beside what it keeps."""
        inner: dict[str, Any] = self.optimizer.state_dict()
        state = {number: dict(kept) for number, kept in inner["state"].items()}
        for number, parameter in enumerate(self._parameters()):
            if SLOW in self.state.get(parameter, {}):
                state.setdefault(number, {})[SLOW] = self.state[parameter][SLOW]
        return {**inner, "state": state}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from such a state."""
        slow: dict[int, Any] = {}
        inner: dict[int, Any] = {}
        for number, kept in state_dict["state"].items():
            rest = {key: value for key, value in kept.items() if key != SLOW}
            inner |= {number: rest} if rest else {}
            slow |= {number: kept[SLOW]} if SLOW in kept else {}
        self.optimizer.load_state_dict({**state_dict, "state": inner})
        self.state.clear()
        for number, parameter in enumerate(self._parameters()):
            if number in slow:
                self.state[parameter] = {SLOW: slow[number].to(parameter, copy=True)}

    def _parameters(self) -> list[Any]:
        return [parameter for group in self.param_groups for parameter in group["params"]]
