"""What a network begins with: weights learned elsewhere, what belongs to them, what is frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.architectures.shapes import meta_network
from engine.architectures.transfer import Transfer

if TYPE_CHECKING:
    from engine.architectures.weights.report import WeightsReport
    from engine.facts import Facts
    from engine.recipe import Recipe

_NOT_FETCHED = "Weights: the published ones are fetched when the training begins"
_SHOWN = 3
"""Frozen layers that are named in a sentence, if there are no more than twice as many."""


@dataclass(frozen=True)
class Beginning:
    """`report` tells how the weights' tensors fit, None where there are none at hand, of which
    `sentence` says why; `normalisation` is a sentence, "" without weights; `frozen` are the names
    of layers and parameters that do not learn in the first epoch, `later` says when others do.
    """

    report: WeightsReport | None = None
    sentence: str = ""
    normalisation: str = ""
    frozen: tuple[str, ...] = ()
    later: str = ""

    def sentences(self) -> list[str]:
        """Everything, a line each."""
        told = self.report.lines() if self.report else [self.sentence]
        frozen = f"Frozen in the first epoch: {_named(self.frozen)}." if self.frozen else ""
        return [line for line in (*told, self.normalisation, f"{frozen} {self.later}".strip())
                if line]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        report = self.report.as_json() if self.report else None
        return {
            "weights": report, "weights_note": self.sentence, "frozen": list(self.frozen),
            "normalisation": self.normalisation, "later": self.later,
        }  # fmt: skip


def beginning_of(recipe: Recipe, data_dir: Path) -> Beginning:
    """What the recipe's training would begin with; nothing is fetched. Raises ProblemError when
    there is no network to be had, or its file of weights is refused."""
    facts = recipe.dataset.facts()
    report, sentence = _report(recipe, facts, data_dir)
    return Beginning(
        report, sentence, _normalisation(recipe, facts), _frozen(recipe, facts), _later(recipe)
    )


def _report(recipe: Recipe, facts: Facts, data_dir: Path) -> tuple[WeightsReport | None, str]:
    from engine.architectures.weights.beginning import beginning

    if not isinstance(recipe.architecture, Transfer) or not recipe.architecture.weights:
        return None, ""
    found = beginning(recipe, facts, data_dir, fetch=False)
    return (None, _NOT_FETCHED) if found is None else (found.report, "")


def _normalisation(recipe: Recipe, facts: Facts) -> str:
    architecture = recipe.architecture
    if not isinstance(architecture, Transfer) or not architecture.weights or facts.kind != "image":
        return ""
    from engine.architectures.weights.normalizing import told

    return f"{told(facts, *architecture.normalization(), _seen(recipe.dataset))}."


def _seen(dataset: Any) -> tuple[float, str] | None:
    """Zoom and interpolation of pictures from files; None where samples are what they are."""
    known = "zoom" in type(dataset).model_fields
    return (dataset.zoom or 1.0, dataset.interpolation) if known else None


def _frozen(recipe: Recipe, facts: Facts) -> tuple[str, ...]:
    from engine.training.settle import frozen_names

    if not isinstance(recipe.architecture, Transfer):  # own code may not know the meta device
        return recipe.training.freeze
    return frozen_names(recipe, meta_network(recipe, facts), 0)


def _later(recipe: Recipe) -> str:
    architecture = recipe.architecture
    if not isinstance(architecture, Transfer) or architecture.tune != "gradual":
        return ""
    blocks, every = architecture.blocks, architecture.unfreeze_every
    more = "the last block" if blocks == 1 else f"the last {blocks} blocks"
    when = "after the first epoch" if every == 1 else f"after {every} epochs"
    return f"Of the backbone {more} will learn {when}, and as many more each time."


def _named(names: Iterable[str]) -> str:
    known = tuple(names)
    if len(known) <= 2 * _SHOWN:
        return ", ".join(known)
    return f"{', '.join(known[:_SHOWN])}, ... {known[-1]} ({len(known)} in all)"
