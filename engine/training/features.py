"""What a frozen backbone makes of every sample, computed once: later epochs cost only the head.

The last bits of a feature depend on how many samples are computed together, so they are computed
in blocks of a fixed size, in the order in which the samples are stored: a training that goes on,
or is repeated, gets the same bits again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import psutil
import torch
from torch import Tensor

from engine.architectures.heading import Headed
from engine.datasets.base import Progress, Splits, TensorData
from engine.datasets.preprocess import Preprocess
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.loader import in_order
from engine.training.metrics import evaluating
from engine.training.module import TrainingModule

BLOCK = 32
"""Samples that go through the backbone together."""
MOST_OF_FREE = 0.5
"""The part of the free memory that features may take."""


def only_head_learns(recipe: Recipe) -> bool:
    """Whether the backbone stays as it is from the first epoch to the last."""
    return getattr(recipe.architecture, "tune", "") == "head"


def why_not(recipe: Recipe) -> str:
    """Why the backbone must see every sample in every epoch although it is frozen; "" if not.

    The answer depends on the recipe alone: a training that goes on must not choose another way.
    """
    regularization = recipe.regularization
    if any(each.p > 0 for each in regularization.augmentation):
        return "augmentation shows it another picture each time"
    if regularization.mixup is not None or regularization.cutmix is not None:
        return "samples are mixed"
    if recipe.training.precision != "32":
        return f"the precision is {recipe.training.precision}"
    return ""


def with_features(splits: Splits, module: TrainingModule, progress: Progress) -> Splits:
    """The splits with features (N, F) for inputs, from the module's backbone as it is now.

    What `progress` raises ends the computation. Raises ProblemError when they do not fit into the
    memory.
    """
    network = module.network
    assert isinstance(network, Headed)
    total = sum(len(part) for part in splits.named().values())
    _check_memory(network, total)
    done = 0

    def features_of(part: TensorData) -> TensorData:
        nonlocal done
        found: list[Tensor] = []
        for inputs, _ in in_order(part, BLOCK):
            progress(f"Computing the features of {total:,} samples, once", done / total)
            raw = inputs.to(module.preprocess.mean.device)
            found.append(network.backbone(module.preprocess(raw)).float().cpu())
            done += len(inputs)
        return replace(part, inputs=torch.cat(found))

    with torch.no_grad(), evaluating(network):
        train, val, test = (features_of(part) for part in splits.named().values())
    return replace(splits, train=train, val=val, test=test)


def _check_memory(network: Headed, samples: int) -> None:
    needed, free = 4 * samples * network.features, psutil.virtual_memory().available
    if needed > MOST_OF_FREE * free:
        sentence = (
            f"The features of {samples:,} samples need {needed / 1e9:,.1f} GB; "
            f"{free / 1e9:,.1f} GB are free"
        )
        hint = "set dataset.subset, or choose a model with fewer features"
        raise ProblemError(Problem("architecture.tune", sentence, hint))


class Passing:
    """In the place of the preprocessing where inputs are features already; targets are scaled."""

    def __init__(self, preprocess: Preprocess) -> None:
        self._preprocess = preprocess
        self.scale_targets, self.unscale = preprocess.scale_targets, preprocess.unscale

    @property
    def mean(self) -> Tensor:
        """It is where the network is."""
        return self._preprocess.mean

    def __call__(self, features: Tensor) -> Tensor:
        """Unchanged."""
        return features


def passing(preprocess: Preprocess) -> Preprocess:
    """The same, for whoever wants a preprocessing."""
    return cast(Preprocess, Passing(preprocess))
