"""The largest batch that fits: by estimate on the CPU, by trying on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from engine.finders.trial import Told, Trial, prepared, told_to_nobody, undisturbed
from engine.model.memory import free_memory
from engine.model.summary import model_view
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.endings import is_out_of_memory
from engine.training.resolve import device_for

SHARE = 0.8
"""The part of the free memory that an estimate may fill."""

TRIED = 2
"""Steps with each size: the first one makes what the optimizer keeps."""


@dataclass(frozen=True)
class Largest:
    """The largest power of two that fits, or all samples if they do.

    `needed` bytes by the estimate, of `free` ones (None where the device does not tell).
    """

    batch_size: int
    limited_by: str
    samples: int
    needed: int
    free: int | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def find_batch_size(
    recipe: Recipe,
    data_dir: Path,
    *,
    told: Told = told_to_nobody,
    cancelled: Callable[[], bool] = lambda: False,
) -> Largest | None:
    """The largest batch for this recipe on this machine; None when it was cancelled. Raises
    ProblemError when the training could not start, or not even one sample fits."""
    device = device_for(recipe.training.device)
    with undisturbed(recipe.training.seed), prepared(recipe, data_dir, told) as splits:
        samples = len(splits.train)

        def fits(size: int) -> bool:
            told(f"Trying batches of {size:,}", None)
            if device == "cpu":
                return _fits_by_estimate(recipe, size)
            return _fits_on_device(recipe, size, lambda one: Trial(one, splits, data_dir))

        size = 0
        for candidate in sizes(samples):
            if cancelled():
                return None
            if not fits(candidate):
                break
            size = candidate
    if size == 0:
        sentence = "Not even the smallest batch fits into the memory"
        raise ProblemError(Problem("training.batch_size", sentence, "make the network smaller"))
    limited_by = "the training set" if size == samples else "memory"
    view, (free, _) = model_view(_with(recipe, size)), free_memory(recipe)
    return Largest(size, limited_by, samples, view.training_bytes, free)


def sizes(samples: int) -> list[int]:
    """1 (2 at least where there are as many), 2, 4, 8, ... and all samples."""
    powers = [2**power for power in range(1, 20) if 2**power < samples]
    return [*powers, samples]


def _with(recipe: Recipe, size: int) -> Recipe:
    training = recipe.training.model_copy(update={"batch_size": size})
    return recipe.model_copy(update={"training": training})


def _fits_by_estimate(recipe: Recipe, size: int) -> bool:
    free, _ = free_memory(recipe)
    return free is None or model_view(_with(recipe, size)).training_bytes <= SHARE * free


def _fits_on_device(recipe: Recipe, size: int, trial_of: Callable[[Recipe], Trial]) -> bool:
    """Whether two steps run through; what they took is given back."""
    try:
        _take_steps(trial_of(_with(recipe, size)))
        return True
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return False
    finally:
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.empty_cache()


def _take_steps(trial: Trial) -> None:
    steps = trial.steps()
    for _ in range(TRIED):
        trial.step(next(steps))
