"""The benchmark of the speed options runs and reports; what it measures is not asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import options
from engine.recipe import Recipe


def test_one_quick_turn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--quick", "--repeats", "1", "--only", "checkpoint", "--results", str(tmp_path)]
    assert options.main(arguments) == 0
    out = capsys.readouterr().out
    assert "ms a step" in out
    assert "kept for the gradient, MB" in out
    (measured,) = json.loads((tmp_path / "options.json").read_text())["measured"].values()
    assert set(measured) == {"False", "True"}
    assert all(each["step"]["median"] > 0 for each in measured.values())
    kept = [measured[each]["memory"]["median"] for each in ("True", "False")]
    assert 0 < kept[0] < kept[1]


def test_every_recipe_is_valid_and_differs_in_its_option_alone() -> None:
    for option in options.options().values():
        section, _, name = option.path.partition(".")
        recipes = [Recipe.parse(option.recipe_data(value, 5)).as_data() for value in option.values]
        assert [recipe[section].pop(name) for recipe in recipes] == list(option.values)
        assert all(recipe == recipes[0] for recipe in recipes)
