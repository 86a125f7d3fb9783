"""The multi-layer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.architectures.base import Activation, Architecture, Norm
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn


@register
class MLP(Architecture):
    """Fully connected layers; the input is flattened first."""

    title: ClassVar[str] = "MLP"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image", "table", "series")
    shaped_by: ClassVar[str] = "hidden"
    name: Literal["mlp"] = "mlp"

    hidden: Sizes = option((128, 64), "Units of each hidden layer.", unit="units")
    activation: Activation = option("relu", "Nonlinearity after each hidden layer.")
    norm: Norm = option("none", "Normalization after each hidden layer.")
    residual: bool = option(
        False, "Add what goes into a hidden layer to what comes out of it.", advanced=True
    )

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Flatten, then linear, norm, activation, dropout for each size, then linear."""
        from torch import nn

        from engine.architectures.dense import hidden_layers

        width = facts.inputs
        return nn.Sequential(
            nn.Flatten(),
            *hidden_layers(width, self.hidden, self.norm, self.activation, dropout, self.residual),
            nn.Linear(self.hidden[-1] if self.hidden else width, outputs),
        )
