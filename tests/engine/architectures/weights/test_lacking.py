"""Weights of another network: refused where layers would stay random, told of where all learns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import models

from engine.architectures.dryrun import misfits
from engine.architectures.vision.registry import NAMES
from engine.architectures.weights.beginning import beginning, foreseen
from engine.architectures.weights.guessing import whose
from engine.architectures.weights.report import WeightsReport
from engine.model.summary import model_view
from engine.problems import ProblemError
from engine.recipe import Recipe

MODEL = "squeezenet1_0"


def recipe(weights: Path, model: str = MODEL, **architecture: Any) -> Recipe:
    chosen = {"name": "torchvision", "model": model, "weights": str(weights), **architecture}
    dataset = {"name": "image_folder", "path": "sample:textures", "size": 32, "color": "rgb"}
    return Recipe.parse({"version": 1, "dataset": dataset, "architecture": chosen})


def state_of(model: str, **options: Any) -> dict[str, Tensor]:
    with torch.device("meta"):
        return dict(models.get_model(model, weights=None, **options).state_dict())


def saved(state: dict[str, Tensor], folder: Path, name: str = "file.pth") -> Path:
    torch.save({n: torch.zeros(t.shape, dtype=t.dtype) for n, t in state.items()}, folder / name)
    return folder / name


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The weights of a network of which about half fit into another one."""
    return saved(state_of("squeezenet1_1"), tmp_path, "other.pth")


@pytest.mark.parametrize("tune", ["head", "last_blocks", "gradual"])
def test_frozen_layers_that_would_stay_random_are_a_problem(
    tune: str, other: Path, tmp_path: Path
) -> None:
    chosen = recipe(other, tune=tune)
    (problem,) = misfits(chosen)
    assert problem.path == "architecture.weights"
    assert "other.pth has 28 of the 50 tensors of the backbone" in problem.sentence
    assert "features.0.weight is 64x3x3x3 there and 96x3x7x7 in the network" in problem.sentence
    assert "and 9 more" in problem.sentence
    assert "torchvision's squeezenet1_1" in problem.hint
    with pytest.raises(ProblemError) as caught:
        beginning(chosen, chosen.dataset.facts(), tmp_path)
    assert caught.value.problems == (problem,)
    assert model_view(chosen).begins == ""


def test_where_all_learns_it_is_told_and_goes_on(other: Path, tmp_path: Path) -> None:
    chosen = recipe(other)
    assert misfits(chosen) == ()
    begins = model_view(chosen).begins
    assert begins.startswith("Weights from other.pth: 28 of 50 tensors of the backbone, 12 missing")
    assert begins.endswith("torchvision's squeezenet1_1: choose that network).")
    found = beginning(chosen, chosen.dataset.facts(), tmp_path)
    assert found is not None
    assert found.report == foreseen(chosen, chosen.dataset.facts())
    assert found.report.advice in found.report.hint
    assert any("squeezenet1_1" in line for line in found.report.lines())


def test_a_backbone_without_its_classifier_fits_every_way_of_tuning(tmp_path: Path) -> None:
    state = {n: t for n, t in state_of("mobilenet_v2").items() if not n.startswith("classifier")}
    path = saved(state, tmp_path)
    for tune in ("head", "last_blocks", "gradual", "all"):
        assert misfits(recipe(path, "mobilenet_v2", tune=tune)) == ()
    begins = model_view(recipe(path, "mobilenet_v2")).begins
    assert begins.endswith("312 of 312 tensors of the backbone, 2 missing.")


def test_what_the_file_lacks_may_learn(tmp_path: Path) -> None:
    """The last block is missing: it learns with last_blocks, and not with head."""
    state = {n: t for n, t in state_of("resnet18").items() if not n.startswith("layer4.1")}
    path = saved(state, tmp_path)
    assert misfits(recipe(path, "resnet18", tune="last_blocks")) == ()
    (problem,) = misfits(recipe(path, "resnet18", tune="head"))
    assert "layer4.1.conv1.weight is missing, layer4.1.conv2.weight is missing" in problem.sentence


def test_biases_norms_and_counters_may_be_missing(tmp_path: Path) -> None:
    state = state_of("resnet18")
    left = {n: t for n, t in state.items() if not n.endswith(("num_batches_tracked", "bn1.bias"))}
    chosen = recipe(saved(left, tmp_path), "resnet18", tune="head")
    assert misfits(chosen) == ()
    report = foreseen(chosen, chosen.dataset.facts())
    assert report is not None
    assert len(report.missing) == 29
    assert not report.foreign


def test_channels_that_the_file_cannot_be_made_fit_are_named(tmp_path: Path) -> None:
    state = state_of("squeezenet1_1")
    state["features.0.weight"] = torch.empty(64, 5, 3, 3)
    (problem,) = misfits(recipe(saved(state, tmp_path), "squeezenet1_1", tune="head"))
    assert "features.0.weight is 64x5x3x3 there and 64x3x3x3 in the network" in problem.sentence
    assert problem.hint.startswith("give a file that has them")


def test_much_beside_the_network_counts_as_another_one() -> None:
    extra = tuple((f"b{number}", (1,)) for number in range(12))
    assert WeightsReport("x", 100, 100, unexpected=extra).foreign
    assert not WeightsReport("x", 100, 100, unexpected=extra[:9]).foreign
    assert WeightsReport("x", 80, 100).foreign


# --- Whose weights they are ----------------------------------------------------------------------


@pytest.mark.parametrize("model", ["resnet18", "mobilenet_v2", "vit_b_16", "squeezenet1_0"])
def test_a_network_is_known_by_its_weights(model: str) -> None:
    whole = state_of(model)
    assert whose(whole) == model
    assert whose({f"module.{name}": tensor for name, tensor in whole.items()}) == model
    assert whose({"a": torch.empty(3)}) == ""
    assert whose({}) == ""
    single, none = torch.tensor(1.0), torch.empty(0)
    assert whose({"a": torch.empty(3), "scale": single, "shift": single}) == ""
    assert whose({"weight": torch.empty(0, 5), "bias": none}) == ""


@pytest.mark.parametrize("model", ["resnet18", "mobilenet_v2", "densenet121"])
def test_also_with_another_number_of_classes_or_without_a_last_layer(model: str) -> None:
    assert whose(state_of(model, num_classes=7)) == model
    whole = list(state_of(model).items())
    if model != "densenet121":  # whose last kernels are not its features
        assert whose(dict(whole[:-2])) == model


def test_no_two_networks_have_as_many_weights() -> None:
    counts = [models.get_model_weights(name).DEFAULT.meta["num_params"] for name in NAMES]
    assert len(set(counts)) == len(NAMES)
