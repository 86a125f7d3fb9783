"""Random augmentation of training batches, by whole batches on raw inputs.

What happens to a sample is a function of (seed, epoch, its index): never of the batch it is in,
of threads, or of the process that prepares it. The kernels that change the batches are in
`engine.augmentation.kernels`; here they get their random numbers and are put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from engine.augmentation.base import Scale
from engine.augmentation.kernels import colours, moves
from engine.training.draws import Draws, streams

if TYPE_CHECKING:
    from engine.augmentation.base import Augmentation
    from engine.augmentation.kernels import Kernel
    from engine.datasets.preprocess import Preprocess
    from engine.recipe import Recipe


AT_ONCE = 1 << 20
"""Numbers that a CPU changes at once: with more, what is between two changes leaves its caches."""


@dataclass(frozen=True)
class Step:
    """One change of the list: its place there, its probability, and what does it."""

    place: int
    p: float
    kernel: Any


class Augment:
    """Changes batches of raw inputs (N, ...) by a list of augmentations, in its order.

    Moves that follow each other become one reading of the pixels, tints that follow each other
    one mixture of the channels.
    """

    def __init__(
        self,
        augmentations: Sequence[Augmentation],
        preprocess: Preprocess,
        seed: int,
        brightest: int = 255,
    ) -> None:
        mean, std = preprocess.mean.detach().cpu(), preprocess.std.detach().cpu()
        scale = Scale(mean, std, brightest)
        steps = [Step(place, each.p, each.build(scale)) for place, each in enumerate(augmentations)]
        self._seed = seed
        self._runs = list(_runs([step for step in steps if step.p > 0]))

    @classmethod
    def of(cls, recipe: Recipe, preprocess: Preprocess) -> Augment | None:
        """What a recipe asks for; None if that is nothing."""
        augmentations = recipe.regularization.augmentation
        if not augmentations:
            return None
        facts = recipe.dataset.facts()
        return cls(augmentations, preprocess, recipe.training.seed, facts.brightest)

    def __call__(self, inputs: Tensor, samples: Tensor, epoch: int) -> Tensor:
        """The raw inputs (N, ...) of these samples (N,) as they are in this epoch.

        Float32, or the type of `inputs` when pixels are only moved.
        """
        own = streams(self._seed, epoch, samples)
        most = max(1, AT_ONCE // max(1, inputs.shape[1:].numel()))
        if len(inputs) <= most or inputs.device.type != "cpu":
            return self._changed(inputs, own)
        pairs = zip(torch.split(inputs, most), torch.split(own, most), strict=True)
        return torch.cat([self._changed(part, streams) for part, streams in pairs])

    def _changed(self, inputs: Tensor, own: Tensor) -> Tensor:
        """Inputs (N, ...) changed by the whole list, by their streams (N,)."""
        for run in self._runs:
            draws = [Draws.at(own, step.place) for step in run]
            inputs = _change(inputs, run, draws)
        return inputs


# --- What belongs together -----------------------------------------------------------------------


def _runs(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """The list cut where a change does not melt into the one before it."""
    run: list[Step] = []
    for step in steps:
        if run and not _melt(run, step.kernel):
            yield run
            run = []
        run.append(step)
    if run:
        yield run


def _melt(run: Sequence[Step], kernel: Kernel) -> bool:
    if _is_tint(run[-1].kernel):
        return _is_tint(kernel)
    if not (_is_move(run[-1].kernel) and _is_move(kernel)):
        return False
    borders = {step.kernel.border for step in run} | {kernel.border}  # type: ignore[union-attr]
    return len(borders - {None}) <= 1


def _is_move(kernel: Any) -> bool:
    return hasattr(kernel, "maps")


def _is_tint(kernel: Any) -> bool:
    return hasattr(kernel, "mixture")


def _change(inputs: Tensor, run: Sequence[Step], draws: Sequence[Draws]) -> Tensor:
    if _is_move(run[0].kernel):
        return _moved(inputs, run, draws)
    if _is_tint(run[0].kernel):
        return _tinted(inputs, run, draws)
    return _changed(inputs, run[0], draws[0])


def _moved(images: Tensor, run: Sequence[Step], draws: Sequence[Draws]) -> Tensor:
    """Images (N, C, H, W) read once, by the product of all maps."""
    height, width = images.shape[2:]
    whole = None
    for step, own in zip(run, draws, strict=True):
        maps = step.kernel.maps(own, (height, width))
        if step.p < 1:
            chosen = own.chosen(step.p)
            maps = torch.where(chosen[:, None, None], maps, moves.identity(maps[:, 0, 0]))
        whole = maps if whole is None else moves.after(whole, maps)
    assert whole is not None
    border = next((step.kernel.border for step in run if step.kernel.border), "zero")
    if all(step.kernel.whole for step in run):
        return moves.moved(images, whole, border)
    return moves.resampled(images.float(), whole, border)


def _tinted(images: Tensor, run: Sequence[Step], draws: Sequence[Draws]) -> Tensor:
    """Images (N, C, H, W) with their channels mixed once."""
    whole = None
    for step, own in zip(run, draws, strict=True):
        mixture = step.kernel.mixture(own, images.shape[1])
        if step.p < 1:
            mixture = colours.chosen_of(own.chosen(step.p), mixture)
        whole = mixture if whole is None else colours.mixed_after(whole, mixture)
    assert whole is not None
    return colours.tinted(images, whole)


def _changed(inputs: Tensor, step: Step, draws: Draws) -> Tensor:
    """Only the chosen samples are computed; the others keep their numbers."""
    if step.p == 1:
        changed: Tensor = step.kernel(inputs, draws)
        return changed
    rows = draws.chosen(step.p).nonzero()[:, 0]
    some: Tensor = step.kernel(inputs[rows], draws.of(rows))
    found = inputs.to(some.dtype, copy=True)
    found[rows] = some
    return found
