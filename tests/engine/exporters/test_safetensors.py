"""Reading a safetensors export back: the same model, or one clear problem; never code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.exporters import export_model, safetensors
from engine.exporters.deployed import Deployed
from engine.problems import ProblemError
from tests.engine.exporters.cases import Case


@pytest.fixture
def exported(case: Case, out: Path) -> Path:
    export_model(case.network, case.splits, case.recipe, "safetensors", out)
    return out


def strings_of(path: Path) -> dict[str, str]:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return dict(file.metadata())


def test_the_model_comes_back(case: Case, exported: Path):
    state = torch.get_rng_state()
    model = safetensors.load(exported)
    assert torch.equal(torch.get_rng_state(), state)
    assert isinstance(model, Deployed)
    assert not model.training
    raw = case.splits.test.inputs
    assert torch.allclose(model(raw), case.live(raw), atol=1e-6)
    for name, tensor in case.network.state_dict().items():
        assert torch.equal(model.network.state_dict()[name], tensor)


def test_the_tensors_are_sorted_and_hold_the_normalization(exported: Path):
    header = exported.read_bytes()[8:]
    names = list(load_file(exported))
    assert names == sorted(names)
    assert {"preprocess.mean", "preprocess.std"} < set(names)
    assert b"__metadata__" in header


def test_the_recipe_inside_is_the_recipe(case: Case, exported: Path):
    from engine.recipe import Recipe

    assert Recipe.from_yaml(strings_of(exported)["recipe"]) == case.recipe


def edited(path: Path, changes: dict[str, str]) -> Path:
    save_file(load_file(path), path, strings_of(path) | changes)
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "other"}, "not written by this program"),
        ({"format_version": "99"}, "format version 99"),
        ({"facts": "{"}, "damaged"),
        ({"facts": "[]"}, "damaged"),
        ({"facts": json.dumps({"shape": [1], "targets": [], "features": []})}, "damaged"),
        ({"recipe": "architecture: ["}, "line"),
        ({"recipe": "[]"}, "cannot be understood"),
        ({"recipe": "!!python/object/apply:os.system ['true']"}, "python/object"),
    ],
)
def test_a_damaged_description_is_a_problem(exported: Path, changes, words):
    with pytest.raises(ProblemError, match=words):
        safetensors.load(edited(exported, changes))


@pytest.mark.parametrize(
    ("old", "new"),
    [("mlp", "no_such"), ("relu", "no_such"), ("[16]", "[-16]"), ("[16]", "[many]")],
)
def test_a_recipe_that_is_not_valid_is_a_problem(exported: Path, old, new):
    recipe = strings_of(exported)["recipe"].replace(old, new)
    with pytest.raises(ProblemError, match="cannot be understood"):
        safetensors.load(edited(exported, {"recipe": recipe}))


def test_weights_that_do_not_fit_are_a_problem(exported: Path):
    recipe = strings_of(exported)["recipe"].replace("[16]", "[17]")
    with pytest.raises(ProblemError, match="do not fit"):
        safetensors.load(edited(exported, {"recipe": recipe}))


def test_missing_tensors_are_a_problem(exported: Path):
    tensors = load_file(exported)
    del tensors["preprocess.mean"]
    save_file(tensors, exported, strings_of(exported))
    with pytest.raises(ProblemError, match="do not fit"):
        safetensors.load(exported)


def test_no_file_and_no_safetensors_file(tmp_path: Path):
    with pytest.raises(ProblemError, match="cannot be read"):
        safetensors.load(tmp_path / "missing.safetensors")
    (tmp_path / "text").write_text("hello, this is not a model at all")
    with pytest.raises(ProblemError, match="cannot be read"):
        safetensors.load(tmp_path / "text")


def test_a_safetensors_file_of_another_program(tmp_path: Path):
    save_file({"weight": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(ProblemError, match="not written by this program"):
        safetensors.load(tmp_path / "other.safetensors")


def test_values_that_no_file_holds_are_computed_anew(case: Case, out: Path, monkeypatch):
    """A table of a layer that is not part of the state (positions, windows) is built as always."""
    build = type(case.recipe.architecture).build

    class Scale(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("factor", torch.full((1,), 3.0), persistent=False)

        def forward(self, values):
            return values * self.factor

    def with_table(self, facts, outputs, dropout):
        return torch.nn.Sequential(build(self, facts, outputs, dropout), Scale())

    monkeypatch.setattr(type(case.recipe.architecture), "build", with_table)
    network = case.recipe.architecture.build(case.splits.facts, 3, 0.2)
    export_model(network, case.splits, case.recipe, "safetensors", out)
    raw = case.splits.test.inputs
    with torch.no_grad():
        expected = network.eval()(case.splits.preprocess(raw))
    assert torch.allclose(safetensors.load(out)(raw), expected, atol=1e-6)
