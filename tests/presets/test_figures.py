"""The shipped presets train, and those whose data is at hand reach what their comments promise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.facts import HIGHER_IS_BETTER
from engine.recipe import Recipe
from tests.engine.datasets.files import cifar_files, mnist_files, write
from tests.engine.training.helpers import train
from tests.presets.test_shipped import FOLDER

FIGURES: dict[str, tuple[str, float] | tuple[str, float, dict[str, dict[str, Any]]]] = {
    "digits_mlp": ("val_accuracy", 0.95),
    "digits_cnn": ("val_accuracy", 0.98),
    "digits_rnn": ("val_accuracy", 0.97),
    "iris_mlp": ("test_accuracy", 0.93),
    "breast_cancer_mlp": ("test_accuracy", 0.95),
    "wine_lbfgs": ("test_accuracy", 0.95),
    "diabetes_mlp": ("test_r2", 0.4),
    "cars_mlp": ("test_r2", 0.8),
    "weather_mlp": ("test_accuracy", 0.74),
    "photos_cnn": ("test_accuracy", 0.95, {"training": {"epochs": 15}}),
    "spam_text": ("test_accuracy", 0.78),
    "names_rnn": ("test_accuracy", 0.8, {"training": {"epochs": 4}}),
    "corpus_rnn": ("val_bits_per_character", 3.7, {"training": {"steps": 200}}),
    "temperature_forecast": ("test_mae_vs_seasonal_naive", 0.8),
}


"""A metric, its value, and what makes a long training short."""


def preset(name: str, **sections: dict[str, Any]) -> Recipe:
    data = Recipe.load(FOLDER / f"{name}.yaml").as_data()
    data["training"]["threads"] = 1
    for section, changes in sections.items():
        data[section] |= changes
    return Recipe.parse(data)


@pytest.mark.parametrize("name", FIGURES)
def test_reaches_its_figure(name: str, tmp_path: Path) -> None:
    metric, figure, *shorter = FIGURES[name]
    result = train(preset(name, **(shorter[0] if shorter else {})), tmp_path / "runs").result
    assert result is not None
    assert result.status == "finished"
    higher = HIGHER_IS_BETTER[metric.split("_", 1)[1]]
    assert result.metrics[metric] >= figure if higher else result.metrics[metric] <= figure


@pytest.mark.parametrize(
    ("name", "folder", "files"),
    [
        ("fashion_cnn", "FashionMNIST/raw", mnist_files()),
        ("mnist_cnn", "MNIST/raw", mnist_files()),
        ("mnist_mlp", "MNIST/raw", mnist_files()),
        ("cifar10_cnn", "cifar-10-batches-py", cifar_files()),
    ],
)
def test_trains_on_files_of_its_format(
    name: str, folder: str, files: dict[str, bytes], tmp_path: Path
) -> None:
    write(tmp_path / "data" / folder, files)
    run = train(preset(name, training={"epochs": 1, "batch_size": 16}), tmp_path / "runs")
    assert run.result is not None
    assert run.result.status == "finished", run.ended.problems
    assert 0 <= run.result.metrics["test_accuracy"] <= 1
