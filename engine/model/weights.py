"""The numbers in a network's tensors, where there are any before or without a training: those of a
checkpoint, or those that the training would begin with. None is drawn to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.model.figures import BARS, Figures, WeightFigures
from engine.runs.checkpointfile import Checkpoint, list_checkpoints
from engine.runs.folder import RunFolder

if TYPE_CHECKING:
    from engine.recipe import Recipe

NOT_FETCHED = "Published weights, which are fetched when the training begins"
_MISSING = "not in the checkpoint"
_PARTS = ("average.", "network.")
"""What stands before the network's own names in a checkpoint; averaged weights are those that are
validated and exported."""


def weight_figures(recipe: Recipe, data_dir: Path, run: Path | None) -> WeightFigures:
    """Of the latest checkpoint of a run of the recipe, or without one of what a training begins
    with.

    Nothing is fetched, drawn or run. Raises ProblemError when a file cannot be read.
    """
    kept = list_checkpoints(RunFolder(run)) if run is not None else []
    if kept:
        return _of_checkpoint(kept[-1])
    from engine.architectures.transfer import Transfer

    architecture = recipe.architecture
    if not isinstance(architecture, Transfer) or not architecture.weights:
        return WeightFigures(others=drawn(recipe))
    from engine.architectures.weights.beginning import beginning

    found = beginning(recipe, recipe.dataset.facts(), data_dir, fetch=False)
    if found is None:
        return WeightFigures(others=NOT_FETCHED)
    return WeightFigures(found.report.source, figures_of(found.tensors), drawn(recipe))


def drawn(recipe: Recipe) -> str:
    """How weights come about that nothing is known of yet."""
    seed, architecture = recipe.training.seed, recipe.architecture
    if architecture.own_code():
        return f"made at Start by your own code, with seed {seed}"
    how = {
        "default": "as each layer does by itself", "kaiming": "Kaiming normal",
        "xavier": "Xavier uniform", "orthogonal": "orthogonal",
    }[architecture.init]  # fmt: skip
    zero = "; the last layer begins with zeros" if architecture.zero_last else ""
    return f"drawn at Start with seed {seed}, {how}{zero}"


def _of_checkpoint(kept: Checkpoint) -> WeightFigures:
    from engine.training.loading import load_checkpoint

    path, stamp = kept.path, kept.stamp
    state = load_checkpoint(path)["state_dict"]
    part = next((part for part in _PARTS if any(name.startswith(part) for name in state)), "")
    own = {name.removeprefix(part): t for name, t in state.items() if name.startswith(part)}
    moment = f", step {stamp.step:,}" if stamp is not None else ""
    averaged = ", averaged" if part == "average." else ""
    source = f"{path.name} of {path.parent.parent.name}{moment}{averaged}"
    return WeightFigures(source, figures_of(own), _MISSING)


def figures_of(tensors: Mapping[str, object]) -> dict[str, Figures]:
    """The figures of every tensor, by name; what is no tensor is left out."""
    return {name: figures(t) for name, t in tensors.items() if isinstance(t, Tensor)}


@torch.no_grad()
def figures(tensor: Tensor) -> Figures:
    """Of the real parts, worked out in float32 (whole numbers in float64)."""
    shape = tuple(tensor.shape)
    values = tensor.detach().real if tensor.is_complex() else tensor.detach()
    values = values.flatten().to(torch.float32 if values.is_floating_point() else torch.float64)
    finite = values[values.isfinite()]
    broken = values.numel() - finite.numel()
    if not finite.numel():
        return Figures(shape, broken=broken)
    deviation, mean = torch.std_mean(finite, correction=0)
    least, greatest = (float(end) for end in torch.aminmax(finite))
    bars: tuple[int, ...] = ()
    if 0 < greatest - least < torch.finfo(torch.float32).max:
        counted = torch.histc(finite, BARS, least, greatest)
        bars = tuple(int(count) for count in counted)
    return Figures(shape, float(mean), float(deviation), least, greatest, bars, broken)
