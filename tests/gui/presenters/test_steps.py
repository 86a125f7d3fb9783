"""A list of components in a form: what is offered, how it is edited, and what it says."""

from __future__ import annotations

from typing import Any

import pytest

from engine.schema import Option
from gui.presenters import declared, steps
from gui.presenters.recipe import RecipePresenter

PATH = "regularization.augmentation"


@pytest.fixture
def option(recipe: RecipePresenter) -> Option:
    found = declared.option_at(recipe.data, PATH)
    assert found is not None
    return found


def put(recipe: RecipePresenter, *names: str) -> None:
    recipe.set(PATH, [declared.component_data("augmentation", name) for name in names])


def test_what_changes_the_dataset_comes_first_and_the_rest_says_why_not(
    recipe: RecipePresenter, option: Option
) -> None:
    offers = steps.offers(option, recipe.facts())
    assert offers[0].name == "flip"
    refused = {offer.name: offer.why_not for offer in offers if offer.why_not}
    assert set(refused) == {"grayscale", "window_shift", "scale", "token_dropout"}
    assert "changes texts, and the samples here are images" in refused["token_dropout"]
    assert [offer.name for offer in offers][-4:] == list(refused)


def test_everything_is_offered_while_there_is_no_dataset(option: Option) -> None:
    assert not any(offer.why_not for offer in steps.offers(option, None))


def test_the_usual_ones_suit_images_alone(recipe: RecipePresenter, option: Option) -> None:
    assert steps.why_not_usual(option, steps.suited(recipe)) == ""
    recipe.choose("dataset", "iris")
    assert "rows of a table" in steps.why_not_usual(option, steps.suited(recipe))


@pytest.mark.parametrize(
    ("dataset", "names"),
    [
        ("cifar10", ["flip", "rotate", "zoom"]),
        ("mnist", ["rotate", "zoom"]),  # grey: digits
        ("svhn", ["rotate", "zoom"]),  # digits in colours
        ("gtsrb", ["rotate", "zoom"]),  # keep right is not keep left
    ],
)
def test_photographs_are_usually_flipped_too(
    recipe: RecipePresenter, option: Option, dataset: str, names: list[str]
) -> None:
    recipe.choose("dataset", dataset)
    assert [step["name"] for step in steps.usual(option, steps.suited(recipe))] == names


def test_the_usual_ones_come_with_all_options(recipe: RecipePresenter, option: Option) -> None:
    recipe.set(PATH, steps.usual(option, steps.suited(recipe)))
    assert recipe.recipe is not None
    assert recipe.data == recipe.recipe.as_data()


@pytest.mark.parametrize(
    ("place", "by", "order"),
    [(0, 1, "bac"), (2, -1, "acb"), (0, -1, "abc"), (2, 1, "abc"), (1, 1, "acb")],
)
def test_moving(place: int, by: int, order: str) -> None:
    assert "".join(steps.moved("abc", place, by)) == order


def test_paths_into_the_list_find_class_and_option(recipe: RecipePresenter) -> None:
    put(recipe, "flip", "rotate")
    assert declared.class_at(recipe.data, PATH) is None
    rotate = declared.component_at(recipe.data, f"{PATH}.1")
    assert rotate is not None
    assert rotate.title == "Rotate"
    degrees = declared.option_at(recipe.data, f"{PATH}.1.degrees")
    assert degrees is not None
    assert (degrees.unit, degrees.le) == ("degrees", 180)
    assert declared.option_at(recipe.data, f"{PATH}.0.degrees") is None
    assert declared.option_at(recipe.data, f"{PATH}.7.p") is None


def test_what_was_opened_is_found_again_after_a_move(recipe: RecipePresenter) -> None:
    put(recipe, "flip", "rotate")
    recipe.set(f"{PATH}.1.degrees", 30.0)
    recipe.mark_saved()
    recipe.set(PATH, steps.moved(recipe.get(PATH), 1, -1))
    assert not recipe.opened.differs(f"{PATH}.0.degrees")
    recipe.set(f"{PATH}.0.degrees", 5.0)
    assert recipe.opened.value(f"{PATH}.0.degrees") == 30.0
    recipe.reset(f"{PATH}.0.degrees")
    assert recipe.get(f"{PATH}.0.degrees") == 30.0
    recipe.set(PATH, steps.with_added(recipe.get(PATH), "augmentation", "rotate"))
    assert recipe.opened.value(f"{PATH}.2.degrees") == 10.0  # it is new: its default


ROWS: list[tuple[Any, str]] = [
    ({"name": "rotate", "p": 1.0, "degrees": 12.5, "border": "zero"}, "12.5°"),
    ({"name": "rotate", "p": 0.5, "degrees": 10.0, "border": "edge"},
     "probability 0.5, 10°, border edge"),
    ({"name": "shift", "p": 1.0, "pixels": 2, "border": "zero"}, "2 pixels"),
    ({"name": "flip", "p": 0.5}, ""),
    ({"name": "nonsense"}, ""),
    ("flip", ""),
]  # fmt: skip


@pytest.mark.parametrize(("step", "words"), ROWS, ids=str)
def test_a_row_in_short(step: Any, words: str) -> None:
    assert steps.details(step, "augmentation") == words


def test_the_section_in_one_line(recipe: RecipePresenter) -> None:
    put(recipe, "flip", "rotate", "zoom")
    line = declared.summary(recipe.data, "regularization")
    assert line == "flip, rotate 10°, zoom 0.1"
    recipe.set(PATH, [])
    assert declared.summary(recipe.data, "regularization") == "none"


@pytest.mark.parametrize("value", [None, "nonsense", 3, {"flip": True}])
def test_what_is_no_list_has_no_rows(value: Any) -> None:
    assert steps.steps_of(value) == []
