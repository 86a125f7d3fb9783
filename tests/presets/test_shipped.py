"""The presets that ship: all of them, wherever they lie, are valid, explained and to the point."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import yamlfile
from engine.recipe import SECTIONS, Recipe
from engine.schema import COMPONENTS

FOLDER = Path(__file__).resolve().parents[2] / "presets"
FILES = sorted(FOLDER.rglob("*.y*ml"))
NAMES = {
    "digits_mlp", "digits_cnn", "digits_rnn", "mnist_mlp", "mnist_cnn", "fashion_cnn",
    "cifar10_cnn", "iris_mlp", "diabetes_mlp", "breast_cancer_mlp", "wine_lbfgs",
    "cars_mlp", "weather_mlp", "photos_cnn", "temperature_forecast",
    "spam_text", "names_rnn", "corpus_rnn",
}  # fmt: skip


def test_all_are_found():
    assert {path.stem for path in FILES} == NAMES
    assert len(FILES) == len(NAMES)


@pytest.fixture(params=FILES, ids=[path.stem for path in FILES])
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_is_valid_and_survives_being_written(path):
    recipe = Recipe.load(path)
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe


def test_opens_with_what_it_teaches_and_what_to_expect(path):
    lines = path.read_text().splitlines()
    comment = [line for line in lines[: lines.index("version: 1")] if line.startswith("# ")]
    assert len(comment) >= 3
    text = " ".join(line[2:] for line in comment)
    assert "xpect" in text
    assert text.endswith(".")


def test_has_a_readable_name(path):
    name = Recipe.load(path).name
    assert ", " in name
    assert name[0].isupper()


def test_names_are_all_different():
    assert len({Recipe.load(path).name for path in FILES}) == len(FILES)


def test_tells_the_size_of_its_download(path):
    size = Recipe.load(path).dataset.facts().download
    if size:
        assert f"Downloads {size / 1e6:.0f} MB" in path.read_text()


def test_writes_no_setting_that_is_the_default(path):
    data = yamlfile.load(path)
    redundant = [
        f"{section}.{key}"
        for section in SECTIONS
        for key, value in settings(data.get(section)).items()
        if value == defaults(section, data)[key]
    ]
    assert redundant == []


def settings(section: Any) -> dict[str, Any]:
    return {key: value for key, value in section.items() if key != "name"} if isinstance(
        section, dict
    ) else {}  # fmt: skip


def defaults(section: str, data: dict[str, Any]) -> dict[str, Any]:
    """The section's settings when only the choice of component is made."""
    plain = {"version": 1, "dataset": "digits", "architecture": "mlp"}
    if section in COMPONENTS.kinds():
        return COMPONENTS.get(section, data[section]["name"])().model_dump(mode="json")
    return Recipe.parse(plain).as_data()[section]
