"""Single samples of the training split: what the network receives, and copies as it learns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.datasets.base import Dataset, Splits
from engine.datasets.preview.series import windows_of
from engine.datasets.preview.texts import Speller
from engine.facts import Facts
from engine.views import InFile, Pixels, Received, Sample

if TYPE_CHECKING:
    from engine.datasets.preprocess import Preprocess
    from engine.datasets.preview.view import Copies

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Scale:
    """The values that are shown black and white: those of all pictures, so that pictures of few
    grey levels are not black."""

    low: float
    high: float

    @classmethod
    def of(cls, inputs: Tensor) -> Scale:
        """The range of some raw inputs."""
        return cls(float(inputs.min()), float(inputs.max())) if inputs.numel() else cls(0.0, 1.0)


def samples_of(
    splits: Splits,
    chosen: npt.NDArray[np.int64],
    scale: Scale,
    dataset: Dataset | None,
    origins: dict[int, InFile],
    copies: Copies | None,
) -> tuple[Sample, ...]:
    """The training samples at these places, each with its copies and where it came from."""
    facts, places = splits.facts, torch.from_numpy(chosen)
    inputs, targets = splits.train.inputs[places], splits.train.targets[places].numpy()
    show = _Shower(facts, splits.preprocess, scale)
    drawn = _drawn(show, inputs, places, copies)
    rows = splits.preprocess(inputs) if facts.kind == "table" else None
    series = facts.kind == "series"
    windows = windows_of(splits, dataset, chosen.tolist()) if series else {}
    return tuple(
        Sample(
            label=label_of(targets[turn], facts),
            image=received.image,
            row=received.row,
            index=int(index),
            normalised=_numbers(rows[turn]) if rows is not None else (),
            tokens=received.tokens,
            window=windows.get(int(index)),
            augmented=tuple(copy[turn] for copy in drawn),
            in_file=origins.get(int(index)),
        )
        for turn, (index, received) in enumerate(zip(chosen, show.all(inputs), strict=True))
    )


def _drawn(
    show: _Shower, inputs: Tensor, places: Tensor, copies: Copies | None
) -> list[list[Received]]:
    """The samples as each of some epochs sees them."""
    if copies is None:
        return []
    epochs = range(copies.first_epoch, copies.first_epoch + copies.count)
    return [show.all(copies.augment(inputs, places, epoch)) for epoch in epochs]


class _Shower:
    """Makes raw inputs into what can be looked at."""

    def __init__(self, facts: Facts, preprocess: Preprocess, scale: Scale) -> None:
        self._facts = facts
        self._preprocess = preprocess
        self._scale = scale
        self._speller = Speller(facts) if facts.kind == "text" else None

    def all(self, inputs: Tensor) -> list[Received]:
        """Of each raw input (N, ...) what the network receives."""
        if self._facts.kind == "image":
            return [Received(image=picture) for picture in self._pictures(inputs)]
        if self._speller is not None:
            spelled = self._speller.all(inputs.numpy())
            return [Received(tokens=tokens) for tokens in spelled]
        if self._facts.kind == "series":
            return [Received(values=values.float().numpy()) for values in inputs]
        return [Received(row=_numbers(row)) for row in inputs]

    def _pictures(self, inputs: Tensor) -> list[Pixels]:
        """Through the preprocessing and back, so that anything it does to a picture is seen."""
        back = self._preprocess(inputs) * self._preprocess.std + self._preprocess.mean
        low, high = self._scale.low, self._scale.high
        scale = 255.0 / (high - low) if high > low else 1.0
        pixels = ((back - low) * scale).round().clamp(0, 255).to(torch.uint8).numpy()
        return [picture_of(image) for image in pixels]


def picture_of(image: Pixels) -> Pixels:
    """Channels last: (C, H, W) as (H, W) or (H, W, 3)."""
    if len(image) < 3:  # one channel, or two that are no colours
        return np.ascontiguousarray(image[0])
    return np.ascontiguousarray(image[:3].transpose(1, 2, 0))


def _numbers(row: Tensor) -> tuple[float, ...]:
    return tuple(map(float, row.flatten().tolist()))


def evenly(targets: Array, count: int) -> npt.NDArray[np.int64]:
    """Indices of one sample of each class in turn, each class in its own order, up to `count`."""
    order = np.argsort(targets, kind="stable")
    _, starts, sizes = np.unique(targets[order], return_index=True, return_counts=True)
    turn = np.arange(len(targets)) - np.repeat(starts, sizes)
    return order[np.lexsort((targets[order], turn))][:count]


def label_of(target: Any, facts: Facts) -> str:
    """The target of one sample in words: its class, its labels, or the numbers to predict."""
    if facts.task == "classes":
        return facts.targets[int(target)]
    if facts.task == "tokens":
        return ""
    if facts.task == "multilabel":
        present = (name for name, on in zip(facts.targets, target, strict=True) if on > 0.5)
        return ", ".join(present) or "none"
    return _listed([f"{value:.4g}" for value in np.atleast_1d(target)])


def _listed(words: Sequence[str], most: int = 8) -> str:
    return ", ".join(words[:most]) + (", …" if len(words) > most else "")
