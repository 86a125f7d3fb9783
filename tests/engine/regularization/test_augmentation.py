"""The list of augmentations: its short forms, its earlier form, and what does not fit the data."""

from __future__ import annotations

from typing import Any

import pytest

from engine import overrides
from engine.augmentation.base import Augmentation
from engine.augmentation.reading import GENTLE
from engine.facts import Facts
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.regularization import Regularization
from engine.schema import COMPONENTS

EVERY = COMPONENTS.names("augmentation")
FACTS = {
    "image": Facts("image", (3, 32, 32), "classes", ("a", "b"), 100),
    "grey": Facts("image", (1, 32, 32), "classes", ("a", "b"), 100),
    "table": Facts("table", (4,), "classes", ("a", "b"), 100),
    "text": Facts("text", (20,), "classes", ("a", "b"), 100, vocabulary=50),
    "corpus": Facts("text", (20,), "tokens", ("a", "b"), 100, vocabulary=2),
    "series": Facts("series", (20, 2), "classes", ("a", "b"), 100),
    "forecast": Facts("series", (20, 2), "regression", ("a +1",), 100, horizon=1),
}
SUITS = {
    "table": {"noise"},
    "text": {"token_dropout"},
    "corpus": set(),
    "series": {"noise", "window_shift", "scale"},
    "forecast": {"noise"},
    "image": {*EVERY} - {"window_shift", "scale", "token_dropout"},
}


def data(augmentation: Any, dataset: str = "digits") -> dict[str, Any]:
    regularization = {"augmentation": augmentation}
    return {
        "version": 1, "dataset": dataset, "architecture": "mlp", "regularization": regularization,
    }  # fmt: skip


def parsed(augmentation: Any) -> tuple[Augmentation, ...]:
    return Recipe.parse(data(augmentation)).regularization.augmentation


def said(augmentation: Any) -> list[dict[str, Any]]:
    """What a list stands for, without what is at its default."""
    return [each.model_dump(exclude_defaults=True) | {"name": each.name}
            for each in parsed(augmentation)]  # fmt: skip


def problems(augmentation: Any, dataset: str = "digits") -> list[str]:
    return [str(problem) for problem in Recipe.problems(data(augmentation, dataset))]


# --- Ways of writing it --------------------------------------------------------------------------


def test_true_is_gentle_and_false_is_none() -> None:
    gentle = [each.name for each in parsed(True)]
    assert gentle == [step["name"] for step in GENTLE]
    assert "flip" not in gentle  # a mirrored digit is another one
    assert parsed(False) == parsed(None) == parsed({}) == parsed([]) == ()


def test_a_name_is_short_for_a_mapping_and_the_order_is_kept() -> None:
    turned = {"name": "rotate", "degrees": 5.0}
    assert said("flip") == said(["flip"]) == said([{"name": "flip"}]) == [{"name": "flip"}]
    assert said(turned) == [turned]
    assert said(["noise", turned, "flip", "noise"]) == [
        {"name": "noise"}, turned, {"name": "flip"}, {"name": "noise"},
    ]  # fmt: skip


def test_the_earlier_mapping_is_still_read() -> None:
    """In the order in which its changes were made, whatever the order of its keys."""
    earlier = {
        "erase": 0.3, "noise": 0.2, "contrast": 0.3, "brightness": 0.25, "zoom": 0.2, "rotate": 30,
        "shift": 3, "flip_vertical": True, "flip": True,
    }  # fmt: skip
    assert said(earlier) == [
        {"name": "flip"}, {"name": "flip_vertical"}, {"name": "rotate", "degrees": 30.0},
        {"name": "zoom", "part": 0.2}, {"name": "shift", "pixels": 3},
        {"name": "brightness", "part": 0.25}, {"name": "contrast", "part": 0.3},
        {"name": "noise", "deviation": 0.2}, {"name": "erase", "area": 0.3},
    ]  # fmt: skip
    assert said({"flip": False, "rotate": 0.0, "shift": 0, "noise": 0.2, "erase": 0.0}) == [
        {"name": "noise", "deviation": 0.2}
    ]


def test_a_recipe_writes_the_list_and_reads_it_back() -> None:
    recipe = Recipe.parse(data(["flip", {"name": "rotate", "degrees": 5, "border": "edge"}]))
    assert recipe.as_data()["regularization"]["augmentation"] == [
        {"name": "flip", "p": 0.5},
        {"name": "rotate", "p": 1.0, "degrees": 5.0, "border": "edge"},
    ]
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe


