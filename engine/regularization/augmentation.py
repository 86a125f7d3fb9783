"""Random changes of the training samples: what may happen to them, and how much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.facts import Facts
from engine.problems import Problem
from engine.schema import Section, option

GENTLE: dict[str, Any] = {"rotate": 10.0, "zoom": 0.1}
"""What `augmentation: true` switches on: measured to do digits of 8x8 pixels good, where a shift
of a single pixel does harm, and to turn no digit into another."""

_TABLES_TOO = ("noise",)
_PATH = "regularization.augmentation"


class Augmentation(Section):
    """Random changes of each training sample, new ones in every epoch; never when validating."""

    flip: bool = option(False, "Mirror half of the images left to right, chosen at random.")
    flip_vertical: bool = option(
        False, "Mirror half of the images top to bottom, chosen at random.", advanced=True
    )
    shift: int = option(
        0, "Move images by up to this much each way; what comes in from outside is zero.", ge=0,
        le=256, unit="pixels",
    )  # fmt: skip
    rotate: float = option(
        0.0, "Turn images by up to this angle either way.", ge=0, le=180, unit="degrees"
    )
    zoom: float = option(0.0, "Enlarge or shrink images by up to this part.", ge=0, le=0.5)
    brightness: float = option(
        0.0, "Multiply the intensity by up to this part more or less.", ge=0, le=1
    )
    contrast: float = option(
        0.0, "Stretch the intensity about its mean by up to this part more or less.", ge=0, le=1
    )
    noise: float = option(
        0.0, "Deviation of the normal noise added to each normalised input; for tables too.", ge=0,
        le=10,
    )  # fmt: skip
    erase: float = option(
        0.0, "Fill a random rectangle of up to this part of the area with the mean.", ge=0, lt=1
    )

    def chosen(self) -> tuple[str, ...]:
        """The names of the changes that are switched on."""
        return tuple(name for name in type(self).model_fields if getattr(self, name))

    def check(self, facts: Facts) -> Iterator[Problem]:
        """What only images can undergo, and shifts that would move an image out of itself."""
        if facts.kind != "image":
            for name in self.chosen():
                if name not in _TABLES_TOO:
                    yield Problem(f"{_PATH}.{name}", *_not_for_rows(name, getattr(self, name)))
        elif self.shift >= min(facts.shape[-2:]) and self.shift:
            sentence = f"Moved by {self.shift} pixels, nothing of an image may be left"
            hint = f"its shorter side has {min(facts.shape[-2:])}: choose a fraction of that"
            yield Problem(f"{_PATH}.shift", sentence, hint)


def _not_for_rows(name: str, value: Any) -> tuple[str, str]:
    off = "false" if value is True else "0"
    sentence = f"{name} changes images, and the samples here are rows of a table"
    return sentence, f"set it to {off}; noise is for tables too"


def augmentation_shorthand(value: Any) -> Any:
    """`augmentation: true` means gentle changes of images, `false` none."""
    if isinstance(value, bool):
        return dict(GENTLE) if value else None
    return value
