"""What every architecture component gives: a torch module from shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.facts import Facts
from engine.schema import Component

if TYPE_CHECKING:
    from torch import nn

Activation = Literal["relu", "gelu", "tanh", "silu", "leaky_relu", "sigmoid"]
Norm = Literal["none", "batch", "layer", "group"]


class Architecture(Component):
    """A network. Input and output sizes come from the dataset, dropout from regularization."""

    kind: ClassVar[str] = "architecture"

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """A module that maps (N, *facts.shape) float32 to logits or values (N, outputs)."""
        raise NotImplementedError
