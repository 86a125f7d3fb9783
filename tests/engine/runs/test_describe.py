"""A run's line of the library: from runs of every format and state, and from odd files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.problems import Problem, ProblemError
from engine.runs.checkpointfile import Stamp
from engine.runs.info import RunInfo
from engine.runs.library import describe_run, list_runs
from engine.runs.marks import change_marks
from tests.engine.runs.made import RECIPE, end, make, myself, train, write


def test_a_finished_run(tmp_path: Path) -> None:
    run = make(tmp_path, status="finished", steps=30)
    change_marks(run.path, title="The one", tags=["a"], favourite=True)
    info = describe_run(run)
    assert (info.state, info.where, info.shown_name) == ("finished", "", "The one")
    assert (info.recipe_name, info.dataset, info.loss) == ("small", "digits", "cross_entropy")
    assert (info.steps, info.epochs, info.total_steps, info.seconds) == (30, 3, 30, 2.0)
    assert info.metrics["test_accuracy"] == 0.6
    assert info.last == {"val_accuracy": 0.5}
    assert (info.tags, info.favourite, info.archived) == (("a",), True, False)
    assert info.size == sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
    assert info.ended == "2025-01-01T00:01:00+00:00"


def test_the_best_and_its_step(tmp_path: Path) -> None:
    run = make(tmp_path)
    assert describe_run(run).best is None
    values = {"val_loss": [0.3, 0.2, 0.1], "val_accuracy": [0.7, 0.75, 0.6]}
    train(run, [10, 20, 30], values)
    wanted = {"metric": "val_accuracy", "value": 0.75, "step": 20}
    assert describe_run(run).best == wanted
    end(run)
    assert describe_run(run).best == wanted
    end(run, best_steps={"accuracy": 20})
    assert describe_run(run).best == wanted
    (run.path / "metrics.bin").unlink()
    assert describe_run(run).best == wanted
    end(run)
    assert describe_run(run).best == wanted | {"step": None}


def test_the_loss_is_the_best_where_the_main_metric_is_not_measured(tmp_path: Path) -> None:
    run = make(tmp_path, environment={"main_metric": "r2"})
    train(run, [10, 20], {"val_loss": [0.2, 0.3]})
    assert describe_run(run).best == {"metric": "val_loss", "value": 0.2, "step": 10}


@pytest.mark.parametrize(
    ("steps", "where"),
    [(1, "epoch 1, batch 1"), (10, "epoch 1, batch 10"), (11, "epoch 2, batch 1"),
     (27, "epoch 3, batch 7"), (0, "")],
)  # fmt: skip
def test_where_a_run_was_interrupted(steps: int, where: str, tmp_path: Path) -> None:
    info = describe_run(make(tmp_path, steps=steps))
    assert (info.state, info.where) == ("interrupted", where)
    assert (info.steps, info.epochs, info.seconds) == (steps, steps // 10, steps / 100)


def test_a_running_run_is_as_far_as_its_metrics(tmp_path: Path) -> None:
    run = make(tmp_path, environment=myself(), steps=12)
    train(run, [10], {"val_accuracy": [0.5]})
    info = describe_run(run)
    assert (info.state, info.steps, info.position) == ("running", 12, (2, 2))
    assert info.last == {"val_accuracy": 0.5}


def test_without_metrics_the_checkpoint_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make(tmp_path)
    stamp = Stamp(step=14, batch=14, epoch=1.4, reason="last", saved="", version="1")
    monkeypatch.setattr("engine.runs.describe.read_stamp", {run.last_checkpoint: stamp}.__getitem__)
    assert describe_run(run).where == "epoch 2, batch 4"


def test_a_fork_knows_its_parent(tmp_path: Path) -> None:
    parent = {"kind": "fork", "run": "first", "path": "/a/first", "step": 20, "batch": 20}
    info = describe_run(make(tmp_path, environment={"parent": parent}))
    assert (info.parent, info.parent_step, info.parent_kind) == ("first", 20, "fork")


def test_a_run_of_format_1(tmp_path: Path) -> None:
    run = make(tmp_path, steps=5)
    write(run.environment_file, {"started": "2024-01-01T00:00:00", "batches_per_epoch": 10})
    info = describe_run(run)
    assert (info.recipe_name, info.dataset, info.architecture) == ("small", "digits", "mlp")
    assert (info.optimizer, info.where) == ("adamw", "epoch 1, batch 5")
    run.recipe_file.write_text(RECIPE.replace("name: small", "name: no"))
    assert describe_run(run).recipe_name == "no"
    run.recipe_file.write_text("dataset: iris\narchitecture: {name: linear}\n")
    assert (describe_run(run).dataset, describe_run(run).architecture) == ("iris", "linear")


def test_imported_curves(tmp_path: Path) -> None:
    environment = {"imported": {"kind": "csv"}, "recipe_name": "theirs"}
    run = make(tmp_path, environment=environment, status="imported", steps=7)
    run.recipe_file.unlink()
    (info,) = list_runs(tmp_path)
    assert (info.state, info.recipe_name, info.steps, info.where) == ("imported", "theirs", 7, "")


def test_the_library_lists_damaged_runs_too(tmp_path: Path) -> None:
    good, bad = make(tmp_path, "good", status="finished"), make(tmp_path, "bad", status="finished")
    bad.recipe_file.write_text("a: [")
    bad.environment_file.write_text("[" * 100_000)
    bad.summary_file.write_text("{")
    (tmp_path / "not a run").mkdir()
    listed = {run.name: run for run in list_runs(tmp_path)}
    assert list(listed) == ["bad", "good"]
    assert (listed["bad"].state, listed["bad"].dataset) == ("interrupted", "")
    assert listed["good"].as_json()["path"] == str(good.path)
    assert list_runs(tmp_path / "absent") == []


@pytest.mark.parametrize(
    ("summary", "environment"),
    [
        ('{"steps": null, "seconds": "x", "metrics": [1]}', "{}"),
        ('{"metrics": {"val_loss": null, "val_f1": 0.5}}', '{"pid": -1}'),
        ("[]", '{"pid": 99999999999999999999}'),
        (f'{{"steps": 1{"0" * 400}, "metrics": {{"val_loss": 1{"0" * 400}}}}}', '{"parent": 3}'),
        ('{"best_steps": 7, "ended": 8}', '{"parent": {"name": 1, "step": "x"}, "dataset": []}'),
        ("{}", '{"total_steps": NaN, "batches_per_epoch": -3, "recipe_name": null}'),
    ],
)
def test_odd_files_do_not_break_the_listing(summary: str, environment: str, tmp_path: Path) -> None:
    folder = make(tmp_path)
    folder.summary_file.write_text(summary)
    folder.environment_file.write_text(environment)
    (listed,) = list_runs(tmp_path)
    assert listed.state == "interrupted"
    assert (listed.steps, listed.seconds) == (0, 0.0)
    assert all(isinstance(value, float) for value in listed.metrics.values())
    assert json.loads(json.dumps(listed.as_json(), allow_nan=False))["name"] == folder.name


def test_names_of_strangers_do_not_move_the_cursor(tmp_path: Path) -> None:
    environment = {"recipe_name": "a\x1b[2Jb\nc", "dataset": "d\u202e", "preset": ["x"]}
    info = describe_run(make(tmp_path, environment=environment))
    assert (info.recipe_name, info.dataset, info.preset) == ("a[2Jb c", "d", "")


def test_every_problem_of_a_recipe_is_left_to_whoever_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_path: Path) -> dict[str, str]:
        raise ProblemError(Problem("recipe.yaml", "It cannot be read"))

    run = make(tmp_path, environment={})
    write(run.environment_file, {})
    monkeypatch.setattr("engine.yamlfile.glance", unreadable)
    assert describe_run(run) == RunInfo(
        run.name, run.path, "interrupted", size=describe_run(run).size
    )
