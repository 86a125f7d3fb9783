"""The network for tables: a vector for each category, then fully connected layers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.base import Activation, Architecture, Norm
from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import Sizes, option, register

if TYPE_CHECKING:
    from torch import nn


@register
class Tabular(Architecture):
    """A learned vector for each category (Guo and Berkhahn 2016), then fully connected layers.

    Categories come as numbers with `dataset.categories_as: codes`; without any it is an MLP.
    """

    title: ClassVar[str] = "Tabular"
    inputs: ClassVar[tuple[InputKind, ...]] = ("table",)
    reads_codes: ClassVar[bool] = True
    shaped_by: ClassVar[str] = "hidden"
    name: Literal["tabular"] = "tabular"

    embedding: int | None = option(
        None, "Numbers that stand for a category; unless given, more for more values.", ge=1,
        le=65_536, unit="numbers", typical=8,
    )  # fmt: skip
    norm_numbers: bool = option(
        False, "Normalize the numbers of a row by batch, besides their scaling.", advanced=True
    )
    hidden: Sizes = option((128, 64), "Units of each hidden layer.", unit="units")
    activation: Activation = option("relu", "Nonlinearity after each hidden layer.")
    norm: Norm = option("none", "Normalization after each hidden layer.")
    residual: bool = option(False, "Add what goes into a hidden layer to what comes out of it.")

    def check(self, recipe: Any) -> Iterator[Problem]:
        """There is nothing to normalize by in a batch of one."""
        yield from super().check(recipe)
        if self.norm_numbers and recipe.training.batch_size == 1:
            sentence = "Batch normalization needs more than one sample in a batch"
            hint = "choose false, or a larger training.batch_size"
            yield Problem("architecture.norm_numbers", sentence, hint)

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Numbers and vectors side by side, with dropout of vectors; hidden layers; linear."""
        from torch import nn

        from engine.architectures.categories import Embeddings, NumbersAndVectors
        from engine.architectures.dense import hidden_layers

        numbers = facts.inputs - len(facts.cardinalities)
        sizes = [self.embedding or vector_size(count) for count in facts.cardinalities]
        embeddings = Embeddings(facts.cardinalities, sizes)
        width = numbers + sum(sizes)
        return nn.Sequential(
            NumbersAndVectors(numbers, embeddings, self.norm_numbers, dropout),
            *hidden_layers(width, self.hidden, self.norm, self.activation, dropout, self.residual),
            nn.Linear(self.hidden[-1] if self.hidden else width, outputs),
        )


def vector_size(count: int) -> int:
    """How many numbers stand for each of `count` values: the rule of fastai's tabular models
    (Howard and Gugger 2020), which was found by trying."""
    return min(600, round(1.6 * math.pow(count, 0.56)))
