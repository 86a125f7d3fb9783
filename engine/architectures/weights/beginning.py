"""The weights that a recipe's network begins with, ready to be put into it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from engine.architectures.making import network_of
from engine.architectures.transfer import PUBLISHED, PictureTransfer, Transfer
from engine.architectures.weights.lacking import check_frozen
from engine.architectures.weights.matching import Matched, match
from engine.architectures.weights.reading import read_shapes, read_tensors
from engine.architectures.weights.report import WeightsReport
from engine.datasets.base import Progress, silent
from engine.facts import Facts

if TYPE_CHECKING:
    from torch import nn

    from engine.recipe import Recipe


def beginning(
    recipe: Recipe, facts: Facts, data_dir: Path, progress: Progress = silent, fetch: bool = True
) -> Matched | None:
    """What a new training of the recipe begins with; None if its network begins at random, or if
    published weights would have to be fetched and `fetch` is false. Raises ProblemError, also
    when layers that do not learn are not among the weights.

    What the weights lack, the head at least, is as `architecture.init` and `zero_last` have it.
    """
    architecture = recipe.architecture
    if not isinstance(architecture, Transfer) or not architecture.weights:
        return None
    own = architecture.matched(recipe, facts, progress)
    if own is not None:
        if architecture.tune != "all":
            check_frozen(architecture, _on_meta(recipe, facts), own)
        return own
    path = _file(architecture, data_dir, progress, fetch)
    if path is None:
        return None
    progress(f"Reading {path.name}", None)
    found, network = read_tensors(path), _on_meta(recipe, facts)
    matched = match(found, network, path.name)
    if architecture.zero_last:
        matched = _without_last(matched, network, architecture)
    check_frozen(architecture, network, matched)
    return replace(matched, sha256=_sha256(path))


def foreseen(
    recipe: Recipe, facts: Facts, network: nn.Module | None = None
) -> WeightsReport | None:
    """How the recipe's file of weights fits its network for pictures, by the shapes alone, as far
    as that takes milliseconds; None where it has no file, or that would take longer. The `network`
    is made unless it is there.

    Raises ProblemError as `beginning` does.
    """
    architecture = recipe.architecture
    if not isinstance(architecture, PictureTransfer) or architecture.weights in ("", PUBLISHED):
        return None
    path = Path(architecture.weights)
    found = read_shapes(path)
    if found is None:
        return None
    made = network or _on_meta(recipe, facts)
    matched = match(found, made, path.name)
    check_frozen(architecture, made, matched)
    return matched.report


def _on_meta(recipe: Recipe, facts: Facts) -> nn.Module:
    with torch.device("meta"):
        return network_of(recipe, facts)


def _without_last(found: Matched, network: nn.Module, architecture: Transfer) -> Matched:
    """Without the last layer, which a file of the program's own has: zeros are asked for."""
    last = {
        id(parameter)
        for layer in architecture.last_layers(network)
        for parameter in layer.parameters(recurse=False)
    }
    names = {name for name, p in network.named_parameters() if id(p) in last} & set(found.tensors)
    if not names:
        return found
    report, count = found.report, len(names)
    said = f"{', '.join(sorted(names))} begin with zeros, as architecture.zero_last asks"
    report = replace(
        report, matched=report.matched - count, wanted=report.wanted - count,
        changed=(*report.changed, said),
    )  # fmt: skip
    tensors = {name: tensor for name, tensor in found.tensors.items() if name not in names}
    return replace(found, tensors=tensors, report=report)


def _file(architecture: Transfer, data_dir: Path, progress: Progress, fetch: bool) -> Path | None:
    if architecture.weights != PUBLISHED:
        return Path(architecture.weights)
    from engine.architectures.weights.published import fetched, published_file

    model: str = architecture.model  # type: ignore[attr-defined]
    path = published_file(model, data_dir)
    return fetched(model, data_dir, progress) if fetch or path.is_file() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
