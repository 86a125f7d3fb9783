"""What a tensor shows of the sample's axes, and the plainest things done to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf

from torch import Tensor

from engine.model.recording import Step


@dataclass(frozen=True)
class Axis:
    """One axis of the sample as a tensor shows it.

    A value depends on `seen` places, neighbouring values begin `jump` places apart. The values
    stand along dimension `dim`; without one they are `spread` over the features, or there is one
    value alone.
    """

    seen: float
    jump: int
    dim: int | None
    spread: bool = False

    @property
    def whole(self) -> bool:
        """Whether a value depends on all places."""
        return self.seen == inf

    def mixed(self, dim: int | None = None) -> Axis:
        """The axis when a value depends on all places."""
        return Axis(inf, self.jump, dim)


Seen = tuple[Axis, ...]
Taken = list[tuple[Tensor, Seen]]
Rule = Callable[[Step, Taken], "Seen | None"]


def merged(states: Sequence[Seen]) -> Seen:
    """What depends on several tensors of the same layout depends on the most of each."""
    if not states:
        return ()
    return tuple(_one_of(axes) for axes in zip(*states, strict=True))


def _one_of(axes: Sequence[Axis]) -> Axis:
    dims = {axis.dim for axis in axes if axis.dim is not None}
    seen = max(axis.seen for axis in axes)
    if len(dims) > 1 or (dims and any(axis.dim is None for axis in axes)):
        seen = inf  # a single value beside many, as the gate of squeeze-and-excitation
    dim = next(iter(dims)) if len(dims) == 1 else None
    spread = dim is None and any(axis.spread for axis in axes)
    return Axis(seen, max(axis.jump for axis in axes), dim, spread)


def moved(state: Seen, to: Callable[[int], int | None]) -> Seen:
    """The axes along other dimensions; one that goes nowhere is a single place."""
    return tuple(axis if axis.dim is None else replace(axis, dim=to(axis.dim)) for axis in state)


def unknown(_step: Step, taken: Taken) -> Seen | None:
    """Whatever is done to what depends on everything, it still does."""
    state = merged([state for _, state in taken])
    if all(axis.whole for axis in state):
        return tuple(axis.mixed() for axis in state)
    return None


def _shifted(by: int, dim: int) -> int:
    return dim + by


def same(step: Step, taken: Taken) -> Seen | None:
    """Value by value, the dimensions counted from the last, as in broadcasting."""
    width = step.outputs[0].dim()
    return merged(
        [moved(state, partial(_shifted, width - tensor.dim())) for tensor, state in taken]
    )


def independent(_step: Step, _taken: Taken) -> Seen | None:
    """Only the shape of a tensor counts."""
    return ()


def unchanged(_step: Step, taken: Taken) -> Seen | None:
    """Dimensions are kept, new ones come behind them."""
    return taken[0][1]
