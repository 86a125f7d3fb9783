"""The index: kept, thrown away when it is no good, done without when it cannot be written."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine import paths
from engine.runs import index as module
from engine.runs.index import Index, index_path
from engine.runs.library import Library, list_runs
from tests.engine.runs.made import make


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        make(tmp_path / "runs", name, status="finished")
    make(tmp_path / "runs", "c", steps=3)
    return tmp_path / "runs"


@pytest.fixture
def index(runs: Path) -> Path:
    """An index that knows all the runs."""
    path = index_path(runs)
    Library(runs).refresh()
    assert path.is_file()
    return path


def test_it_is_the_users_own_and_each_library_has_one(runs: Path, index: Path) -> None:
    assert index.parent == paths.home() / "index"
    assert index_path(runs / "other") != index
    assert [path.name for path in runs.iterdir() if not path.is_dir()] == []


def test_what_is_saved_is_loaded(runs: Path, index: Path) -> None:
    assert [row.info for row in Index(index, runs).load().values()] == list_runs(runs)
    assert Index(index, runs).load()["c"].tally is not None


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def _spoil_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    path.write_bytes(data)


def _run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()


DAMAGES = {
    "cut off": _cut,
    "empty": lambda path: os.truncate(path, 0),
    "overwritten": _overwrite,
    "spoilt pages": _spoil_pages,
    "older": lambda path: _run(path, "PRAGMA user_version = 1"),
    "another table": lambda path: (_run(path, "DROP TABLE runs"),
                                   _run(path, "CREATE TABLE runs (a)")),
    "no table": lambda path: _run(path, "DROP TABLE runs"),
    "no JSON": lambda path: _run(path, "UPDATE runs SET info = '[' WHERE name = x'61'"),
    "too few values": lambda path: _run(path, "UPDATE runs SET info = '[1]'"),
    "no tags": lambda path: _run(path, "UPDATE runs SET info = replace(info, '[]', '3')"),
    "odd tally": lambda path: _run(path, "UPDATE runs SET tally = '{\"what\": 1}'"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_made_anew(damage: str, runs: Path, index: Path) -> None:
    DAMAGES[damage](index)
    library = Library(runs)
    assert library.cached() == []
    assert library.refresh() == list_runs(runs)
    assert Library(runs).cached() == list_runs(runs)


def test_one_that_is_damaged_while_it_is_used_is_made_anew(runs: Path, index: Path) -> None:
    library = Library(runs)
    library.cached()
    _overwrite(index)
    make(runs, "d")
    library.refresh()
    assert Library(runs).cached() == list_runs(runs)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden here")
def test_a_home_without_permission(runs: Path, index: Path) -> None:
    index.parent.chmod(0o500)
    index.chmod(0o400)
    try:
        library = Library(runs)
        assert len(library.cached()) == 3
        make(runs, "d")
        assert len(library.refresh()) == 4
    finally:
        index.parent.chmod(0o700)


def test_a_home_that_cannot_be_made(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRAINBOARD_HOME", str(tmp_path / "file" / "home"))
    library = Library(runs)
    assert library.cached() == []
    assert library.refresh() == list_runs(runs) == library.cached()
    assert library.mark(list_runs(runs)[0], title="T").title == "T"
    assert library.cached()[0].title == "T"


def test_another_process_may_hold_it(
    runs: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    make(runs, "d")
    with closing(sqlite3.connect(index, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        library = Library(runs)
        assert len(library.refresh()) == 4
        other.execute("ROLLBACK")
    assert len(Library(runs).cached()) == 3  # it was not taken for a damaged one
    assert Library(runs).refresh() == library.cached()


def test_two_libraries_share_it(runs: Path, index: Path) -> None:
    one, other = Library(runs), Library(runs)
    one.refresh()
    other.refresh()
    make(runs, "d")
    one.mark(one.cached()[0], note="n")
    other.refresh()
    make(runs, "e")
    one.refresh()
    assert [info.name for info in Library(runs).cached()] == ["a", "b", "c", "d", "e"]
    assert Library(runs).cached() == list_runs(runs)


@pytest.mark.skipif(os.name != "posix", reason="there every name is text")
def test_a_folders_name_need_not_be_text(runs: Path) -> None:
    try:
        make(runs, os.fsdecode(b"r\xff\xfen"))
    except OSError:
        pytest.skip("this file system knows only text")
    found = Library(runs).refresh()
    assert len(found) == 4
    assert Library(runs).cached() == found