@pytest.mark.parametrize(
    ("augmentation", "sentence"),
    [
        (["flop"], "regularization.augmentation.0: Unknown augmentation 'flop' (did you mean"),
        ({"flop": 1}, "regularization.augmentation.0: Unknown augmentation 'flop'"),
        (["flip", {"degrees": 1}], "regularization.augmentation.1: Says not which augmentation"),
        (3, "regularization.augmentation: Must be a list, not 3 (write [one, {name: another}])"),
        ([3], "regularization.augmentation.0: Must be a set of named options, not 3"),
        (
            ["flip", {"name": "rotate", "degrees": -1}],
            "regularization.augmentation.1.degrees: Must be at least 0.0, not -1",
        ),
        ({"rotate": "far"}, "regularization.augmentation.0.degrees: Must be a number"),
        (
            [{"name": "rotate", "degree": 1}],
            "regularization.augmentation.0.degree: Unknown key 'degree' (did you mean 'degrees'?",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(augmentation: Any, sentence: str) -> None:
    (problem,) = problems(augmentation)
    assert problem.startswith(sentence)


# --- On the command line -------------------------------------------------------------------------

PLACE = "regularization.augmentation"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([f"{PLACE}=true", f"{PLACE}.1.part=0.3"], [("rotate", {}), ("zoom", {"part": 0.3})]),
        ([f"{PLACE}=[flip,{{name: rotate, degrees: 5}}]"],
         [("flip", {}), ("rotate", {"degrees": 5.0})]),
        ([f"{PLACE}.1.degrees=7", f"{PLACE}=[flip,rotate]"],
         [("flip", {}), ("rotate", {"degrees": 7.0})]),
        ([f"{PLACE}=flip"], [("flip", {})]),
        ([f"~{PLACE}"], []),
        ([f"{PLACE}=[{{name: shift, border: edge}}]", f"~{PLACE}.0.border"], [("shift", {})]),
    ],
)  # fmt: skip
def test_overrides(given: list[str], wanted: list[tuple[str, Any]]) -> None:
    found = overrides.resolve(data(["noise"]), given).regularization.augmentation
    classes = [(COMPONENTS.get("augmentation", name), options) for name, options in wanted]
    assert found == tuple(cls(**options) for cls, options in classes)


@pytest.mark.parametrize(
    "given",
    [f"{PLACE}.2.p=1", f"{PLACE}.flip=true", f"{PLACE}.0=flip", f"{PLACE}.0.name=flip",
     f"{PLACE}.-1.p=1", f"{PLACE}.0.q=1", f"~{PLACE}.5.p"],
)  # fmt: skip
def test_overrides_that_are_none(given: str) -> None:
    with pytest.raises(ProblemError) as raised:
        overrides.resolve(data(["flip", "noise"]), [given])
    assert raised.value.problems[0].path.startswith(PLACE)


# --- What suits what -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("kind", SUITS)
def test_each_change_suits_its_kinds_of_samples(name: str, kind: str) -> None:
    found = list(Regularization(augmentation=["noise", name]).check(FACTS[kind]))
    own = [problem for problem in found if problem.path.startswith(f"{PLACE}.1")]
    assert (not own) == (name in SUITS[kind])
    for problem in own:
        assert problem.hint


def test_rows_of_a_table_are_no_images() -> None:
    (problem,) = problems(["noise", "flip"], "iris")
    assert problem == (
        "regularization.augmentation.1: flip changes images, and the samples here are rows of a"
        " table (take it out of the list)"
    )


def test_grey_images_have_no_colours() -> None:
    steps = ["grayscale", "color_jitter", {"name": "color_jitter", "saturation": 0, "hue": 0}]
    found = Regularization(augmentation=steps).check(FACTS["grey"])
    assert [problem.path.removeprefix(f"{PLACE}.") for problem in found] == [
        "0", "1.saturation", "1.hue",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "option"), [("shift", "pixels"), ("crop", "padding")])
@pytest.mark.parametrize(("pixels", "fits"), [(0, True), (7, True), (8, False), (100, False)])
def test_an_image_is_not_moved_out_of_itself(
    name: str, option: str, pixels: int, fits: bool
) -> None:
    found = problems([{"name": name, option: pixels}])
    assert (not found) == fits
    assert fits or found[0].startswith(f"{PLACE}.0.{option}: Moved by")


def test_a_window_is_not_moved_out_of_itself() -> None:
    steps = [{"name": "window_shift", "steps": 20}]
    (problem,) = Regularization(augmentation=steps).check(FACTS["series"])
    assert problem.path == f"{PLACE}.0.steps"


@pytest.mark.parametrize(
    ("kind", "refused"),
    [("image", []), ("table", ["cutmix"]), ("series", ["cutmix"]), ("forecast", ["cutmix"]),
     ("text", ["mixup", "cutmix"]), ("corpus", ["mixup", "cutmix"])],
)  # fmt: skip
def test_what_can_be_mixed(kind: str, refused: list[str]) -> None:
    found = list(Regularization(mixup=0.2, cutmix=1.0).check(FACTS[kind]))
    assert [problem.path for problem in found] == [f"regularization.{name}" for name in refused]
