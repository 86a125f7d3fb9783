"""Run folders: made, found, listed, and told apart when something is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from engine.problems import ProblemError
from engine.runs.atomic import sweep_temporaries, write_atomically
from engine.runs.folder import RunFolder, create_run, describe_run, find_run, list_runs, run_state
from tests.engine.training.helpers import small


def test_created_folders_have_different_names(tmp_path: Path) -> None:
    names = {create_run(tmp_path, small()).name for _ in range(5)}
    assert len(names) == 5
    assert all("small" in name for name in names)


def test_names_are_safe_as_folder_names(tmp_path: Path) -> None:
    recipe = small().model_copy(update={"name": "../é tude / 1: <x>"})
    folder = create_run(tmp_path, recipe)
    assert folder.path.parent == tmp_path.resolve()
    assert folder.recipe() == recipe


def test_found_by_name_and_by_path(tmp_path: Path) -> None:
    folder = create_run(tmp_path, small())
    assert find_run(folder.name, tmp_path) == find_run(str(folder.path), Path("/nowhere")) == folder


def test_an_unknown_run_is_a_problem_with_a_suggestion(tmp_path: Path) -> None:
    folder = create_run(tmp_path, small())
    with pytest.raises(ProblemError, match=folder.name):
        find_run(folder.name[:-1], tmp_path)


def test_the_library_lists_damaged_runs_too(tmp_path: Path) -> None:
    good, bad = create_run(tmp_path, small()), create_run(tmp_path, small())
    bad.recipe_file.write_text("a: [")
    bad.summary_file.write_text("{")
    (tmp_path / "not a run").mkdir()
    listed = {run.name: run for run in list_runs(tmp_path)}
    assert set(listed) == {good.name, bad.name}
    assert (listed[good.name].dataset, listed[good.name].architecture) == ("digits", "mlp")
    assert listed[bad.name].dataset == ""
    assert listed[good.name].as_json()["path"] == str(good.path)
    assert list_runs(tmp_path / "absent") == []


@pytest.mark.parametrize(
    ("summary", "environment"),
    [
        ('{"steps": null, "seconds": "x", "metrics": [1]}', "{}"),
        ('{"metrics": {"val_loss": null, "val_f1": 0.5}}', '{"pid": -1}'),
        ("[]", '{"pid": 99999999999999999999}'),
    ],
)
def test_odd_files_do_not_break_the_listing(summary: str, environment: str, tmp_path: Path) -> None:
    folder = create_run(tmp_path, small())
    folder.summary_file.write_text(summary)
    folder.environment_file.write_text(environment)
    (listed,) = list_runs(tmp_path)
    assert listed.state == "interrupted"
    assert (listed.steps, listed.seconds) == (0, 0.0)
    assert all(isinstance(value, float) for value in listed.metrics.values())


def test_states(tmp_path: Path) -> None:
    me = psutil.Process(os.getpid())
    mine = {"pid": me.pid, "process_started": me.create_time()}
    assert run_state(mine, {}) == "running"
    assert run_state({**mine, "process_started": 1.0}, {}) == "interrupted"
    assert run_state({}, {}) == "interrupted"
    assert run_state(mine, {"status": "stopped"}) == "stopped"
    assert describe_run(RunFolder(tmp_path)).state == "interrupted"


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_leftovers_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    (tmp_path / ".writing-last.ckpt-abc").write_bytes(b"half")
    (tmp_path / "last.ckpt").write_bytes(b"whole")
    sweep_temporaries(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["last.ckpt"]
