"""Figures of a network's tensors: of a checkpoint, of a file to begin with, or of nothing yet."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.model.figures import BARS
from engine.model.weights import NOT_FETCHED, figures, weight_figures
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.checkpointfile import Stamp, stamped

MOMENT = Stamp(1200, 1200, 3.0, "last", "2026-01-01T00:00:00", "0.2.0")
PHOTOS = {"name": "image_folder", "path": "sample:textures", "size": 32}


def recipe_of(architecture: object = "mlp", **sections: object) -> Recipe:
    data = {"version": 1, "dataset": "digits", "architecture": architecture}
    return Recipe.parse(data | sections)


def run_with(folder: Path, name: str = "last", batch: int = 1200, **state: Tensor) -> Path:
    """A run's folder with a checkpoint of this state, as a training writes it."""
    callbacks: dict[str, object] = {"Checkpoints": {}, "ExactState": {}, "Validation": {}}
    content = {"state_dict": state, "optimizer_states": [], "lr_schedulers": [], "loops": {}}
    archive = io.BytesIO()
    torch.save(content | {"callbacks": callbacks}, archive)
    path = folder / "some-run" / "checkpoints" / f"{name}.ckpt"
    path.parent.mkdir(parents=True, exist_ok=True)
    moment = replace(MOMENT, step=batch, batch=batch)
    path.write_bytes(stamped(archive.getvalue(), moment))
    return path.parent.parent


def test_the_figures_of_a_tensor_are_those_of_its_numbers() -> None:
    found = figures(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
    assert (found.shape, found.count, found.broken) == ((2, 2), 4, 0)
    assert (found.mean, found.least, found.greatest) == (3.0, 1.0, 6.0)
    assert found.deviation == pytest.approx(3.5**0.5)
    assert len(found.bars) == BARS
    assert (sum(found.bars), found.bars[0], found.bars[-1]) == (4, 1, 1)


def test_what_is_no_number_is_counted_and_left_out() -> None:
    found = figures(torch.tensor([float("nan"), 1.0, float("inf"), 3.0]))
    assert (found.broken, found.mean, found.least, found.greatest) == (2, 2.0, 1.0, 3.0)
    lost = figures(torch.full((2,), float("nan")))
    assert (lost.broken, lost.count, lost.mean, lost.bars) == (2, 2, 0.0, ())


@pytest.mark.parametrize(
    ("tensor", "mean", "bars"),
    [
        (torch.ones(3), 1.0, 0),
        (torch.tensor(7), 7.0, 0),
        (torch.empty(0), 0.0, 0),
        (torch.tensor([-3e38, 3e38]), 0.0, 0),
        (torch.tensor([1, 2], dtype=torch.int64), 1.5, BARS),
        (torch.tensor([1.0, 2.0], dtype=torch.bfloat16), 1.5, BARS),
        (torch.tensor([1.0 + 9.0j, 2.0]), 1.5, BARS),
    ],
)
def test_every_kind_of_tensor_has_figures(tensor: Tensor, mean: float, bars: int) -> None:
    found = figures(tensor)
    assert (found.mean, len(found.bars)) == (mean, bars)


def test_a_checkpoints_tensors_go_by_the_networks_own_names(tmp_path: Path) -> None:
    run = run_with(tmp_path, **{"network.1.weight": torch.ones(2, 2)})
    found = weight_figures(recipe_of(), tmp_path, run)
    assert found.source == "last.ckpt of some-run, step 1,200"
    assert list(found.tensors) == ["1.weight"]
    assert found.tensors["1.weight"].mean == 1.0


def test_the_latest_checkpoint_is_read(tmp_path: Path) -> None:
    for name, batch in (("last", 20), ("best", 10), ("asked", 30)):
        run = run_with(tmp_path, name, batch, **{"network.0": torch.full((2,), float(batch))})
    found = weight_figures(recipe_of(), tmp_path, run)
    assert (found.source, found.tensors["0"].mean) == ("asked.ckpt of some-run, step 30", 30.0)
    empty = tmp_path / "no-checkpoint"
    assert weight_figures(recipe_of(), tmp_path, empty).others.startswith("drawn at Start")


def test_averaged_weights_are_those_that_are_told_of(tmp_path: Path) -> None:
    state = {"network.1.weight": torch.ones(2), "average.1.weight": torch.zeros(2)}
    found = weight_figures(recipe_of(), tmp_path, run_with(tmp_path, **state))
    assert found.tensors["1.weight"].mean == 0.0
    assert found.source.endswith("averaged")


def test_nothing_in_a_checkpoint_is_run(tmp_path: Path) -> None:
    path = tmp_path / "run" / "checkpoints" / "last.ckpt"
    path.parent.mkdir(parents=True)
    archive = io.BytesIO()
    torch.save({"state_dict": Path}, archive)
    path.write_bytes(stamped(archive.getvalue(), MOMENT))
    with pytest.raises(ProblemError, match="not a checkpoint of this program"):
        weight_figures(recipe_of(), tmp_path, tmp_path / "run")


def test_before_a_training_it_is_told_how_weights_will_come_about(tmp_path: Path) -> None:
    def said(**architecture: object) -> str:
        found = weight_figures(recipe_of({"name": "mlp", **architecture}), tmp_path, None)
        assert (found.source, found.tensors) == ("", {})
        return found.others

    assert said() == "drawn at Start with seed 0, as each layer does by itself"
    assert said(init="kaiming") == "drawn at Start with seed 0, Kaiming normal"
    assert said(zero_last=True).endswith("the last layer begins with zeros")


def test_a_file_to_begin_with_is_told_of_and_its_head_is_not(tmp_path: Path) -> None:
    from engine.architectures.shapes import meta_network

    vision = {"name": "torchvision", "model": "squeezenet1_1"}
    facts_of = recipe_of(vision, dataset=PHOTOS)
    network = meta_network(facts_of, facts_of.dataset.facts())
    backbone = network.get_submodule("backbone").state_dict()
    torch.save({name: torch.ones(t.shape) for name, t in backbone.items()}, tmp_path / "w.pth")
    recipe = recipe_of({**vision, "weights": str(tmp_path / "w.pth")}, dataset=PHOTOS)
    found = weight_figures(recipe, tmp_path, None)
    assert found.source == "w.pth"
    assert found.tensors["backbone.features.0.weight"].mean == 1.0
    assert not any(name.startswith("head.") for name in found.tensors)
    assert found.others.startswith("drawn at Start")
    published = recipe_of({**vision, "weights": "published"}, dataset=PHOTOS)
    assert weight_figures(published, tmp_path, None).others == NOT_FETCHED


def test_nothing_global_is_drawn_from(tmp_path: Path) -> None:
    run = run_with(tmp_path, **{"network.0.weight": torch.arange(100.0)})
    states = random.getstate(), torch.get_rng_state()
    weight_figures(recipe_of(), tmp_path, run)
    weight_figures(recipe_of(), tmp_path, None)
    assert random.getstate() == states[0]
    assert torch.equal(torch.get_rng_state(), states[1])
