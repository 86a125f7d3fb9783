"""The augmentation group: short forms, and what does not fit the data."""

from __future__ import annotations

from typing import Any

import pytest

from engine import overrides
from engine.recipe import Recipe
from engine.regularization.augmentation import GENTLE, Augmentation


def data(augmentation: Any, dataset: str = "digits") -> dict[str, Any]:
    regularization = {"augmentation": augmentation}
    return {
        "version": 1, "dataset": dataset, "architecture": "mlp", "regularization": regularization,
    }  # fmt: skip


def parsed(augmentation: Any) -> Augmentation | None:
    return Recipe.parse(data(augmentation)).regularization.augmentation


def problems(augmentation: Any, dataset: str) -> list[str]:
    return [str(problem) for problem in Recipe.problems(data(augmentation, dataset))]


def test_true_is_gentle_and_false_is_none() -> None:
    gentle = parsed(True)
    assert gentle == Augmentation(**GENTLE)
    assert not gentle.flip  # a mirrored digit is another one
    assert parsed(False) is None
    assert parsed({}) == Augmentation()
    assert Augmentation().chosen() == ()
    assert Augmentation(flip=True, noise=0.1).chosen() == ("flip", "noise")


def test_one_option_on_the_command_line_switches_on_that_one_alone() -> None:
    base = data(None)
    recipe = overrides.resolve(base, ["regularization.augmentation.flip=true"])
    assert recipe.regularization.augmentation == Augmentation(flip=True)
    recipe = overrides.resolve(base, ["regularization.augmentation=true"])
    assert recipe.regularization.augmentation == Augmentation(**GENTLE)


IMAGE_ONLY = {
    "flip": True, "flip_vertical": True, "shift": 1, "rotate": 5.0, "zoom": 0.1,
    "brightness": 0.1, "contrast": 0.1, "erase": 0.1,
}  # fmt: skip


def test_only_noise_is_for_tables_too() -> None:
    assert {*IMAGE_ONLY, "noise"} == set(Augmentation.model_fields)
    assert not problems({"noise": 0.1}, "iris")
    assert not problems({**IMAGE_ONLY, "noise": 0.1}, "digits")
    for name, value in IMAGE_ONLY.items():
        (problem,) = problems({name: value, "noise": 0.1}, "iris")
        assert problem.startswith(f"regularization.augmentation.{name}: {name} changes images")
        assert f"set it to {'false' if value is True else '0'}" in problem


@pytest.mark.parametrize(("shift", "fits"), [(0, True), (7, True), (8, False), (100, False)])
def test_an_image_is_not_moved_out_of_itself(shift: int, fits: bool) -> None:
    found = problems({"shift": shift}, "digits")
    assert (not found) == fits
    assert fits or found[0].startswith("regularization.augmentation.shift: Moved by")
