"""Downloads that break off and go on, from a web server of this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.datasets.download import Archive, fetch
from engine.problems import ProblemError
from tests.engine.datasets.files import md5, write
from tests.engine.datasets.servers import Server, serving

CONTENT = os.urandom(1_000_000)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(write(tmp_path / "server", {"a.bin": CONTENT})) as running:
        yield running


def archive(server: Server, tmp_path: Path, checksum: str = md5(CONTENT)) -> Archive:
    return Archive(tmp_path / "data" / "a.bin", (f"{server.url}a.bin",), checksum)


def get(wanted: Archive) -> list[float]:
    told: list[float] = []
    fetch("Letters", [wanted], len(CONTENT), lambda _words, part: told.append(part or 0.0))
    return told


def left(wanted: Archive) -> list[str]:
    return [path.name for path in wanted.path.parent.iterdir()]


def test_a_connection_that_breaks_off_is_made_anew_and_goes_on(server, tmp_path):
    server.breaks_after, server.times = 300_000, 2
    wanted = archive(server, tmp_path)
    told = get(wanted)
    assert wanted.path.read_bytes() == CONTENT
    assert [asked for _, asked in server.asked] == ["", "bytes=300000-", "bytes=600000-"]
    assert told == sorted(told)
    assert left(wanted) == ["a.bin"]


def test_what_arrived_is_gone_on_with_the_next_time(server, tmp_path):
    server.breaks_after, server.times = 100_000, 99
    wanted = archive(server, tmp_path)
    with pytest.raises(ProblemError, match="broke off"):
        get(wanted)
    assert left(wanted) == [".a.bin.part"]
    server.times, server.asked = 0, []
    told = get(wanted)
    assert server.asked == [("/a.bin", "bytes=500000-")]
    assert told[1] >= 0.5
    assert wanted.path.read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_sends_all_of_it(server, tmp_path):
    wanted = archive(server, tmp_path)
    write(wanted.path.parent, {".a.bin.part": CONTENT[:5000]})
    server.ranges = False
    get(wanted)
    assert wanted.path.read_bytes() == CONTENT


def test_a_part_of_another_file_is_thrown_away(server, tmp_path):
    wanted = archive(server, tmp_path)
    write(wanted.path.parent, {".a.bin.part": b"x" * 5000})
    with pytest.raises(ProblemError, match="damaged or not the file; try again"):
        get(wanted)
    assert left(wanted) == []
    get(wanted)
    assert wanted.path.read_bytes() == CONTENT


def test_a_part_that_is_too_long_is_begun_anew(server, tmp_path):
    wanted = archive(server, tmp_path)
    write(wanted.path.parent, {".a.bin.part": CONTENT + b"more"})
    get(wanted)
    assert wanted.path.read_bytes() == CONTENT


def test_the_part_of_a_killed_process_is_taken_up_when_it_is_old(server, tmp_path):
    wanted = archive(server, tmp_path)
    write(wanted.path.parent, {".a.bin.0a1b2c3d.part": CONTENT[:5000]})
    get(wanted)
    assert server.asked[-1] == ("/a.bin", "")  # somebody may be at it
    assert sorted(left(wanted)) == [".a.bin.0a1b2c3d.part", "a.bin"]
    wanted.path.unlink()
    part, then = wanted.path.parent / ".a.bin.0a1b2c3d.part", time.time() - 1000
    os.utime(part, (then, then))
    get(wanted)
    assert server.asked[-1] == ("/a.bin", "bytes=5000-")
    assert left(wanted) == ["a.bin"]


def test_a_file_that_is_not_there_is_named(server, tmp_path):
    wanted = Archive(tmp_path / "data" / "b.bin", (f"{server.url}b.bin",), "")
    with pytest.raises(ProblemError, match="has no such file any more"):
        get(wanted)
    assert left(wanted) == []
