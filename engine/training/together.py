"""Many callbacks as one for Lightning, which asks each of them at every hook, whether it has it or
not: sixteen questions a step, of which half are idle."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from engine.training.lightning import pl

_HOOKS = [name for name in dir(pl.Callback) if name.startswith("on_") or name == "setup"]
_OF_CHECKPOINTS = ("on_save_checkpoint", "on_load_checkpoint")


class Together(pl.Callback):
    """Calls those of its parts that have a hook, in their order. In a checkpoint each part has its
    state under its own name, as if Lightning knew it."""

    def __init__(self, parts: Sequence[pl.Callback]) -> None:
        self.parts = tuple(parts)
        for name in _HOOKS:
            if name not in _OF_CHECKPOINTS:
                setattr(self, name, _in_turn([p for p in parts if _has(p, name)], name))

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Each part's state, then what each adds."""
        states = {part.state_key: part.state_dict() for part in self.parts}
        checkpoint["callbacks"] |= {key: state for key, state in states.items() if state}
        for part in self.parts:
            part.on_save_checkpoint(trainer, pl_module, checkpoint)

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Each part gets its own state back."""
        for part in self.parts:
            part.on_load_checkpoint(trainer, pl_module, checkpoint)
        for part in self.parts:
            if state := checkpoint["callbacks"].get(part.state_key):
                part.load_state_dict(copy.deepcopy(state))


def _has(part: pl.Callback, name: str) -> bool:
    return getattr(type(part), name) is not getattr(pl.Callback, name)


def _in_turn(parts: Sequence[pl.Callback], name: str) -> Callable[..., None]:
    hooks = [getattr(part, name) for part in parts]

    def all_of_them(*args: Any, **kwargs: Any) -> None:
        for hook in hooks:
            hook(*args, **kwargs)

    return all_of_them
