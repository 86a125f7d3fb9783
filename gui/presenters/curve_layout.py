"""Which metric is drawn where: plots, curves, their words and colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.facts import HIGHER_IS_BETTER
from gui import texts

NEUTRAL = -1
"""The colour number of curves that are neither of the training nor of the validation split."""


@dataclass(frozen=True)
class Family:
    """Metrics that share an axis."""

    key: str
    title: str
    format: Literal["number", "percent", "rate"] = "number"
    can_log: bool = False


_LOSS = Family("loss", "Loss", can_log=True)
_SHARE = Family("share", "Accuracy", "percent")
_ERROR = Family("error", "Error", can_log=True)
_RATE = Family("lr", "Learning rate", "rate")
_PERPLEXITY = Family("perplexity", "Perplexity", can_log=True)
_BITS = Family("bits_per_character", "Bits a character")
_BESIDE = Family("beside", "Error beside simple forecasts", can_log=True)

_FAMILIES = {
    "loss": _LOSS, "accuracy": _SHARE, "top5_accuracy": _SHARE, "f1": _SHARE,
    "r2": Family("r2", "R²"), "mae": _ERROR, "rmse": _ERROR, "lr": _RATE,
    "perplexity": _PERPLEXITY, "bits_per_character": _BITS,
    "mae_vs_naive": _BESIDE, "mae_vs_seasonal_naive": _BESIDE,
}  # fmt: skip

_SHORT_NAMES = {"top5_accuracy": "top-5", "mae_vs_naive": "naive",
                "mae_vs_seasonal_naive": "seasonal naive"}  # fmt: skip
_LONG_NAMES = {
    "top5_accuracy": "Top-5 accuracy", "f1": "F1 (macro)",
    "bits_per_character": "Bits a character", "mae_vs_naive": "MAE / MAE of the naive forecast",
    "mae_vs_seasonal_naive": "MAE / MAE of the seasonal naive forecast",
}  # fmt: skip
SMALLER_IS_BETTER = frozenset(name for name, higher in HIGHER_IS_BETTER.items() if not higher)
_SPLITS = ("train", "val", "test")
_OF = " of "
"""Between a metric and a run's key; no metric has spaces in its name."""


@dataclass(frozen=True)
class CurveSpec:
    """One curve: the metric it shows, its word in the legend and how it is told apart.

    `measured` curves have a value now and then (dashed, with markers), others one a batch. `run`
    is the key of the compared run that it is of, empty for the open one; then `color` is the run's.
    """

    metric: str
    label: str
    color: int
    measured: bool
    run: str = ""

    @property
    def key(self) -> str:
        """What tells the curve from all others; the open run's is the metric itself."""
        return f"{self.metric}{_OF}{self.run}" if self.run else self.metric


@dataclass(frozen=True)
class Overlay:
    """A compared run: its key, the number of its colour, the metrics that it has."""

    key: str
    color: int
    recorded: tuple[str, ...]


@dataclass(frozen=True)
class PlotSpec:
    """One plot and its curves; the learning rate's is a low strip."""

    family: Family
    curves: tuple[CurveSpec, ...]

    @property
    def strip(self) -> bool:
        """Whether it is low and quiet."""
        return self.family is _RATE


def run_of(key: str) -> str:
    """The run's key in a curve's key; empty for the open run."""
    return key.partition(_OF)[2]


def split_of(metric: str) -> tuple[str, str]:
    """`val_loss` as ("val", "loss"); a metric of no split as ("", metric)."""
    split, _, base = metric.partition("_")
    return (split, base) if split in _SPLITS and base else ("", metric)


def family_of(base: str) -> Family:
    """The family of a metric without its split; an unknown metric is one by itself."""
    return _FAMILIES.get(base) or Family(base, base.replace("_", " ").capitalize())


def short_name(base: str) -> str:
    """A metric's name in a legend."""
    return _SHORT_NAMES.get(base) or texts.title(base)


def long_name(base: str) -> str:
    """A metric's name where there is room for it."""
    return _LONG_NAMES.get(base) or texts.title(base)


@lru_cache(maxsize=32)
def layout(
    recorded: tuple[str, ...],
    main: str,
    extras: frozenset[str] = frozenset(),
    overlays: tuple[Overlay, ...] = (),
) -> tuple[PlotSpec, ...]:
    """The plots from top to bottom: loss, main metric, what was switched on, learning rate.

    Compared runs come after the open one, so that its curves are in front.
    """
    wanted = tuple(dict.fromkeys(filter(None, ["loss", main, *sorted(extras), "lr"])))
    families = list(dict.fromkeys(family_of(base) for base in wanted))
    families.sort(key=lambda family: family is _RATE)
    return tuple(PlotSpec(f, _all_curves(f, wanted, recorded, overlays)) for f in families)


def _all_curves(
    family: Family,
    wanted: tuple[str, ...],
    recorded: tuple[str, ...],
    overlays: tuple[Overlay, ...],
) -> tuple[CurveSpec, ...]:
    bases = [base for base in wanted if family_of(base) == family]
    compared = (spec for overlay in overlays for spec in _compared_curves(bases, overlay))
    return (*_curves(bases, recorded), *compared)


def _compared_curves(bases: list[str], overlay: Overlay) -> Iterator[CurveSpec]:
    """Of a compared run the plot's first metric alone: all its curves share one colour."""
    for base in bases:
        splits = ((f"val_{base}", "val"), (f"train_{base}", "train"), (base, ""))
        found = [(metric, split) for metric, split in splits if metric in overlay.recorded]
        for metric, split in found:
            yield CurveSpec(metric, split, overlay.color, split == "val", overlay.key)
        if found:
            return


def _curves(bases: list[str], recorded: tuple[str, ...]) -> tuple[CurveSpec, ...]:
    """Curves of one plot: the first metric in the colours of its splits, others in their own."""
    specs = []
    for number, base in enumerate(bases):
        name = short_name(base) if number or family_of(base) is _ERROR else ""
        for metric, split in ((f"val_{base}", "val"), (f"train_{base}", "train"), (base, "")):
            if metric in recorded:
                label = " ".join(part for part in (split, name) if part)
                color = (split == "val") if number == 0 else 1 + number
                specs.append(CurveSpec(metric, label, color if split else NEUTRAL, split == "val"))
    return tuple(specs)
