"""Augmentations that choose among many operations for each image: the published policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.augmentation.base import Augmentation, Scale
from engine.schema import option, register

if TYPE_CHECKING:
    from engine.augmentation.kernels import Change


@register
class RandAugment(Augmentation):
    """A few of 14 operations after each other, all of one strength (Cubuk et al. 2020)."""

    title: ClassVar[str] = "RandAugment"
    name: Literal["randaugment"] = "randaugment"

    operations: int = option(2, "Operations on each image.", ge=1, le=8)
    magnitude: int = option(9, "Strength of all of them.", ge=0, le=30)

    def build(self, scale: Scale) -> Change:
        """The same strength for every operation."""
        from engine.augmentation.kernels.policies import RandAugmented

        return RandAugmented(self.operations, self.magnitude, scale.brightest)


@register
class TrivialAugment(Augmentation):
    """One of 14 operations, of any strength (Müller and Hutter 2021, the wide space)."""

    title: ClassVar[str] = "TrivialAugment"
    name: Literal["trivialaugment"] = "trivialaugment"

    def build(self, scale: Scale) -> Change:
        """One operation a sample."""
        from engine.augmentation.kernels.policies import TriviallyAugmented

        return TriviallyAugmented(scale.brightest)


@register
class AutoAugment(Augmentation):
    """One of 25 learned pairs of operations, each with its strength (Cubuk et al. 2019)."""

    title: ClassVar[str] = "AutoAugment"
    name: Literal["autoaugment"] = "autoaugment"

    policy: Literal["imagenet", "cifar10", "svhn"] = option(
        "cifar10", "The images on which the pairs were learned."
    )

    def build(self, scale: Scale) -> Change:
        """The pairs as torchvision has them."""
        from engine.augmentation.kernels.policies import AutoAugmented

        return AutoAugmented(self.policy, scale.brightest)
