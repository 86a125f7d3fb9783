"""MixUp and CutMix: a batch learned as mixtures of pairs of its samples.

Pairs and weights follow from (seed, epoch, batch) alone: an optimizer that evaluates a batch
several times sees the same mixture, and so does a run that is resumed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.recipe import Recipe

Box = tuple[slice, slice]
"""Rows and columns of a rectangle."""


@dataclass(frozen=True)
class Mix:
    """Each sample with the part `weight`, and its partner (N,) with the rest; with a `box` that
    part of the image comes from the partner, without one both are added."""

    weight: float
    partners: Tensor
    box: Box | None = None

    def inputs(self, inputs: Tensor) -> Tensor:
        """Normalised inputs (N, ...) mixed."""
        others = inputs.index_select(0, self.partners)
        if self.box is None:
            return self._mean(inputs, others)
        rows, columns = self.box
        mixed = inputs.clone()
        mixed[:, :, rows, columns] = others[:, :, rows, columns]
        return mixed

    def loss(
        self, loss_of: Callable[[Tensor], Tensor], targets: Tensor, numbers: bool
    ) -> tuple[Tensor, Tensor]:
        """The loss, and the targets that the batch is scored against.

        Targets that are `numbers` (a regression) are mixed like the inputs. Of others both are
        learned by their parts, and the one with the larger part is scored.
        """
        others = targets.index_select(0, self.partners)
        if numbers:
            mixed = self._mean(targets, others)
            return loss_of(mixed), mixed
        loss = self.weight * loss_of(targets) + (1 - self.weight) * loss_of(others)
        return loss, targets if self.weight >= 0.5 else others

    def _mean(self, own: Tensor, others: Tensor) -> Tensor:
        return self.weight * own + (1 - self.weight) * others


class Mixing:
    """Draws the mixture of each batch; with both kinds on, one of them for each."""

    def __init__(self, seed: int, mixup: float | None, cutmix: float | None) -> None:
        self._seed, self._mixup, self._cutmix = seed, mixup, cutmix

    @classmethod
    def of(cls, recipe: Recipe) -> Mixing | None:
        """What a recipe asks for; None if that is nothing."""
        options = recipe.regularization
        if options.mixup is None and options.cutmix is None:
            return None
        return cls(recipe.training.seed, options.mixup, options.cutmix)

    def draw(self, inputs: Tensor, epoch: int, batch: int) -> Mix:
        """The mixture of batch number `batch` (from 0) of an epoch."""
        chosen = random.Random(f"mix {self._seed} {epoch} {batch}")
        pairs = torch.Generator().manual_seed(chosen.getrandbits(63))
        partners = torch.randperm(len(inputs), generator=pairs).to(inputs.device)
        pasting = chosen.random() < 0.5 if self._mixup and self._cutmix else bool(self._cutmix)
        alpha = self._cutmix if pasting else self._mixup
        weight = chosen.betavariate(alpha or 1.0, alpha or 1.0)
        if not pasting:
            return Mix(weight, partners)
        return _pasted(weight, partners, inputs.shape[2:], chosen)


def _pasted(weight: float, partners: Tensor, size: torch.Size, chosen: random.Random) -> Mix:
    """A rectangle of the part 1 - weight around a place anywhere, cut off at the borders; the
    weight becomes what is really left."""
    side = (1 - weight) ** 0.5
    rows, columns = (_span(pixels, side, chosen.random()) for pixels in size)
    hidden = (rows.stop - rows.start) * (columns.stop - columns.start)
    return Mix(1 - hidden / (size[0] * size[1]), partners, (rows, columns))


def _span(pixels: int, side: float, place: float) -> slice:
    middle, half = int(place * pixels), int(side * pixels) // 2
    return slice(max(0, middle - half), min(pixels, middle + half))
