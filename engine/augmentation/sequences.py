"""Augmentations of what is in an order: windows of series, texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.augmentation.base import Augmentation, Scale
from engine.facts import Facts, Kind
from engine.problems import Problem
from engine.schema import option, register
from engine.wording import counted

if TYPE_CHECKING:
    from engine.augmentation.kernels import Change


@register
class WindowShift(Augmentation):
    """Move a series in its window; the first or last step fills what becomes empty."""

    title: ClassVar[str] = "Window shift"
    name: Literal["window_shift"] = "window_shift"
    changes: ClassVar[tuple[Kind, ...]] = ("series",)

    steps: int = option(2, "By how many steps at most, either way.", ge=0, le=10_000, unit="steps")

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """A forecast, which would then be one of another moment; a shift out of the window."""
        if facts.task != "classes":
            sentence = "A shifted window is followed by other values than those to forecast"
            yield Problem(path, sentence, "take it out of the list; noise suits forecasts")
        elif self.steps >= facts.shape[0]:
            sentence = f"Moved by {counted(self.steps, 'step')}, nothing of a window may be left"
            hint = f"it has {facts.shape[0]}: choose a fraction of that"
            yield Problem(f"{path}.steps", sentence, hint)

    def build(self, scale: Scale) -> Change:
        """All channels of a sample move together."""
        from engine.augmentation.kernels.sequences import WindowShifted

        return WindowShifted(self.steps)


@register
class ScaleSeries(Augmentation):
    """Stretch the values of a series about the mean of the training split."""

    title: ClassVar[str] = "Scale"
    name: Literal["scale"] = "scale"
    changes: ClassVar[tuple[Kind, ...]] = ("series",)

    part: float = option(0.1, "By what part more or less at most.", ge=0, le=1)

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """A forecast, whose target would have to be stretched alike."""
        if facts.task != "classes":
            sentence = "A stretched window is followed by other values than those to forecast"
            yield Problem(path, sentence, "take it out of the list; noise suits forecasts")

    def build(self, scale: Scale) -> Change:
        """One factor for all channels of a sample."""
        from engine.augmentation.kernels.sequences import Stretched

        return Stretched(self.part, scale.mean)


@register
class TokenDropout(Augmentation):
    """Replace tokens of a text by the unknown one; padding stays padding."""

    title: ClassVar[str] = "Token dropout"
    name: Literal["token_dropout"] = "token_dropout"
    changes: ClassVar[tuple[Kind, ...]] = ("text",)

    rate: float = option(0.1, "Part of the tokens that is replaced.", ge=0, lt=1)

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """Language modelling, where no token is unknown."""
        if facts.task == "tokens":
            sentence = "There is no unknown token where the next token is to be told"
            yield Problem(path, sentence, "take it out of the list; regularization.dropout helps")

    def build(self, scale: Scale) -> Change:
        """Each token for itself."""
        from engine.augmentation.kernels.sequences import Forgotten

        return Forgotten(self.rate)
