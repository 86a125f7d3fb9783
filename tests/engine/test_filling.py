"""What an architecture fills into the dataset, and what becomes of it with another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import overrides
from engine.filling import filled_in, following, gaps
from engine.recipe import Recipe

SIZED = {"name": "image_folder", "path": "pictures", "size": 224, "zoom": 1.1429}
RESNET = {"name": "torchvision", "model": "resnet18", "weights": "w.pth"}
OTHER = {**RESNET, "model": "inception_v3"}


def recipe(dataset: Any, architecture: Any) -> dict[str, Any]:
    return {"version": 1, "dataset": dataset, "architecture": architecture}


def filled(architecture: dict[str, Any]) -> dict[str, Any]:
    """A recipe as it is written down once its gaps are filled."""
    found: dict[str, Any] = filled_in(recipe({**SIZED, "size": None, "zoom": None}, architecture))
    return found


def test_only_gaps_are_filled() -> None:
    assert filled(RESNET)["dataset"]["size"] == 224
    given = recipe({**SIZED, "size": 96}, RESNET)
    assert filled_in(given) == given
    for nonsense in (None, [], recipe(3, RESNET), recipe(SIZED, "no_such"), recipe({}, {})):
        assert filled_in(nonsense) == nonsense


def test_another_architecture_takes_back_what_the_first_filled_in() -> None:
    before = filled(RESNET)
    after = following(before, {**before, "architecture": OTHER})
    assert after["dataset"] == {**SIZED, "size": None, "zoom": None}
    assert filled_in(after)["dataset"]["size"] == 299
    assert following(before, before) is before
    assert following(before, {**before, "architecture": {"name": "cnn"}})["dataset"]["size"] is None


@pytest.mark.parametrize(
    ("dataset", "given"),
    [({**SIZED, "size": 96}, ()), ({**SIZED}, ("size",)), ({**SIZED, "name": "food101"}, ())],
)
def test_what_somebody_gave_stays(dataset: dict[str, Any], given: tuple[str, ...]) -> None:
    before = filled(RESNET)
    after = following(before, recipe(dataset, OTHER), given)
    assert after["dataset"]["size"] == dataset["size"]


def test_on_the_command_line_too() -> None:
    changed = overrides.apply(filled(RESNET), ["architecture.model=inception_v3"])
    assert changed["dataset"]["size"] is None
    kept = overrides.apply(filled(RESNET), ["architecture.model=inception_v3", "dataset.size=224"])
    assert kept["dataset"]["size"] == 224


def test_what_a_run_has_written_is_filled_in_no_more(tmp_path: Path) -> None:
    """An option that came later was not there when the run was made: it means the default."""
    data = {
        "version": 1,
        "dataset": {"name": "eurosat", "size": 64},
        "architecture": {"name": "torchvision", "weights": "published"},
    }
    file = tmp_path / "recipe.yaml"
    file.write_text(Recipe.parse(data).to_yaml().replace("  zoom:", "  # zoom:"), "utf-8")
    assert Recipe.load(file).dataset.model_dump()["zoom"] is not None
    assert Recipe.load(file, whole=True).dataset.model_dump()["zoom"] is None


def test_what_a_recipe_has_left_open_stays_so_as_long_as_the_same_is_wished() -> None:
    left = gaps(recipe({**SIZED, "zoom": None}, RESNET))
    assert left == {"zoom": 1.1429}
    data = recipe({**SIZED, "size": None, "zoom": None}, RESNET)
    assert filled_in(data, left)["dataset"] == {**SIZED, "zoom": None}
    other = filled_in({**data, "architecture": OTHER}, left)["dataset"]
    assert (other["size"], other["zoom"]) == (299, 1.1438)
    assert gaps(filled_in(data)) == {}


def test_an_interpolation_is_filled_in_for_auto_alone() -> None:
    swin = {**RESNET, "model": "swin_t"}
    auto = recipe({**SIZED, "interpolation": "auto"}, swin)
    assert filled_in(auto)["dataset"]["interpolation"] == "bicubic"
    given = recipe({**SIZED, "interpolation": "bilinear"}, swin)
    assert filled_in(given) == given
    back = following(filled_in(auto), {**filled_in(auto), "architecture": RESNET})
    assert back["dataset"]["interpolation"] == "auto"


def test_changes_to_a_whole_recipe_fill_nothing_in() -> None:
    data = {"version": 1, "dataset": {"name": "eurosat", "size": 64, "zoom": None},
            "architecture": {"name": "torchvision", "weights": "published"}}  # fmt: skip
    changed = overrides.resolve(data, ["training.epochs=3"], whole=True)
    assert changed.dataset.model_dump()["zoom"] is None
    assert overrides.resolve(data, ["training.epochs=3"]).dataset.model_dump()["zoom"] == 1.1429
