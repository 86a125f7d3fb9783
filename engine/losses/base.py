"""What every loss gives: which tasks it fits, how many outputs it wants, the criterion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from engine.facts import Facts
from engine.problems import Problem
from engine.schema import COMPONENTS, Component, component_name
from engine.wording import counted

if TYPE_CHECKING:
    import torch
    from torch import nn


class Loss(Component):
    """A criterion on (outputs, targets), averaged over the batch."""

    kind: ClassVar[str] = "loss"

    @classmethod
    def fits(cls, facts: Facts) -> bool:
        """Whether this loss can be used for the dataset's task."""
        raise NotImplementedError

    def outputs(self, facts: Facts) -> int:
        """How many outputs the network needs: one a target unless the loss says otherwise."""
        return len(facts.targets)

    def build(self, facts: Facts, counts: torch.Tensor | None) -> nn.Module:
        """The criterion; `counts` (classes,) holds the training samples of each class."""
        raise NotImplementedError

    def check(self, recipe: Any) -> Iterator[Problem]:
        """A loss of another task is a problem, with the losses that do fit as the hint."""
        facts = recipe.dataset.facts()
        if not self.fits(facts):
            fitting = [
                component_name(cls)
                for cls in COMPONENTS.classes("loss")
                if issubclass(cls, Loss) and cls.fits(facts)
            ]
            yield Problem(
                "loss",
                f"{self.name} does not fit {recipe.dataset.name}, which is {describe_task(facts)}",
                f"choose {', '.join(fitting)}",
            )


def describe_task(facts: Facts) -> str:
    """The task in words, for messages."""
    if facts.task == "regression":
        return "a regression task"
    if facts.task == "multilabel":
        return "a multi-label task"
    if facts.task == "tokens":
        return "a language modelling task"
    return f"a classification task with {counted(len(facts.targets), 'class')}"
