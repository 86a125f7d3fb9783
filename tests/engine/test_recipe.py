"""The recipe: valid ones round-trip, broken ones give problems and never another exception."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine import yamlfile
from engine.problems import ProblemError
from engine.recipe import SECTIONS, Recipe
from tests.engine.drawn import recipes

SMALL = {"version": 1, "dataset": "digits", "architecture": "mlp"}
SLOW = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def problems(data: Any) -> list[str]:
    return [str(problem) for problem in Recipe.problems(data)]


def test_version_dataset_and_architecture_are_enough() -> None:
    recipe = Recipe.parse(SMALL)
    assert recipe.loss.name == "cross_entropy"
    assert recipe.optimizer.name == "adamw"
    assert (recipe.name, recipe.notes) == ("untitled", "")
    assert list(recipe.as_data()) == ["version", "name", "notes", *SECTIONS]
    for missing in SMALL:
        data = {key: value for key, value in SMALL.items() if key != missing}
        assert problems(data) == [f"{missing}: Is missing (add it)"]


def test_the_default_loss_follows_the_task() -> None:
    assert Recipe.parse({**SMALL, "dataset": "diabetes"}).loss.name == "mse"


def test_every_setting_has_its_one_home() -> None:
    data = Recipe.parse(SMALL).as_data()
    homes = {
        "training": "epochs steps batch_size seed threads accumulate workers device precision",
        "architecture": "hidden norm activation",
        "loss": "label_smoothing",
        "optimizer": "lr schedule",
        "regularization": "dropout weight_decay l1 clip_norm clip_value early_stopping max_norm"
        " ema",
    }
    for section, names in homes.items():
        assert set(names.split()) <= set(data[section])
    cnn = Recipe.parse({**SMALL, "architecture": "cnn"}).as_data()
    assert "channels" in cnn["architecture"]
    assert "weight_decay" not in data["optimizer"]


def test_components_and_switches_may_be_written_short() -> None:
    short = {
        **SMALL, "loss": "cross_entropy", "optimizer": {"name": "adamw", "schedule": "cosine"},
        "regularization": {"early_stopping": 3, "ema": True}, "training": {"precision": 32},
    }  # fmt: skip
    recipe = Recipe.parse(short)
    assert recipe.optimizer.schedule.name == "cosine"
    assert recipe.regularization.early_stopping is not None
    assert recipe.regularization.early_stopping.patience == 3
    assert recipe.regularization.ema == 0.999
    assert recipe.training.precision == "32"
    off = {**SMALL, "regularization": {"early_stopping": False, "ema": False}}
    assert Recipe.parse(off) == Recipe.parse(SMALL)


def test_a_recipe_cannot_be_changed() -> None:
    recipe = Recipe.parse(SMALL)
    with pytest.raises(ValueError, match="frozen"):
        recipe.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(
    "place",
    ["optimizer.lr", "regularization.dropout", "regularization.ema", "regularization.clip_norm",
     "training.epochs", "training.validate_every", "loss.label_smoothing", "dataset.val_fraction",
     "regularization.early_stopping"],
)  # fmt: skip
def test_nan_and_inf_are_refused_everywhere(place: str, value: float) -> None:
    section, option = place.split(".")
    data: dict[str, Any] = Recipe.parse(SMALL).as_data()
    data[section][option] = value
    assert any(line.startswith(place) for line in problems(data))


def test_a_loss_of_another_task_is_a_problem_with_the_ones_that_fit() -> None:
    (problem,) = problems({**SMALL, "loss": "mse"})
    assert problem.startswith("loss: mse does not fit digits, which is a classification task")
    assert "cross_entropy" in problem
    (problem,) = problems({**SMALL, "dataset": "diabetes", "loss": "cross_entropy"})
    assert "regression" in problem
    assert "huber" in problem


def test_what_lbfgs_cannot_do_is_a_problem() -> None:
    base = {**SMALL, "optimizer": "lbfgs"}
    assert not problems(base)
    for section, options in (
        ("training", {"accumulate": 2}),
        ("training", {"precision": "16-mixed"}),
        ("regularization", {"weight_decay": 0.1, "exempt": True}),
    ):
        (problem,) = problems({**base, section: options})
        assert "lbfgs" in problem.lower()


def test_all_problems_are_listed_at_once() -> None:
    data = {
        "version": 2, "dataset": "digit", "architecture": {"name": "mlp", "hidden": [0, "a"]},
        "optimizer": {"name": "adamw", "lr": -1, "momentum": 1}, "training": {"epochs": "x"},
        "extra": 1,
    }  # fmt: skip
    places = [line.split(":")[0] for line in problems(data)]
    assert sorted(places) == [
        "architecture.hidden[0]", "architecture.hidden[1]", "dataset", "extra", "optimizer.lr",
        "optimizer.momentum", "training.epochs", "version",
    ]  # fmt: skip


def test_a_file_is_loaded_and_a_missing_one_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    recipe = Recipe.parse(SMALL)
    path.write_text(recipe.to_yaml("What it teaches."), encoding="utf-8")
    assert path.read_text(encoding="utf-8").startswith("# What it teaches.\nversion: 1\n")
    assert Recipe.load(path) == recipe == Recipe.load(str(path))
    with pytest.raises(ProblemError, match="No such file"):
        Recipe.load(tmp_path / "b.yaml")


# --- Drawn from the schema ---------------------------------------------------------------------


def _valid(data: dict[str, Any]) -> Recipe:
    """The recipe, or another draw when choices that are each valid conflict."""
    found = problems(data)
    wrong = ("Must be", "Unknown", "Is missing", "Says not", "Cannot be")
    assert not [line for line in found if any(word in line for word in wrong)]
    assume(not found)
    return Recipe.parse(data)


@SLOW
@given(recipes())
def test_valid_recipes_round_trip_through_yaml_unchanged(data: dict[str, Any]) -> None:
    recipe = _valid(data)
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
    assert Recipe.from_yaml(yamlfile.dump(data)) == recipe
    assert Recipe.parse(recipe.as_data()).as_data() == recipe.as_data()


_junk = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.binary(max_size=4), st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers()),
    st.dictionaries(st.just("name"), st.none() | st.integers() | st.lists(st.text(), max_size=1)),
    st.integers(min_value=10**30), st.dictionaries(st.integers(), st.none()), st.just("lbfgs"),
)  # fmt: skip


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(data, dict):
        found += [place for key, value in data.items() for place in _places(value, (*path, key))]
    return found


@SLOW
@given(recipes(), st.data())
def test_a_broken_recipe_gives_problems_and_never_an_exception(
    recipe: dict[str, Any], draw: st.DataObject
) -> None:
    for _ in range(draw.draw(st.integers(1, 3))):
        place = draw.draw(st.sampled_from(_places(recipe)))
        holder: Any = recipe
        for name in place[:-1]:
            holder = holder[name] if isinstance(holder, dict) and name in holder else {}
        change = draw.draw(st.sampled_from(["set", "remove", "add"]))
        if not isinstance(holder, dict):
            continue
        if change == "remove":
            holder.pop(place[-1], None)
        else:
            key = place[-1] if change == "set" else draw.draw(st.text(max_size=5))
            holder[key] = draw.draw(_junk)
    for problem in Recipe.problems(recipe):
        assert problem.path
        assert problem.sentence
        assert str(problem)


@settings(max_examples=60, deadline=None)
@given(_junk | st.text() | st.lists(_junk, max_size=2))
def test_anything_that_is_no_recipe_gives_problems(data: Any) -> None:
    assert Recipe.problems(data)


@SLOW
@given(recipes(), st.data())
def test_broken_yaml_gives_problems_and_never_an_exception(
    recipe: dict[str, Any], draw: st.DataObject
) -> None:
    text = yamlfile.dump(recipe)
    start = draw.draw(st.integers(0, len(text)))
    end = draw.draw(st.integers(start, min(len(text), start + 20)))
    broken = text[:start] + draw.draw(st.text(max_size=6)) + text[end:]
    try:
        Recipe.from_yaml(broken)
    except ProblemError as error:
        found = error.problems  # the other outcome that is fine
        assert found
