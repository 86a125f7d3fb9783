"""What may change in a recipe while it trains, and what waits for the next run."""

from __future__ import annotations

from typing import Any

import pytest

from engine.live import changed, flat, live_changes, live_paths, value_at
from engine.problems import ProblemError
from engine.recipe import Recipe

DATA: dict[str, Any] = {
    "version": 1,
    "dataset": "digits",
    "architecture": "mlp",
    "optimizer": {"name": "adam", "lr": 0.01},
    "regularization": {"early_stopping": 5},
}
EVERYWHERE = (
    "optimizer.lr",
    "regularization.dropout",
    "regularization.weight_decay",
    "regularization.l1",
    "regularization.clip_norm",
    "regularization.clip_value",
    "training.freeze",
)


def recipe(**sections: Any) -> Recipe:
    return Recipe.parse({**DATA, **sections})


@pytest.mark.parametrize(
    ("optimizer", "more"),
    [("adam", {"beta1", "beta2"}), ("sgd", {"momentum"}), ("rmsprop", {"momentum"}),
     ("adagrad", set()), ("lbfgs", set())],
)  # fmt: skip
def test_each_optimizer_has_its_own_live_options(optimizer: str, more: set[str]) -> None:
    found = live_paths(recipe(optimizer=optimizer, regularization={}))
    expected = {*EVERYWHERE, "training.epochs", *(f"optimizer.{name}" for name in more)}
    assert set(found) == expected
    assert len(found) == len(expected)


def test_patience_is_live_where_there_is_early_stopping() -> None:
    path = "regularization.early_stopping.patience"
    assert path in live_paths(recipe())
    assert path not in live_paths(recipe(regularization={}))


def test_either_epochs_or_steps_are_live() -> None:
    assert "training.epochs" in live_paths(recipe())
    by_steps = live_paths(recipe(training={"steps": 100}))
    assert "training.steps" in by_steps
    assert "training.epochs" not in by_steps


def test_an_edit_is_split_into_now_and_later() -> None:
    wanted = recipe(
        name="another",
        notes="of the same",
        optimizer={"name": "adam", "lr": 0.02, "eps": 1e-7},
        regularization={"early_stopping": 9, "dropout": 0.1, "ema": 0.9},
        training={"freeze": ["1"], "batch_size": 8},
    )
    edit = live_changes(recipe(), wanted)
    assert edit.changes == {
        "optimizer.lr": 0.02,
        "regularization.early_stopping.patience": 9,
        "regularization.dropout": 0.1,
        "training.freeze": value_at(wanted, "training.freeze"),
    }
    assert set(edit.later) == {"optimizer.eps", "regularization.ema", "training.batch_size"}
    assert changed(recipe(), edit.changes).training.freeze == ("1",)


def test_no_edit_is_nothing() -> None:
    edit = live_changes(recipe(), recipe(name="renamed"))
    assert (edit.changes, edit.later) == ({}, ())


def test_another_component_waits_with_its_options() -> None:
    """A rate that suits SGD is not meant for the Adam that trains."""
    wanted = recipe(optimizer={"name": "sgd", "lr": 0.5, "momentum": 0.5})
    edit = live_changes(recipe(), wanted)
    assert {"optimizer.name", "optimizer.lr", "optimizer.momentum"} <= set(edit.later)
    assert edit.changes == {}


def test_early_stopping_that_comes_or_goes_waits() -> None:
    for now, wanted in ((recipe(), recipe(regularization={})),
                        (recipe(regularization={}), recipe())):  # fmt: skip
        edit = live_changes(now, wanted)
        assert edit.changes == {}
        assert all(path.startswith("regularization.early_stopping") for path in edit.later)
        assert edit.later


def test_steps_that_come_to_decide_wait() -> None:
    edit = live_changes(recipe(), recipe(training={"steps": 50, "epochs": 3}))
    assert edit.changes == {}
    assert set(edit.later) == {"training.steps", "training.epochs"}


def test_changed_leaves_the_recipe_as_it_was() -> None:
    before = recipe()
    after = changed(before, {"optimizer.lr": 0.5, "training.epochs": 3})
    assert (after.optimizer.lr, after.training.epochs) == (0.5, 3)
    assert before == recipe()
    assert changed(before, {}) == before


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"training.batch_size": 4}, "training.batch_size", "cannot be changed while training"),
        ({"optimizer.lt": 0.1}, "optimizer.lt", "optimizer.lr"),
        ({"optimizer": "sgd"}, "optimizer", "cannot be changed"),
        ({"": 1}, "", "cannot be changed"),
        ({"optimizer.lr": -1}, "optimizer.lr", ""),
        ({"optimizer.lr": float("inf")}, "optimizer.lr", ""),
        ({"regularization.dropout": None}, "regularization.dropout", ""),
        ({"training.freeze": 3}, "training.freeze", ""),
    ],
)
def test_what_is_not_live_or_not_valid_is_a_problem_of_its_place(
    changes: dict[str, Any], path: str, said: str
) -> None:
    with pytest.raises(ProblemError) as raised:
        changed(recipe(), changes)
    assert raised.value.problems[0].path == path
    assert said in str(raised.value)


def test_all_that_is_not_live_is_named() -> None:
    with pytest.raises(ProblemError) as raised:
        changed(recipe(), {"training.seed": 1, "optimizer.lr": 0.1, "dataset.subset": 5})
    assert [problem.path for problem in raised.value.problems] == [
        "training.seed",
        "dataset.subset",
    ]


def test_flat_keeps_lists_whole() -> None:
    assert flat({"a": {"b": [1, 2], "c": {}}, "d": None}) == {"a.b": [1, 2], "d": None}
    assert value_at(recipe(), "optimizer.lr") == 0.01
