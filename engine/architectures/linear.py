"""The linear model: the baseline that everything else has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.architectures.base import Architecture
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.schema import register

if TYPE_CHECKING:
    from torch import nn


@register
class LinearModel(Architecture):
    """One linear layer on the flattened input: softmax, logistic or linear regression."""

    title: ClassVar[str] = "Linear"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image", "table", "series")
    name: Literal["linear"] = "linear"

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Flatten, dropout of inputs, linear."""
        from torch import nn

        from engine.architectures.layers import dropout_layer

        return nn.Sequential(nn.Flatten(), dropout_layer(dropout), nn.Linear(facts.inputs, outputs))
