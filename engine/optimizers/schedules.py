"""Learning-rate schedules as pure functions: what the form previews is what the training does."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from engine.schema import Component, option, register


class Schedule(Component):
    """The learning rate as a factor of `optimizer.lr`, after an optional linear warm-up."""

    kind: ClassVar[str] = "schedule"

    warmup: int = option(
        0, "Steps over which the rate first rises linearly from near zero.", ge=0, unit="steps"
    )

    def factor(self, step: int, total: int, steps_per_epoch: int) -> float:
        """The factor for optimizer step `step` (from 0) of `total`, warm-up included."""
        if step < self.warmup:
            return (step + 1) / (self.warmup + 1)
        return self.shape(step - self.warmup, max(1, total - self.warmup), steps_per_epoch)

    def shape(self, step: int, total: int, steps_per_epoch: int) -> float:
        """The factor once the warm-up is over; subclasses say what it is."""
        raise NotImplementedError


@register
class Constant(Schedule):
    """The learning rate stays as it is."""

    title: ClassVar[str] = "Constant"
    name: Literal["constant"] = "constant"

    def shape(self, step: int, total: int, steps_per_epoch: int) -> float:
        """Always 1."""
        return 1.0


@register
class Step(Schedule):
    """Multiply by gamma every so many epochs."""

    title: ClassVar[str] = "Step"
    name: Literal["step"] = "step"

    every: int = option(10, "Epochs between two drops.", ge=1, unit="epochs")
    gamma: float = option(0.1, "Factor of each drop.", gt=0, le=1)

    def shape(self, step: int, total: int, steps_per_epoch: int) -> float:
        """Gamma to the number of drops so far."""
        return self.gamma ** (step // max(1, self.every * steps_per_epoch))


@register
class Cosine(Schedule):
    """Fall along half a cosine to a floor at the end (Loshchilov and Hutter 2017)."""

    title: ClassVar[str] = "Cosine"
    name: Literal["cosine"] = "cosine"

    floor: float = option(0.0, "Factor that is reached at the end.", ge=0, le=1)

    def shape(self, step: int, total: int, steps_per_epoch: int) -> float:
        """1 at the start, `floor` at the end."""
        progress = min(1.0, step / total)
        return self.floor + (1 - self.floor) * (1 + math.cos(math.pi * progress)) / 2


@register
class OneCycle(Schedule):
    """Rise from a low rate to `lr`, then fall far below it (Smith and Topin 2018)."""

    title: ClassVar[str] = "One cycle"
    name: Literal["one_cycle"] = "one_cycle"

    rise: float = option(0.3, "Part of the training spent rising.", gt=0, lt=1)
    start: float = option(0.04, "Factor at the first step.", gt=0, le=1)
    end: float = option(4e-6, "Factor at the last step.", gt=0, le=1, scale="log")

    def shape(self, step: int, total: int, steps_per_epoch: int) -> float:
        """Two half cosines, as torch's `OneCycleLR`: start to 1, then 1 to end."""
        peak = max(0.0, self.rise * total - 1)
        if step < peak:
            return _ease(self.start, 1.0, step / peak)
        fall = max(1e-9, total - 1 - peak)  # a single step has nowhere to fall
        return _ease(1.0, self.end, min(1.0, (step - peak) / fall))


def _ease(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


@register
class Exponential(Schedule):
    """Multiply by gamma after every epoch."""

    title: ClassVar[str] = "Exponential"
    name: Literal["exponential"] = "exponential"

    gamma: float = option(0.95, "Factor of each epoch.", gt=0, le=1)

    def shape(self, step: int, total: int, steps_per_epoch: int) -> float:
        """Gamma to the number of epochs so far."""
        return self.gamma ** (step // max(1, steps_per_epoch))


@register
class Plateau(Schedule):
    """Multiply by gamma when the validation loss has stopped falling."""

    title: ClassVar[str] = "Plateau"
    name: Literal["plateau"] = "plateau"

    patience: int = option(
        5, "Validations without improvement before a drop.", ge=0, unit="validations"
    )
    gamma: float = option(0.1, "Factor of each drop.", gt=0, lt=1)
    threshold: float = option(
        1e-4, "Smallest relative fall that counts as improvement.", ge=0, advanced=True
    )
    floor: float = option(
        1e-4, "The factor never falls below this.", gt=0, le=1, scale="log", advanced=True
    )

    def shape(self, step: int, total: int, steps_per_epoch: int) -> float:
        """Always 1: the drops depend on the validation loss and are applied on top."""
        return 1.0
