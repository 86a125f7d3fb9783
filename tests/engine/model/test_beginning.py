"""What a network begins with is told before a training: weights, their preprocessing, frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import models

from engine.model.beginning import beginning_of
from engine.model.summary import model_view
from engine.problems import ProblemError
from engine.recipe import Recipe

MODEL = "shufflenet_v2_x0_5"


def recipe(training: dict[str, Any] | None = None, **architecture: Any) -> Recipe:
    chosen = {"name": "torchvision", "model": MODEL, **architecture}
    dataset = {"name": "image_folder", "path": "sample:textures", "size": 32}
    data = {"version": 1, "dataset": dataset, "architecture": chosen, "training": training or {}}
    return Recipe.parse(data)


def test_a_file_is_compared_with_the_network_and_its_preprocessing_told(tmp_path: Path) -> None:
    state = models.get_model(MODEL, weights=None).state_dict()
    del state["conv5.1.bias"]
    torch.save(state, tmp_path / "some.pth")
    found = beginning_of(recipe(weights=str(tmp_path / "some.pth")), tmp_path)
    assert found.report is not None
    assert found.report.missing == (("conv5.1.bias", (1024,)),)
    told = found.sentences()
    assert "missing in the file: conv5.1.bias 1024" in told
    assert told[-1].endswith("of each picture the middle 87.5% of the sides is seen at 32 x 32"
                             " pixels.")  # fmt: skip
    assert found.as_json()["weights"]["missing"] == (("conv5.1.bias", (1024,)),)
    assert found.as_json()["frozen"] == []


def test_a_file_that_is_gone_is_a_problem_and_what_is_not_fetched_yet_is_told(
    tmp_path: Path,
) -> None:
    with pytest.raises(ProblemError, match=r"architecture\.weights: There is no file"):
        beginning_of(recipe(weights=str(tmp_path / "gone.pth")), tmp_path)
    published = beginning_of(recipe(weights="published"), tmp_path)
    assert "are fetched when the training begins" in published.sentences()[0]
    assert published.as_json()["weights"] is None
    assert list(tmp_path.iterdir()) == []


def test_without_weights_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert beginning_of(recipe(), tmp_path).sentences() == []
    plain = Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp",
                          "training": {"freeze": ["1"]}})  # fmt: skip
    assert beginning_of(plain, tmp_path).sentences() == ["Frozen in the first epoch: 1."]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"tune": "head"}, "Frozen in the first epoch: backbone."),
        ({"tune": "last_blocks", "blocks": 3},
         "Frozen in the first epoch: backbone.conv1.0, backbone.conv1.1, backbone.stage2.0, ..."
         " backbone.stage4.1 (16 in all)."),
        ({"tune": "gradual", "blocks": 2, "unfreeze_every": 3},
         "Frozen in the first epoch: backbone. Of the backbone the last 2 blocks will learn after 3"
         " epochs, and as many more each time."),
    ],
    ids=["head", "last blocks", "gradual"],
)  # fmt: skip
def test_what_is_frozen_in_the_first_epoch(
    options: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    chosen = recipe(**options)
    found = beginning_of(chosen, tmp_path)
    assert found.sentences() == [sentence]
    for row in model_view(chosen).layers:
        held = any(row.name == name or row.name.startswith(f"{name}.") for name in found.frozen)
        assert row.tuned == (held and row.parameters > 0), row.name
        assert row.frozen == (row.parameters if held else 0), row.name
