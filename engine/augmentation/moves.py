"""Augmentations that move pixels: mirrored, shifted, cropped, turned, enlarged, sheared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.augmentation.base import Augmentation, Scale
from engine.facts import Facts
from engine.problems import Problem
from engine.schema import option, register
from engine.wording import counted

if TYPE_CHECKING:
    from engine.augmentation.kernels.moves import Move

Border = Literal["zero", "edge", "mirror"]


def _border() -> Border:
    found: Border = option(
        "zero", "What comes in from outside: zero, the edge's pixels, or the mirrored image.",
        advanced=True,
    )  # fmt: skip
    return found


def _degrees(default: float, help: str) -> float:
    found: float = option(default, help, ge=0, le=180, unit="degrees")
    return found


def _beyond(path: str, pixels: int, facts: Facts) -> Iterator[Problem]:
    """A shift that may leave nothing of an image."""
    shorter = min(facts.shape[-2:])
    if pixels >= shorter:
        sentence = f"Moved by {counted(pixels, 'pixel')}, nothing of an image may be left"
        yield Problem(path, sentence, f"its shorter side has {shorter}: choose a fraction of that")


@register
class Flip(Augmentation):
    """Mirror images left to right."""

    title: ClassVar[str] = "Flip"
    name: Literal["flip"] = "flip"

    p: float = option(0.5, "Probability that a sample is changed at all.", ge=0, le=1)

    def build(self, scale: Scale) -> Move:
        """Left becomes right."""
        from engine.augmentation.kernels.moves import Mirrored

        return Mirrored(across=True)


@register
class FlipVertical(Augmentation):
    """Mirror images top to bottom."""

    title: ClassVar[str] = "Flip vertically"
    name: Literal["flip_vertical"] = "flip_vertical"

    p: float = option(0.5, "Probability that a sample is changed at all.", ge=0, le=1)

    def build(self, scale: Scale) -> Move:
        """Top becomes bottom."""
        from engine.augmentation.kernels.moves import Mirrored

        return Mirrored(across=False)


@register
class Shift(Augmentation):
    """Move images by whole pixels, each way as likely as any other."""

    title: ClassVar[str] = "Shift"
    name: Literal["shift"] = "shift"

    pixels: int = option(2, "By how much at most, each way.", ge=0, le=256, unit="pixels")
    border: Border = _border()

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """A shift out of the image."""
        yield from _beyond(f"{path}.pixels", self.pixels, facts)

    def build(self, scale: Scale) -> Move:
        """Pixels to the right and down."""
        from engine.augmentation.kernels.moves import Shifted

        return Shifted(self.pixels, self.border)


@register
class Crop(Augmentation):
    """Pad images on all sides and cut the old size out anywhere, as is usual for small photos."""

    title: ClassVar[str] = "Crop"
    name: Literal["crop"] = "crop"

    padding: int = option(4, "Pixels added on each side.", ge=0, le=256, unit="pixels")
    border: Border = _border()

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """A cut that may show nothing but padding."""
        yield from _beyond(f"{path}.padding", self.padding, facts)

    def build(self, scale: Scale) -> Move:
        """The same as a shift by up to the padding."""
        from engine.augmentation.kernels.moves import Shifted

        return Shifted(self.padding, self.border)


@register
class ResizedCrop(Augmentation):
    """Cut out a part of any size and shape and enlarge it to the whole (Szegedy et al. 2015)."""

    title: ClassVar[str] = "Resized crop"
    name: Literal["resized_crop"] = "resized_crop"

    smallest: float = option(0.35, "Part of the area that is left at least.", gt=0, le=1)
    ratio: float = option(
        1.33, "How much the cut's shape differs at most from the image's, either way.", ge=1, le=10,
        advanced=True,
    )  # fmt: skip

    def build(self, scale: Scale) -> Move:
        """A rectangle inside of the image."""
        from engine.augmentation.kernels.moves import CutOut

        return CutOut(self.smallest, self.ratio)


@register
class Rotate(Augmentation):
    """Turn images about the middle."""

    title: ClassVar[str] = "Rotate"
    name: Literal["rotate"] = "rotate"

    degrees: float = _degrees(10.0, "By what angle at most, either way.")
    border: Border = _border()

    def build(self, scale: Scale) -> Move:
        """An angle."""
        from engine.augmentation.kernels.moves import Turned

        return Turned(self.border, degrees=self.degrees)


@register
class Zoom(Augmentation):
    """Enlarge or shrink images about the middle."""

    title: ClassVar[str] = "Zoom"
    name: Literal["zoom"] = "zoom"

    part: float = option(0.1, "By what part at most, either way.", ge=0, le=0.5)
    border: Border = _border()

    def build(self, scale: Scale) -> Move:
        """A factor from 1 - part to 1 + part."""
        from engine.augmentation.kernels.moves import Turned

        return Turned(self.border, zoom=self.part)


@register
class Affine(Augmentation):
    """Turn, zoom, shear and shift images, all at once."""

    title: ClassVar[str] = "Affine"
    name: Literal["affine"] = "affine"

    degrees: float = _degrees(10.0, "Turn by what angle at most, either way.")
    zoom: float = option(0.1, "Enlarge or shrink by what part at most.", ge=0, le=0.5)
    shear: float = option(
        5.0, "Slant by what angle at most, either way.", ge=0, le=60, unit="degrees"
    )
    shift: float = option(0.1, "Move by what part of a side at most, each way.", ge=0, lt=1)
    border: Border = _border()

    def build(self, scale: Scale) -> Move:
        """Slanted, enlarged and turned about the middle, then moved."""
        from engine.augmentation.kernels.moves import Turned

        return Turned(
            self.border, degrees=self.degrees, zoom=self.zoom, shear=self.shear, shift=self.shift
        )
