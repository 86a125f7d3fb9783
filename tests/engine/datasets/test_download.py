"""Fetching: progress from bytes, checksums, mirrors, and nothing half there."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from engine.datasets import download
from engine.datasets.download import Archive, fetch, megabytes, replacing
from engine.problems import Problem, ProblemError
from tests.engine.datasets.files import md5, write

CONTENT = bytes(range(256)) * 2000


class CancelledError(Exception):
    """What a progress may raise."""


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return write(tmp_path / "server", {"a.bin": CONTENT, "b.bin": CONTENT[:1000]})


def archive(server: Path, folder: Path, name: str = "a.bin", **changes: Any) -> Archive:
    content = (server / name).read_bytes()
    plain = {"path": folder / name, "urls": ((server / name).as_uri(),), "md5": md5(content)}
    return Archive(**(plain | changes))


def problem_of(*archives: Archive) -> Problem:
    with pytest.raises(ProblemError) as caught:
        fetch("Letters", archives, 1000, lambda message, fraction: None)
    (problem,) = caught.value.problems
    return problem


def test_progress_tells_the_size_first_and_then_counts_bytes(server, tmp_path):
    told: list[tuple[str, float | None]] = []
    archives = [archive(server, tmp_path / "in" / "deep"), archive(server, tmp_path, "b.bin")]
    fetch("Letters", archives, len(CONTENT) + 1000, lambda *news: told.append(news))
    assert {message for message, _ in told} == {"Downloading Letters (1 MB)"}
    fractions = [fraction for _, fraction in told]
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)
    assert len(fractions) > 5
    assert [each.path.read_bytes() for each in archives] == [CONTENT, CONTENT[:1000]]


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    there = archive(server, tmp_path, urls=())
    there.path.write_bytes(CONTENT)
    fetch("Letters", [there], 1, lambda *news: pytest.fail("nothing to tell"))


def test_a_damaged_archive_is_named_and_kept(server, tmp_path):
    there = archive(server, tmp_path)
    there.path.write_bytes(b"damaged")
    problem = problem_of(there)
    assert "a.bin is damaged" in problem.sentence
    assert "delete it" in problem.hint
    assert there.path.read_bytes() == b"damaged"


def test_without_a_connection_the_files_and_their_folder_are_named(server, tmp_path):
    nowhere = ("file:///does/not/exist",)
    folder = tmp_path / "data"
    problem = problem_of(
        archive(server, folder, urls=nowhere), archive(server, folder, "b.bin", urls=nowhere)
    )
    assert problem.path == "dataset"
    assert problem.sentence.startswith("Letters could not be downloaded")
    assert f"put a.bin, b.bin into {folder}" in problem.hint
    assert not list(folder.iterdir())


def test_the_next_mirror_is_tried(server, tmp_path):
    urls = ("file:///does/not/exist", (server / "b.bin").as_uri(), (server / "a.bin").as_uri())
    fetched = archive(server, tmp_path / "x", urls=urls)
    fetch("Letters", [fetched], len(CONTENT), lambda *news: None)
    assert fetched.path.read_bytes() == CONTENT
    assert [path.name for path in fetched.path.parent.iterdir()] == ["a.bin"]


def test_a_wrong_checksum_is_never_kept(server, tmp_path):
    problem = problem_of(archive(server, tmp_path / "x", md5="0" * 32))
    assert "damaged" in problem.sentence
    assert not list((tmp_path / "x").iterdir())


def cancel(_message: str, fraction: float | None) -> None:
    if fraction:
        raise CancelledError


def test_cancelling_leaves_a_hidden_part_that_the_next_one_uses_up(server, tmp_path):
    wanted = archive(server, tmp_path / "x")
    with pytest.raises(CancelledError):
        fetch("Letters", [wanted], len(CONTENT), cancel)
    assert [path.name for path in (tmp_path / "x").iterdir()] == [".a.bin.part"]
    fetch("Letters", [wanted], len(CONTENT), lambda *news: None)
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["a.bin"]
    assert wanted.path.read_bytes() == CONTENT


def test_a_connection_that_breaks_is_a_problem(server, tmp_path, monkeypatch):
    class Broken:
        def __enter__(self) -> Broken:
            return self

        def __exit__(self, *_error: object) -> None:
            pass

        def read(self, _size: int) -> bytes:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")

    monkeypatch.setattr(download.urllib.request, "urlopen", lambda *_, **__: Broken())
    assert "broke off the connection" in problem_of(archive(server, tmp_path)).sentence


def test_a_full_disk_is_a_problem_of_the_folder(server, tmp_path, monkeypatch):
    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_error: object) -> None:
            self.close()

        def close(self) -> None:
            self.file.close()

        def read(self, _size: int) -> bytes:
            return b""

        def write(self, _content: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    opened = Path.open
    monkeypatch.setattr(
        Path, "open",
        lambda path, mode="r": Full(opened(path, mode)) if "x" in mode else opened(path, mode),
    )  # fmt: skip
    problem = problem_of(archive(server, tmp_path / "data"))
    assert "No space left" in problem.sentence
    assert str(tmp_path / "data") in problem.sentence
    assert "make room" in problem.hint
    assert not list((tmp_path / "data").iterdir())


def test_a_folder_that_cannot_be_made_is_a_problem(server, tmp_path):
    (tmp_path / "data").write_text("a file, not a folder")
    assert "cannot be written" in problem_of(archive(server, tmp_path / "data")).sentence


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def write_half() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise CancelledError

    with pytest.raises(CancelledError):
        write_half()
    assert path.read_bytes() == b"old"
    with replacing(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_sizes_read_as_people_say_them():
    assert megabytes(11_594_722) == "12 MB"
    assert megabytes(4_996_278_331) == "5.0 GB"
