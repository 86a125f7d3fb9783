"""What a fork takes over, what cannot carry over, and what is said of it before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.checkpointfile import Stamp, stamped
from engine.runs.folder import RunFolder, create_run
from engine.runs.fork import cannot_carry_over, fork_recipe, notes, recipe_at
from engine.runs.interventions import Change, Intervention, append_intervention
from tests.engine.runs.test_checkpointfile import archive

DATA: dict[str, Any] = {
    "version": 1,
    "dataset": "digits",
    "architecture": "mlp",
    "optimizer": {"name": "adam", "lr": 0.01},
    "training": {"epochs": 10},
}
MOMENT = Stamp(30, 60, 6.0, "auto", "", "")


def recipe(**sections: Any) -> Recipe:
    return Recipe.parse({**DATA, **sections})


@pytest.fixture
def parent(tmp_path: Path) -> RunFolder:
    """Two interventions: after batch 20 and after batch 60."""
    folder = create_run(tmp_path, recipe())
    for batch, lr in ((20, 0.02), (60, 0.03)):
        change = Change("optimizer.lr", 0.01, lr)
        append_intervention(folder.path, Intervention(batch // 2, batch, 0.0, 0.0, "", (change,)))
    return folder


def checkpoint(parent: RunFolder, batch: int, name: str = "auto-1") -> Path:
    path = parent.checkpoints / f"{name}.ckpt"
    stamp = Stamp(batch // 2, batch, batch / 10, "auto", "", "")
    path.write_bytes(stamped(archive(), stamp))
    return path


# --- What carries over ---------------------------------------------------------------------------

CARRIES: tuple[dict[str, Any], ...] = (
    {"name": "another", "notes": "tried again"},
    {"optimizer": {"name": "adam", "lr": 0.5, "schedule": "cosine"}},
    {"optimizer": "sgd"},
    {"optimizer": "lbfgs"},
    {"loss": "nll"},
    {"loss": {"name": "cross_entropy", "label_smoothing": 0.1, "class_weights": "balanced"}},
    {"regularization": {"dropout": 0.5, "weight_decay": 0.1, "exempt": True}},
    {"regularization": {"augmentation": True, "early_stopping": 3}},
    {"training": {"epochs": 20, "workers": 2, "validate_every": 0.5}},
    {"training": {"steps": 500}},
    {"training": {"epochs": 10, "freeze": ["1"]}},
)


@pytest.mark.parametrize("sections", CARRIES, ids=str)
def test_carries_over(sections: dict[str, Any]) -> None:
    assert cannot_carry_over(recipe(), recipe(**sections), MOMENT) == []


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"architecture": "linear"}, "architecture.name"),
    ({"architecture": {"name": "mlp", "hidden": [3]}}, "architecture.hidden"),
    ({"architecture": {"name": "mlp", "activation": "tanh"}}, "architecture.activation"),
    ({"dataset": "mnist"}, "dataset.name"),
    ({"dataset": {"name": "digits", "split_seed": 5}}, "dataset.split_seed"),
    ({"training": {"epochs": 10, "batch_size": 8}}, "training.batch_size"),
    ({"training": {"epochs": 10, "accumulate": 2}}, "training.accumulate"),
    ({"training": {"epochs": 10, "seed": 1}}, "training.seed"),
    ({"regularization": {"ema": 0.9}}, "regularization.ema"),
    ({"training": {"epochs": 6}}, "training.epochs"),
    ({"training": {"steps": 30}}, "training.steps"),
)


@pytest.mark.parametrize(("sections", "path"), REFUSED, ids=str)
def test_does_not_carry_over(sections: dict[str, Any], path: str) -> None:
    found = cannot_carry_over(recipe(), recipe(**sections), MOMENT)
    assert path in [problem.path for problem in found]
    assert all(problem.sentence and problem.hint for problem in found)


def test_averaging_may_change_its_decay_only() -> None:
    with_average = recipe(regularization={"ema": 0.9})
    assert cannot_carry_over(with_average, recipe(regularization={"ema": 0.99})) == []
    assert cannot_carry_over(with_average, recipe()) != []


def test_for_two_classes_the_loss_decides_the_number_of_outputs() -> None:
    binary = recipe(dataset="breast_cancer", loss="bce_with_logits")
    other = recipe(dataset="breast_cancer", loss="cross_entropy")
    smoothed = recipe(dataset="breast_cancer", loss={"name": "bce_with_logits"})
    assert [p.path for p in cannot_carry_over(binary, other)] == ["loss.name"]
    assert cannot_carry_over(binary, smoothed) == []


def test_every_obstacle_is_named() -> None:
    wanted = recipe(architecture="linear", training={"epochs": 3, "seed": 5})
    paths = {problem.path for problem in cannot_carry_over(recipe(), wanted, MOMENT)}
    assert {"architecture.name", "training.seed", "training.epochs"} <= paths


# --- The recipe of a fork ------------------------------------------------------------------------


def test_the_recipe_is_the_parents_as_it_was_at_that_moment(parent: RunFolder) -> None:
    for batch, lr in ((0, 0.01), (19, 0.01), (20, 0.02), (59, 0.02), (60, 0.03), (99, 0.03)):
        assert recipe_at(parent, batch).optimizer.lr == lr
        found = fork_recipe(parent, checkpoint(parent, batch), ["name=fork"])
        assert (found.name, found.optimizer.lr) == ("fork", lr)
    assert recipe_at(parent).optimizer.lr == 0.03


def test_the_moment_of_a_checkpoint_by_another_path_is_known_too(
    parent: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint(parent, 30)
    monkeypatch.chdir(parent.path)
    assert fork_recipe(parent, Path("checkpoints/auto-1.ckpt"), []).optimizer.lr == 0.02


def test_without_a_stamp_all_interventions_count(parent: RunFolder) -> None:
    path = parent.last_checkpoint
    path.write_bytes(archive())
    assert fork_recipe(parent, path, []).optimizer.lr == 0.03


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["architecture=linear"], "trained weights would not fit"),
        (["training.batch_size=8"], "place in the epoch would be lost"),
        (["optimizer.lrr=1"], "optimizer.lrr"),
        (["training.epochs=2"], "3 epochs done at this checkpoint already"),
        (["training.steps=15"], "15 steps done at this checkpoint already"),
    ],
)
def test_what_is_wrong_is_said_before_anything_starts(
    parent: RunFolder, overrides: list[str], said: str
) -> None:
    with pytest.raises(ProblemError, match=said):
        fork_recipe(parent, checkpoint(parent, 30), overrides)


def test_what_begins_anew_is_noted() -> None:
    assert notes(recipe(), recipe(name="x")) == []
    (said,) = notes(recipe(), recipe(optimizer={"name": "sgd", "lr": 0.01}))
    assert "state" in said
    (said,) = notes(recipe(), recipe(optimizer={"name": "adam", "lr": 1.0, "schedule": "cosine"}))
    assert "schedule" in said
    assert "stretched" in notes(recipe(), recipe(training={"epochs": 11}))[0]
    assert "stretched" in notes(recipe(), recipe(training={"steps": 11}))[0]
