"""Augmentations that take details away: blurred, noisy, partly erased."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.augmentation.base import Augmentation, Scale
from engine.facts import Facts, Kind
from engine.problems import Problem
from engine.schema import option, register

if TYPE_CHECKING:
    from engine.augmentation.kernels import Change


@register
class Blur(Augmentation):
    """Blur images with a Gaussian of random width."""

    title: ClassVar[str] = "Blur"
    name: Literal["blur"] = "blur"

    p: float = option(0.5, "Probability that a sample is changed at all.", ge=0, le=1)
    sigma: float = option(
        1.0, "Deviation of the Gaussian at most; a tenth of a pixel at least.", ge=0.1, le=16,
        unit="pixels",
    )  # fmt: skip

    def build(self, scale: Scale) -> Change:
        """Two sums along the axes."""
        from engine.augmentation.kernels.details import Blurred

        return Blurred(self.sigma)


@register
class Noise(Augmentation):
    """Add normal noise to every number of images, rows and series."""

    title: ClassVar[str] = "Noise"
    name: Literal["noise"] = "noise"
    changes: ClassVar[tuple[Kind, ...]] = ("image", "table", "series")

    deviation: float = option(
        0.1, "Deviation of the noise, in deviations of the training split.", ge=0, le=10
    )

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """Codes of categories, which are names and not amounts."""
        if facts.cardinalities:
            sentence = "Noise would turn categories, which are codes here, into others"
            hint = "take it out of the list, or set dataset.categories_as to one_hot"
            yield Problem(path, sentence, hint)

    def build(self, scale: Scale) -> Change:
        """Another number for every input."""
        from engine.augmentation.kernels.details import Noisy

        return Noisy(scale.std * self.deviation)


@register
class Erase(Augmentation):
    """Fill a random rectangle with the mean of the training split (Zhong et al. 2020)."""

    title: ClassVar[str] = "Erase"
    name: Literal["erase"] = "erase"

    area: float = option(0.25, "Part of the area at most.", ge=0, lt=1)

    def build(self, scale: Scale) -> Change:
        """Its sides are at most as 1 to 2."""
        from engine.augmentation.kernels.details import Erased

        return Erased(self.area, scale.mean)
