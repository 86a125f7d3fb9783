"""The networks of torchvision as a component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.architectures.transfer import PictureTransfer
from engine.architectures.vision.registry import ModelName, is_bicubic, sides_of
from engine.facts import Facts
from engine.problems import Problem
from engine.schema import Component, option, register

if TYPE_CHECKING:
    from torch import nn

_COLOURS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and deviation of ImageNet's colours, which nearly all published weights were made with."""
_HALVES = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)


class Chosen(Component):
    """Which network: a base, so that this option comes first."""

    model: ModelName = option("resnet18", "Which of torchvision's networks.")


@register
class Torchvision(PictureTransfer, Chosen):
    """The networks of torchvision, from AlexNet to Swin, with their published weights or without.

    Their dropout is left out; that of the recipe stands before the new last layer.
    """

    title: ClassVar[str] = "Torchvision"
    shaped_by: ClassVar[str] = "model"
    name: Literal["torchvision"] = "torchvision"

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """A `Headed` network; its first convolution reads as many channels as there are."""
        from engine.architectures.vision.building import headed

        return headed(
            self.model, facts, (outputs, dropout, self.head_norm), published=bool(self.weights)
        )

    def check(self, recipe: Any) -> Iterator[Problem]:
        """An image whose size the network cannot take."""
        yield from super().check(recipe)
        facts = recipe.dataset.facts()
        if not self.fits(facts):
            return
        sides, (_, height, width) = sides_of(self.model), facts.shape
        if not sides.takes(height, width):
            near = "x".join(map(str, sides.nearest(height, width)))
            sentence = f"{self.model} cannot read images of {height}x{width}; the nearest is {near}"
            resizable = "size" in type(recipe.dataset).model_fields
            hint = f"set dataset.size to {near.partition('x')[0]}" if resizable else ""
            another = "choose resnet18, which takes every size"
            yield Problem(
                "architecture.model", sentence, f"{hint}, or {another}" if hint else another
            )

    def dataset_defaults(self) -> dict[str, Any]:
        """With weights, images of the size and from the crop that they were made for, resized as
        those were."""
        if not self.weights:
            return {}
        sides = sides_of(self.model)
        resized = {"interpolation": "bicubic"} if is_bicubic(self.model) else {}
        return {"size": sides.usual, "zoom": sides.zoom, **resized}

    def normalization(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Those of the network's published weights; a file is taken for one of the same kind."""
        return _HALVES if self.model == "efficientnet_v2_l" else _COLOURS
