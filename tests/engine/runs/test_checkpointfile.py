"""Checkpoints as files: stamped, whole or named as damaged, found by step or name. No torch."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.runs.checkpointfile import (
    Stamp,
    archive_of,
    find_checkpoint,
    is_cut_off,
    is_whole,
    list_checkpoints,
    nearest,
    read_stamp,
    stamped,
    verified,
)
from engine.runs.folder import FORMAT, RunFolder

STAMP = Stamp(6, 12, 1.5, "auto", "2026-01-01T10:00:00+00:00", "0.2")


def archive(content: bytes = b"weights" * 100) -> bytes:
    """What `torch.save` writes is such a file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("archive/data", content)
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    return RunFolder(tmp_path / "run")


def keep(folder: RunFolder, name: str, step: int) -> Path:
    path = folder.checkpoints / f"{name}.ckpt"
    path.write_bytes(stamped(archive(), replace(STAMP, step=step, batch=2 * step)))
    return path


def problem(path: Path) -> str:
    with pytest.raises(ProblemError) as raised:
        verified(path)
    return str(raised.value)


# --- The stamp -----------------------------------------------------------------------------------


def test_the_stamp_is_read_from_the_end_and_taken_off_again(tmp_path: Path) -> None:
    path = tmp_path / "a.ckpt"
    data = stamped(archive(), STAMP)
    path.write_bytes(data)
    stamp = read_stamp(path)
    assert stamp is not None
    assert replace(stamp, sha256="") == STAMP
    assert len(stamp.sha256) == 64
    assert archive_of(data) == archive()
    assert archive_of(archive()) == archive()
    assert verified(path) == data
    assert is_whole(path)
    assert zipfile.ZipFile(path).testzip() is None


def test_only_an_archive_without_a_comment_is_stamped() -> None:
    for data in (b"", b"no zip at all, but long enough to be one", stamped(archive(), STAMP)):
        with pytest.raises(ValueError, match="Not a zip"):
            stamped(data, STAMP)


def test_a_stamp_of_later_with_more_in_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ckpt"
    path.write_bytes(stamped(archive(), STAMP))
    with zipfile.ZipFile(path, "a") as file:
        file.comment = json.dumps({**json.loads(file.comment), "colour": "blue"}).encode()
    stamp = read_stamp(path)
    assert stamp is not None
    assert stamp.step == 6


@pytest.mark.parametrize("comment", [b"", b"{}", b"[]", b"text", b"\xff", b'{"step": 1}'])
def test_another_comment_is_no_stamp(tmp_path: Path, comment: bytes) -> None:
    path = tmp_path / "a.ckpt"
    path.write_bytes(archive())
    with zipfile.ZipFile(path, "a") as file:
        file.comment = comment
    assert read_stamp(path) is None


def test_no_file_and_no_content_have_no_stamp(tmp_path: Path) -> None:
    assert read_stamp(tmp_path / "absent") is None
    assert not is_whole(tmp_path / "absent")
    assert not is_cut_off(tmp_path / "absent")
    (tmp_path / "empty").write_bytes(b"")
    assert read_stamp(tmp_path / "empty") is None
    assert not is_whole(tmp_path / "empty")
    assert is_cut_off(tmp_path / "empty")
    assert read_stamp(tmp_path) is None


# --- Damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 21, 22, 300, -1, -2, -40, -300])
def test_a_file_that_was_cut_off_anywhere_is_named_as_damaged(
    folder: RunFolder, length: int
) -> None:
    path = keep(folder, "last", 6)
    path.write_bytes(path.read_bytes()[:length])
    assert is_cut_off(path)
    assert not is_whole(path)
    assert "last.ckpt is damaged: it is cut off" in problem(path)


@pytest.mark.parametrize("place", [0, 40, 500, -300])
def test_a_single_altered_bit_is_noticed(folder: RunFolder, place: int) -> None:
    path = keep(folder, "last", 6)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert not is_whole(path)
    assert "last.ckpt is damaged" in problem(path)


