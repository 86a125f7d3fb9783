"""Augmentations of an image's light and colour, each pixel by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.augmentation.base import Augmentation, Scale
from engine.facts import Facts
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from engine.augmentation.kernels.colours import Tint

_COLOURS = 3


@register
class Brightness(Augmentation):
    """Multiply the intensity of images."""

    title: ClassVar[str] = "Brightness"
    name: Literal["brightness"] = "brightness"

    part: float = option(0.2, "By what part more or less at most.", ge=0, le=1)

    def build(self, scale: Scale) -> Tint:
        """A factor from 1 - part to 1 + part."""
        from engine.augmentation.kernels.colours import Relit

        return Relit(scale.mean, brightness=self.part)


@register
class Contrast(Augmentation):
    """Stretch the intensity of images about the mean of the training split."""

    title: ClassVar[str] = "Contrast"
    name: Literal["contrast"] = "contrast"

    part: float = option(0.2, "By what part more or less at most.", ge=0, le=1)

    def build(self, scale: Scale) -> Tint:
        """A factor from 1 - part to 1 + part."""
        from engine.augmentation.kernels.colours import Relit

        return Relit(scale.mean, contrast=self.part)


@register
class ColorJitter(Augmentation):
    """Change brightness, contrast, saturation and hue of images, in this order."""

    title: ClassVar[str] = "Colour jitter"
    name: Literal["color_jitter"] = "color_jitter"

    brightness: float = option(0.2, "Intensity: by what part more or less at most.", ge=0, le=1)
    contrast: float = option(
        0.2, "Stretch about the training split's mean: by what part at most.", ge=0, le=1
    )
    saturation: float = option(0.2, "Colourfulness: by what part more or less at most.", ge=0, le=1)
    hue: float = option(
        0.05, "Turn of the colour circle, either way; a half turns it round.", ge=0, le=0.5
    )

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """Colours where there are none."""
        if facts.shape[0] == _COLOURS:
            return
        for name in ("saturation", "hue"):
            if getattr(self, name):
                sentence = f"There is no {name} in images of {_channels(facts)}"
                yield Problem(f"{path}.{name}", sentence, "set it to 0")

    def build(self, scale: Scale) -> Tint:
        """One mixture of the colours a sample."""
        from engine.augmentation.kernels.colours import Recoloured, Relit

        if not self.saturation and not self.hue:
            return Relit(scale.mean, self.brightness, self.contrast)
        light = Relit(scale.mean, self.brightness, self.contrast)
        return Recoloured(light, self.saturation, self.hue)


@register
class Grayscale(Augmentation):
    """Take the colours out of images."""

    title: ClassVar[str] = "Grayscale"
    name: Literal["grayscale"] = "grayscale"

    p: float = option(0.1, "Probability that a sample is changed at all.", ge=0, le=1)

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """Images that are grey already."""
        if facts.shape[0] != _COLOURS:
            sentence = f"There are no colours in images of {_channels(facts)}"
            yield Problem(path, sentence, "take it out of the list")

    def build(self, scale: Scale) -> Tint:
        """Each colour becomes the luma."""
        from engine.augmentation.kernels.colours import Grey

        return Grey()


def _channels(facts: Facts) -> str:
    return "one channel" if facts.shape[0] == 1 else f"{facts.shape[0]} channels"
