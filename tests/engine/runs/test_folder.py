"""Run folders: made, found, and written without ever losing a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.runs.atomic import sweep_temporaries, write_atomically
from engine.runs.folder import FORMAT, RunFolder, create_run, find_run
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


def test_a_deleted_folder_does_not_come_back_by_writing_to_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "gone" / "file", b"new")
    assert not (tmp_path / "gone").exists()


def test_a_run_that_cannot_be_made_leaves_no_folder(tmp_path: Path) -> None:
    """The recipe comes last: without it a folder is no run."""
    seen: list[bool] = []

    def fails(folder: RunFolder) -> None:
        seen.append(folder.recipe_file.exists())
        (folder.path / "something").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ProblemError, match="No space left"):
        create_run(tmp_path, small(), fails)
    assert seen == [False]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("packages", [{"trainboard": "4.2"}, {}, None, "x"])
def test_a_run_of_a_newer_format_says_so(tmp_path: Path, packages: object) -> None:
    folder = create_run(tmp_path, small())
    environment = {"format": FORMAT + 1, "packages": packages}
    folder.write_json(folder.environment_file, environment)
    for ask in (lambda: find_run(folder.name, tmp_path), folder.recipe):
        with pytest.raises(ProblemError, match="update Trainboard") as raised:
            ask()
        assert folder.name in str(raised.value)
    for known in (FORMAT, 1, None, "3"):
        folder.write_json(folder.environment_file, {"format": known})
        assert find_run(folder.name, tmp_path).recipe() == small()