def test_something_appended_is_noticed(folder: RunFolder) -> None:
    path = keep(folder, "last", 6)
    path.write_bytes(path.read_bytes() + b"more")
    assert "damaged" in problem(path)


def test_the_next_older_whole_one_is_offered(folder: RunFolder) -> None:
    last, newer, older = (keep(folder, n, s) for n, s in (("last", 9), ("auto-8", 8), ("best", 5)))
    for path in (last, newer):
        path.write_bytes(path.read_bytes()[:-5])
    assert "best.ckpt is whole: use --checkpoint best.ckpt (step 5)" in problem(last)
    older.write_bytes(b"")
    assert "there is no other whole one" in problem(last)


def test_of_format_1_the_archives_own_sums_are_compared(folder: RunFolder) -> None:
    last, best = folder.last_checkpoint, folder.best_checkpoint
    last.write_bytes(archive())
    best.write_bytes(archive())
    assert verified(last) == archive()
    assert is_whole(last)
    assert not is_cut_off(last)
    last.write_bytes(archive().replace(b"weights", b"weighty", 1))
    assert "its content does not match" in problem(last)
    assert "best.ckpt is whole" in problem(last)


def test_one_of_a_newer_version_says_which(folder: RunFolder) -> None:
    path = folder.last_checkpoint
    path.write_bytes(stamped(archive(), replace(STAMP, format=FORMAT + 1, version="9.1")))
    assert "was written by Trainboard 9.1, which is newer" in problem(path)
    assert "update Trainboard" in problem(path)


def test_one_that_is_not_there_or_not_readable(folder: RunFolder) -> None:
    assert "train the run first" in problem(folder.last_checkpoint)
    keep(folder, "best", 3)
    assert "there is best.ckpt" in problem(folder.last_checkpoint)
    folder.last_checkpoint.mkdir()
    assert "cannot be read" in problem(folder.last_checkpoint)


# --- Finding -------------------------------------------------------------------------------------


def test_listed_by_their_moment_and_last_after_its_equals(folder: RunFolder) -> None:
    for name, step in (("last", 7), ("best", 7), ("auto-3", 3), ("step-9", 9)):
        keep(folder, name, step)
    (folder.checkpoints / "old.ckpt").write_bytes(archive())
    (folder.checkpoints / ".writing-last.ckpt-x").write_bytes(b"half")
    found = [c.path.stem for c in list_checkpoints(folder)]
    assert found == ["old", "auto-3", "best", "last", "step-9"]
    assert [c.batch for c in list_checkpoints(folder)] == [-1, 6, 14, 14, 18]
    assert list_checkpoints(RunFolder(folder.path / "nowhere")) == []


def test_the_nearest_to_a_step(folder: RunFolder) -> None:
    with pytest.raises(ProblemError, match="has no checkpoint"):
        nearest(folder, 3)
    (folder.checkpoints / "old.ckpt").write_bytes(archive())
    for step in (10, 20, 40):
        keep(folder, f"auto-{step}", step)
    wanted = {0: 10, 14: 10, 16: 20, 29: 20, 31: 40, 10**9: 40}
    found = {step: nearest(folder, step).stamp for step in wanted}
    assert {step: stamp.step for step, stamp in found.items() if stamp} == wanted


def test_found_by_name_and_by_path(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep(folder, "auto-00000010", 10)
    monkeypatch.chdir(folder.path)
    for name in ("auto-00000010", "auto-00000010.ckpt", "checkpoints/auto-00000010.ckpt", path):
        assert find_checkpoint(folder, name) == path
    with pytest.raises(ProblemError, match="has no checkpoint 'best'") as raised:
        find_checkpoint(folder, "best")
    assert raised.value.problems[0].hint == "it has auto-00000010.ckpt"


def test_no_torch_is_needed() -> None:
    """The list of runs reads stamps, before torch is loaded."""
    code = "import sys, engine.runs.checkpointfile; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
