"""Numbers as people read them: 98.6 %, 18,400, 3e-4, 0:42, 1.2 GB. Knows no Qt."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

LONG_WORD = 20
"""A longer word may be broken where there is no room for it."""
ZERO_WIDTH = "\u200b"


def whole(number: float) -> str:
    """18400 as `18,400`."""
    return f"{number:,.0f}"


def percent(fraction: float, digits: int = 1) -> str:
    """0.986 as `98.6 %`."""
    return f"{100 * fraction:.{digits}f} %"


def decimal(number: float) -> str:
    """The shortest text that reads back as the same number: `0.25`, `3e-4`, `1e6`, `64`."""
    if not math.isfinite(number) or number == 0:
        return "0" if number == 0 else str(number)
    if 0.001 <= abs(number) < 1e6:
        return repr(float(number)).removesuffix(".0")
    sign, digits, exponent = Decimal(repr(float(number))).normalize().as_tuple()
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    mantissa = f"{first}.{rest}" if rest else first
    return f"{'-' if sign else ''}{mantissa}e{int(exponent) + len(rest)}"


def significant(number: float, digits: int = 3) -> str:
    """A measured value at a glance: `0.0613`, `12.3`, `1.2e-5`, `18,400`."""
    if not math.isfinite(number):
        return str(number)
    size = abs(number)
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 1e7:
        head, _, exponent = f"{number:.{digits - 1}e}".partition("e")
        return f"{head}e{int(exponent)}"
    if size >= 1000:
        return whole(number)
    places = max(0, digits - 1 - math.floor(math.log10(size)))
    return f"{number:.{places}f}"


def duration(seconds: float) -> str:
    """42 as `0:42`, 3725 as `1:02:05`."""
    total = max(0, round(seconds))
    hours, rest = divmod(total, 3600)
    minutes, remaining = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{remaining:02}" if hours else f"{minutes}:{remaining:02}"


def size(count: float) -> str:
    """A number of bytes: `312 B`, `38 kB`, `1.2 GB` (powers of 1000)."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            break
        value /= 1000
    digits = 0 if unit == "B" or value >= 10 else 1
    return f"{value:.{digits}f} {unit}"


def measured(number: float, unit: str) -> str:
    """A large count of some unit: `950 FLOP`, `9.5 kFLOP`, `1.2 MFLOP`."""
    figure, _, prefix = compact(number).partition(" ")
    return f"{figure} {prefix}{unit}"


def compact(number: float) -> str:
    """A large count at a glance: `950`, `9.5 k`, `1.2 M`, `3.4 G`."""
    value = float(number)
    for unit in ("", " k", " M", " G", " T"):
        if value < 999.5 or unit == " T":
            break
        value /= 1000
    digits = 0 if not unit or value >= 100 else 1
    return f"{value:.{digits}f}{unit}"


def plain(value: Any) -> str:
    """An option's value in a sentence: `[16, 32]`, `3e-4`, `on`."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "off"
    if isinstance(value, float):
        return decimal(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(plain(item) for item in value) + "]"
    return str(value)


def shortened(text: str, most: int) -> str:
    """At most so many letters, the last of them an ellipsis when there are more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def run_title(name: str) -> str:
    """A run folder's name without the moment it was made: `20260729-143005-digits-cnn` as
    `digits-cnn`; any other name as it is."""
    return _STAMP.sub("", name) or name


def breakable(text: str) -> str:
    """The same words with places, which nobody sees, where a long one may be broken."""
    return " ".join(_broken(word) for word in text.split(" "))


def _broken(word: str) -> str:
    parts = [word[i : i + LONG_WORD] for i in range(0, len(word), LONG_WORD)]
    return ZERO_WIDTH.join(parts)


def title(name: str) -> str:
    """An option's or metric's name for people: `label_smoothing` as `label smoothing`."""
    return _NAMES.get(name, name.replace("_", " "))


def place(path: str) -> str:
    """A path in a recipe as people say it: `optimizer.lr` as `learning rate of the optimizer`,
    `regularization.augmentation.1.degrees` as `degrees of augmentation 2`."""
    steps: list[str] = []
    for step in path.split("."):
        if step.isdecimal() and steps:  # a place in a list
            steps[-1] = f"{title(steps[-1])} {int(step) + 1}"
        else:
            steps.append(step.partition("[")[0])
    if len(steps) > 1 and steps[-1] == "name":
        steps.pop()
    said = [title(step) for step in steps]
    if len(said) == 1:
        return said[0]
    return f"{said[-1]} of {'' if said[-2][-1].isdecimal() else 'the '}{said[-2]}"


def spoken(sentence: str) -> str:
    """A sentence with the paths of options replaced by what the form calls them."""
    return _PATH.sub(lambda found: place(found[0]), sentence)


_PATH = re.compile(
    r"\b(?:dataset|architecture|loss|optimizer|regularization|training)(?:\.(?:[a-z][a-z0-9_]*|\d+))+"
)

_STAMP = re.compile(r"^\d{8}-\d{6}-")

_NAMES = {
    "lr": "learning rate",
    "l1": "L1",
    "p": "probability",
    "cutmix": "CutMix",
    "ema": "weight averaging",
    "clip_norm": "clip gradient norm",
    "clip_value": "clip gradient values",
    "max_norm": "max norm",
    "exempt": "exempt biases and norms",
    "freeze": "frozen layers",
    "init": "initial weights",
    "zero_last": "zero the last layer",
    "eps": "epsilon",
    "beta1": "beta 1",
    "beta2": "beta 2",
    "norm": "normalization",
    "val_fraction": "validation part",
    "test_fraction": "test part",
    "top5_accuracy": "top-5 accuracy",
    "f1": "F1",
    "mae": "MAE",
    "rmse": "RMSE",
    "r2": "R²",
    "bits_per_character": "bits a character",
    "mae_vs_naive": "MAE / naive",
    "mae_vs_seasonal_naive": "MAE / seasonal",
}


def metric(name: str, value: float) -> str:
    """A metric's value as it is usually told: `98.6 %` for an accuracy, `0.0613` for a loss."""
    base = name.removeprefix("best_").removeprefix("train_")
    base = base.removeprefix("val_").removeprefix("test_")
    share = base == "f1" or base.endswith("accuracy")
    return percent(value) if share and math.isfinite(value) else significant(value)
