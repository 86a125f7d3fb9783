"""What every architecture component gives: a torch module from shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.facts import Facts
from engine.facts import Kind as InputKind
from engine.problems import Problem
from engine.schema import COMPONENTS, Component, component_name

if TYPE_CHECKING:
    from torch import nn

Activation = Literal["relu", "gelu", "tanh", "silu", "leaky_relu", "sigmoid"]
Norm = Literal["none", "batch", "layer", "group"]


class Architecture(Component):
    """A network. Input and output sizes come from the dataset, dropout from regularization.

    `inputs` are the kinds of samples that it can read.
    """

    kind: ClassVar[str] = "architecture"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image", "table")

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """A module that maps (N, *facts.shape) float32 to logits or values (N, outputs).

        Texts are token numbers (N, length) int64. With the task `tokens` the logits are
        (N, length, outputs), and those at a place depend on no later one.
        """
        raise NotImplementedError

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Samples that it cannot read, and norms with nothing to average, are problems."""
        facts = recipe.dataset.facts()
        if facts.kind not in self.inputs:
            sentence = f"{self.name} cannot read {recipe.dataset.name}, whose samples are "
            sentence += f"{_PLURALS[facts.kind]}"
            hint = f"choose {' or '.join(_architectures_for(facts.kind))}"
            yield Problem("architecture", sentence, hint)
        if getattr(self, "norm", "none") == "batch" and recipe.training.batch_size == 1:
            sentence = "Batch normalization needs more than one sample in a batch"
            hint = "choose layer or group, or a larger training.batch_size"
            yield Problem("architecture.norm", sentence, hint)
        if getattr(self, "norm", "none") in ("layer", "group") and 1 in getattr(self, "hidden", ()):
            sentence = "Normalizing a layer of a single unit would make it constant"
            yield Problem("architecture.norm", sentence, "choose batch or none, or more units")


_PLURALS: dict[InputKind, str] = {
    "image": "images", "table": "rows of a table", "text": "texts", "series": "series",
}  # fmt: skip


def _architectures_for(kind: InputKind) -> list[str]:
    return [
        component_name(cls)
        for cls in COMPONENTS.classes("architecture")
        if issubclass(cls, Architecture) and kind in cls.inputs
    ]
