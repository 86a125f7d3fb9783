"""What changes whole batches, on the device where they are.

What happens to a sample must follow from its own random numbers alone, to the last bit: so
everything here works element by element, with operations that IEEE 754 rounds correctly, or in
whole numbers. What needs a cosine or an exponential takes it from a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from torch import Tensor

if TYPE_CHECKING:
    from engine.augmentation.kernels.colours import Tint
    from engine.augmentation.kernels.moves import Move

    Kernel: TypeAlias = "Move | Tint | Change"


class Draws(Protocol):
    """The random numbers of one place in the list, for each of N samples."""

    def __len__(self) -> int: ...

    def uniforms(self, count: int) -> Tensor:
        """The first `count` numbers in [0, 1): (N, count) float64."""

    def normals(self, count: int) -> Tensor:
        """Standard normal numbers (N, count) float32."""


class Change(Protocol):
    """Any change of raw inputs that is neither a move nor a tint."""

    def __call__(self, inputs: Tensor, draws: Draws, /) -> Tensor:
        """Inputs (N, ...) as they have become; the type may become float32."""
