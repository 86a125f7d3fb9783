"""Real tables, as their owners wrote them, reach figures worth having with one plain recipe."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import pytest

from engine import overrides, presets
from engine.datasets.table import TableFile, table_columns, table_notes
from tests.engine.training.helpers import train

CASES = [
    ("titanic.csv", "Survived", "accuracy", 0.78, 5),
    ("penguins.csv", "species", "accuracy", 0.95, 5),
    ("winequality-red.csv", "", "accuracy", 0.55, 3),
    ("california_housing.csv", "median_house_value", "r2", 0.75, 1),
]


@pytest.mark.parametrize(("name", "target", "metric", "figure", "seeds"), CASES)
def test_reaches_its_figure(
    name: str, target: str, metric: str, figure: float, seeds: int, shared_data: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    """The mean over seeds of the training and of the split, on the test part."""
    typed = [f"dataset.path={shared_data / 'tabular' / name}", f"dataset.target={target}",
             "training.threads=1", "training.epochs=20"]  # fmt: skip
    if name.startswith("california"):
        typed += ["training.batch_size=256"]  # a few seconds are enough
    found = []
    for seed in range(seeds):
        seeded = [f"training.seed={seed}", f"dataset.split_seed={seed}"]
        recipe = overrides.resolve(presets.find("cars_mlp").data(), [*typed, *seeded])
        run = train(recipe, tmp_path / f"{seed}")
        assert run.result is not None
        found.append(run.result.metrics[f"test_{metric}"])
    assert statistics.mean(found) >= figure


def seen(shared_data: Path, name: str, **options: Any) -> dict[str, str]:
    dataset = TableFile(path=str(shared_data / "tabular" / name), **options)
    return {column.name: column.role for column in table_columns(dataset)}


def test_titanic_is_understood(shared_data: Path) -> None:
    assert seen(shared_data, "titanic.csv", target="Survived") == {
        "PassengerId": "identifier", "Survived": "target", "Pclass": "number", "Name": "text",
        "Sex": "category", "Age": "number", "SibSp": "number", "Parch": "number",
        "Ticket": "text", "Fare": "number", "Cabin": "text", "Embarked": "category",
    }  # fmt: skip


def test_penguins_are_understood(shared_data: Path) -> None:
    dataset = TableFile(path=str(shared_data / "tabular" / "penguins.csv"), target="species")
    assert dataset.facts().targets == ("Adelie", "Chinstrap", "Gentoo")
    assert dataset.facts().features[4:] == (
        "island=Biscoe", "island=Dream", "island=Torgersen", "sex=(missing)", "sex=FEMALE",
        "sex=MALE",
    )  # fmt: skip
    said = {note.column: note.sentence for note in table_notes(dataset)}
    assert said["sex"] == "11 gaps, a category of their own"


def test_wine_without_a_header_is_understood(shared_data: Path) -> None:
    path = str(shared_data / "tabular" / "winequality-red.csv")
    facts = TableFile(path=path).facts()
    assert (facts.samples, facts.inputs, facts.targets) == (1599, 11, tuple("345678"))
    assert TableFile(path=path, task="regression").facts().targets == ("column_12",)


def test_housing_is_understood(shared_data: Path) -> None:
    facts = TableFile(
        path=str(shared_data / "tabular" / "california_housing.csv"), target="median_house_value"
    ).facts()
    assert (facts.samples, facts.task) == (20_640, "regression")
    assert facts.features[-1] == "ocean_proximity=(rare)"  # five houses on an island
