"""Run folders: made, found, and written without ever losing a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.runs.atomic import sweep_temporaries, write_atomically
from engine.runs.folder import create_run, find_run
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
