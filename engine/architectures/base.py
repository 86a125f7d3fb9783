"""What every architecture component gives: a torch module from shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.losses.base import describe_task
from engine.problems import Problem
from engine.schema import COMPONENTS, Component, component_name, option

if TYPE_CHECKING:
    from torch import nn

    from engine.datasets.base import Splits

Activation = Literal["relu", "gelu", "tanh", "silu", "leaky_relu", "sigmoid"]
Norm = Literal["none", "batch", "layer", "group"]
HeadNorm = Literal["none", "layer"]
Init = Literal["default", "kaiming", "xavier", "orthogonal"]


class Architecture(Component):
    """A network. Input and output sizes come from the dataset, dropout from regularization.

    `inputs` are the kinds of samples that it can read, `tasks` what it can be trained to do;
    `reads_codes` says whether it knows numbers of categories (`Facts.cardinalities`) from amounts;
    `shaped_by` is the option to look at when its layers do not fit together, "" for none alone;
    `suggested` says whether it is named to who has chosen one that does not fit; `channels_last`
    whether it trains faster on a CPU with its numbers in that order (measured).
    """

    kind: ClassVar[str] = "architecture"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image", "table")
    tasks: ClassVar[tuple[Task, ...]] = ("classes", "multilabel", "regression")
    reads_codes: ClassVar[bool] = False
    shaped_by: ClassVar[str] = ""
    suggested: ClassVar[bool] = True
    channels_last: ClassVar[bool] = False

    init: Init = option(
        "default", "How the first weights are drawn: as each layer does by itself, or all alike.",
        advanced=True,
    )  # fmt: skip
    zero_last: bool = option(
        False, "Begin with a last layer of zeros: all answers are equal at first.", advanced=True
    )

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """A module that maps (N, *facts.shape) float32 to logits or values (N, outputs).

        Texts are token numbers (N, length) int64. With the task `tokens` the logits are
        (N, length, outputs), and those at a place depend on no later one.
        """
        raise NotImplementedError

    def deployed(self) -> Self:
        """The choice whose network is that of an exported model: what only helps to learn may be
        left out of it."""
        return self

    def last_layers(self, network: nn.Module) -> list[nn.Module]:
        """The layers of a network of its own that give the answer: what `zero_last` empties."""
        from engine.architectures.initialisation import layers_with_matrices

        return layers_with_matrices(network)[-1:]

    def dataset_defaults(self) -> dict[str, Any]:
        """Options of the dataset that this choice fills in where the user gives none."""
        return {}

    def frozen(self, network: nn.Module, epoch: int) -> tuple[str, ...]:
        """The names of layers (or single parameters) that do not learn in this epoch, from 0."""
        return ()

    def resting(self, network: nn.Module, epoch: int) -> tuple[str, ...]:
        """The names of layers that compute in this epoch as they do after the training."""
        return ()

    def lr_scale(self, parameter: str) -> float:
        """The factor of the learning rate for the parameter of this name."""
        return 1.0

    def prepared(self, splits: Splits) -> Splits:
        """The data as this network wants it: with another preprocessing if one belongs to it."""
        return splits

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Whether it reads such samples and can be trained for the task."""
        read = facts.kind in cls.inputs and (cls.reads_codes or not facts.cardinalities)
        return read and facts.task in cls.tasks

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Data that it is not made for, and norms with nothing to average, are problems."""
        facts = recipe.dataset.facts()
        if not self.fits(facts):
            yield Problem("architecture", self._misfit(recipe.dataset.name, facts), _fitting(facts))
        if self.zero_last and facts.task == "tokens" and getattr(self, "tie_weights", False):
            sentence = "The last layer is tied to the tokens' vectors, which must not all be zero"
            yield Problem("architecture.zero_last", sentence, "choose false for one of the two")
        norm = getattr(self, "norm", "none")
        if norm == "batch" and recipe.training.batch_size == 1:
            sentence = "Batch normalization needs more than one sample in a batch"
            hint = "choose layer or group, or a larger training.batch_size"
            yield Problem("architecture.norm", sentence, hint)
        elif norm == "batch" and facts.kind == "text" and self.fits(facts):
            sentence = "Batch normalization of a text would average over padding and later tokens"
            yield Problem("architecture.norm", sentence, "choose layer, group or none")
        if norm in ("layer", "group") and 1 in getattr(self, "hidden", ()):
            sentence = "Normalizing a layer of a single unit would make it constant"
            yield Problem("architecture.norm", sentence, "choose batch or none, or more units")

    def _misfit(self, dataset: str, facts: Facts) -> str:
        if facts.kind not in self.inputs:
            return f"{self.name} cannot read {dataset}, whose samples are {_PLURALS[facts.kind]}"
        if facts.cardinalities and not self.reads_codes:
            return f"{self.name} would take the numbers of categories for amounts"
        return f"{self.name} does not fit {dataset}, which is {describe_task(facts)}"


_PLURALS: dict[InputKind, str] = {
    "image": "images", "table": "rows of a table", "text": "texts", "series": "series",
}  # fmt: skip


def _fitting(facts: Facts) -> str:
    """The architectures that fit the data, as a hint; codes need not stay codes."""
    names = [
        component_name(cls)
        for cls in COMPONENTS.classes("architecture")
        if issubclass(cls, Architecture) and cls.suggested and cls.fits(facts)
    ]
    chosen = f"choose {' or '.join(filter(None, (', '.join(names[:-1]), *names[-1:])))}"
    return f"{chosen}, or set dataset.categories_as to one_hot" if facts.cardinalities else chosen
