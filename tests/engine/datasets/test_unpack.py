"""Unpacking what a stranger packed."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from engine.datasets import unpack as unpacking
from engine.datasets.unpack import Wanted, unpack
from engine.problems import ProblemError
from tests.engine.datasets.archives import zipped
from tests.engine.datasets.files import tar_gz

PACKED = {"zip": zipped, "tar": tar_gz}


def put(tmp_path: Path, content: bytes, inside: str = "a", within: str = "") -> Path:
    """Unpack; the target, beside which nothing else is left."""
    archive = tmp_path / "archive"
    archive.write_bytes(content)
    target = tmp_path / "deep" / "target"
    try:
        unpack("Letters", archive, Wanted(inside, target, within), lambda *_: None)
    finally:
        left = [path.name for path in tmp_path.rglob("*") if path.name.endswith(".part")]
        assert left == []
    return target


def refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ProblemError, match=words):
        put(tmp_path, content)
    assert not (tmp_path / "deep" / "target").exists()
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
def test_only_what_is_wanted_is_unpacked(packed, tmp_path):
    target = put(tmp_path, packed({"a/b/c": b"1", "./a/d": b"2", "e": b"3", "../outside": b"!"}))
    found = {str(path.relative_to(target)): path.read_bytes()
             for path in target.rglob("*") if path.is_file()}  # fmt: skip
    assert found == {"b/c": b"1", "d": b"2"}
    assert not (tmp_path / "outside").exists()


def test_a_file_and_an_archive_in_an_archive(tmp_path):
    assert put(tmp_path, zipped({"a": b"1"})).read_bytes() == b"1"
    (tmp_path / "deep" / "target").unlink()
    nested = zipped({"x/y.tgz": tar_gz({"a/b": b"2"})})
    assert (put(tmp_path, nested, within="x/y.tgz") / "b").read_bytes() == b"2"


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("name", ["a/../../outside", "a/..\\outside", "a/c:outside"])
def test_names_that_lead_elsewhere_are_refused(packed, name, tmp_path):
    refused(tmp_path, packed({"a/b": b"1", name: b"!"}), "written elsewhere")


def test_links_are_left_out(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        link = tarfile.TarInfo("a/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
        plain = tarfile.TarInfo("a/link/passwd")
        archive.addfile(plain)
    target = put(tmp_path, out.getvalue())
    assert not (target / "link").is_symlink()


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
def test_a_bomb_ends_at_the_limit(packed, tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1_000_000)
    refused(tmp_path, packed({"a/b": bytes(5_000_000)}), "far more than it should")
    monkeypatch.setattr(unpacking, "MOST_FILES", 3)
    refused(tmp_path, packed({f"a/{n}": b"" for n in range(4)}), "more than 3 files")


BROKEN = {
    "empty": b"",
    "noise": b"no archive",
    "half a zip": zipped({"a/b": b"1" * 99})[:-30],
    "half a tar": tar_gz({"a/b": bytes(99_999)})[:60],
    "another": zipped({"c": b"1"}),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_such_archive_is_damaged(content, tmp_path):
    refused(tmp_path, content, "is damaged")


def test_cancelling_leaves_nothing_behind(tmp_path):
    class CancelledError(Exception):
        pass

    told: list[float | None] = []

    def cancel(_words: str, part: float | None) -> None:
        told.append(part)
        if len(told) > 1:
            raise CancelledError

    (tmp_path / "archive").write_bytes(tar_gz({"a/b": b"1", "a/c": b"2"}))
    wanted = Wanted("a", tmp_path / "target")
    with pytest.raises(CancelledError):
        unpack("Letters", tmp_path / "archive", wanted, cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]
