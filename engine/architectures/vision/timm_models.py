"""The networks of timm as a component, where the package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.transfer import PUBLISHED, PictureTransfer
from engine.facts import Facts
from engine.problems import Problem, ProblemError, suggest
from engine.schema import Component, option, register

if TYPE_CHECKING:
    from torch import nn

INSTALL = "pip install 'trainboard[timm]'"


class Named(Component):
    """Which network: a base, so that this option comes first."""

    model: str = option("resnet18", "Which of timm's networks, by its name there.")


@register
class Timm(PictureTransfer, Named):
    """Any of the more than a thousand networks of timm (PyTorch Image Models), an extra package.

    Weights are read from a file; the network has no dropout but that before the new last layer.
    """

    title: ClassVar[str] = "timm"
    shaped_by: ClassVar[str] = "model"
    name: Literal["timm"] = "timm"

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """A `Headed` network. Raises ProblemError: no package, no such network, or no image of
        such a size."""
        if find_spec("timm") is None:
            raise ProblemError(_not_installed())
        from engine.architectures.vision.timm_building import headed

        return headed(self.model, facts, (outputs, dropout, self.head_norm))

    def check(self, recipe: Any) -> Iterator[Problem]:
        """The package is an extra, and its weights are not fetched."""
        yield from super().check(recipe)
        if find_spec("timm") is None:
            yield _not_installed()
        elif self.weights == PUBLISHED:
            yield self._not_fetched()

    def _not_fetched(self) -> Problem:
        """Where its published weights are to be had: they bear the name of how they were made."""
        from engine.architectures.vision.timm_building import address

        found = address(self.model)
        if not found:
            sentence = f"timm knows of no published weights of {self.model}"
            hint = "give the path of a file, or leave it empty to begin without weights"
            return Problem("architecture.weights", sentence, hint)
        sentence = "Weights of timm's networks are not fetched by the program, only torchvision's"
        hint = f"fetch {found} yourself, and give the path of the file"
        return Problem("architecture.weights", sentence, hint)

    def dataset_defaults(self) -> dict[str, Any]:
        """With weights, images of the size, crop and interpolation that timm notes of them."""
        if not self.weights or find_spec("timm") is None:
            return {}
        from engine.architectures.vision.timm_building import preprocessing

        return preprocessing(self.model)

    def normalization(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Those that timm notes of the network."""
        if find_spec("timm") is None:
            raise ProblemError(_not_installed())
        from engine.architectures.vision.timm_building import normalization

        return normalization(self.model)


def _not_installed() -> Problem:
    return Problem("architecture", "timm is not installed", INSTALL)


def unknown(model: str, known: list[str]) -> ProblemError:
    """The problem of a name that timm does not have."""
    sentence = f"timm has no network {model!r}"
    return ProblemError(Problem("architecture.model", sentence, suggest(model, known)))
