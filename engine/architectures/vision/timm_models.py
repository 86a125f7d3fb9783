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
        """The package is an extra, and does not fetch weights by itself here."""
        yield from super().check(recipe)
        if find_spec("timm") is None:
            yield _not_installed()
        if self.weights == PUBLISHED:
            sentence = "Published weights are fetched for torchvision's networks, not for timm's"
            hint = f"fetch model.safetensors of huggingface.co/timm/{self.model} and give its path"
            yield Problem("architecture.weights", sentence, hint)

    def dataset_defaults(self) -> dict[str, Any]:
        """With weights, images of the size and from the crop that timm notes of them."""
        if not self.weights or find_spec("timm") is None:
            return {}
        from engine.architectures.vision.timm_building import crop

        size, zoom = crop(self.model)
        return {"size": size, "zoom": zoom}

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
