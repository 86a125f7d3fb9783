from __future__ import annotations

import pytest

from engine.facts import Facts
from engine.recipe import Recipe
from engine.schema import COMPONENTS, component_name
from gui.presenters import declared
from gui.presenters.recipe import RecipePresenter


def test_finds_options_of_sections_components_groups_and_nested_components(
    recipe: RecipePresenter,
) -> None:
    recipe.choose("optimizer.schedule", "step")
    recipe.switch("regularization.early_stopping", True)
    paths = {
        "name": "text",
        "training.epochs": "int",
        "optimizer.lr": "float",
        "optimizer.schedule": "component",
        "optimizer.schedule.gamma": "float",
        "regularization.early_stopping": "group",
        "regularization.early_stopping.patience": "int",
    }
    found = {path: declared.option_at(recipe.data, path) for path in paths}
    assert {path: option.type for path, option in found.items() if option} == paths
    assert declared.option_at(recipe.data, "optimizer.gamma") is None
    assert declared.option_at(recipe.data, "optimizer.schedule.floor") is None


@pytest.mark.parametrize("kind", ["dataset", "architecture", "loss", "optimizer", "schedule"])
def test_declared_defaults_are_those_of_the_class(kind: str) -> None:
    for cls in COMPONENTS.classes(kind):
        name = component_name(cls)
        assert declared.component_data(kind, name) == cls().model_dump(mode="json")


def test_every_option_that_may_be_empty_starts_from_a_valid_value() -> None:
    data = Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"}).as_data()
    sections = ("dataset", "architecture", "loss", "optimizer", "regularization", "training")
    tried = 0
    for section in sections:
        cls = declared.class_at(data, section)
        assert cls is not None
        for option in declared.options_of(cls):
            if option.nullable:
                changed = {**data[section], option.name: declared.value_when_on(option)}
                assert Recipe.problems({**data, section: changed}) == [], option.name
                tried += 1
    assert tried >= 8


def test_a_section_says_itself_in_one_line(recipe: RecipePresenter) -> None:
    recipe.choose("optimizer.schedule", "cosine")
    recipe.set("training.batch_size", 32)
    assert declared.summary(recipe.data, "optimizer") == "learning rate 0.003, cosine"
    assert declared.summary(recipe.data, "architecture") == "hidden [64, 32]"
    assert declared.summary(recipe.data, "training") == "10 epochs, batch size 32"
    assert declared.summary(recipe.data, "regularization") == "none"
    assert declared.summary(recipe.data, "loss") == "defaults"


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        (Facts("image", (1, 8, 8), "classes", ("a", "b"), 1797), "1,797 images 8×8, 2 classes"),
        (
            Facts("image", (3, 32, 32), "classes", ("a", "b"), 60000),
            "60,000 colour images 32×32, 2 classes",
        ),
        (Facts("table", (10,), "regression", ("y",), 442), "442 rows of 10 numbers, 1 target"),
    ],
)
def test_facts_in_one_line(facts: Facts, line: str) -> None:
    assert declared.facts_line(facts) == line
