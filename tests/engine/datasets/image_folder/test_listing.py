"""Listing a folder: what is ignored, links and loops, limits, and when it is read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.datasets.image_folder import listing, table
from engine.datasets.image_folder.decoding import NotReadError, Spec, decode
from engine.datasets.image_folder.listing import Listings, list_folder
from engine.problems import Problem, ProblemError
from tests.engine.datasets.image_folder.photos import picture


def problem(root: Path) -> Problem:
    with pytest.raises(ProblemError) as caught:
        list_folder(root)
    return caught.value.problems[0]


def old(root: Path) -> Path:
    """As if the folder had been made long ago: its times can be told from later changes."""
    for path in (root, *root.rglob("*")):
        os.utime(path, (1e9, 1e9))
    return root


def test_only_pictures_and_tables_count_in_an_order_of_their_own(tmp_path):
    for name in ("b/2.JPG", "b/1.jpeg", "a/deep/er/3.webp", "4.tiff", "._4.tiff", ".hidden/5.png",
                 "__MACOSX/b/._1.png", "b/.DS_Store"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for name in ("labels.csv", "b/inner.csv", "notes.txt", "x.heic"):
        (tmp_path / name).touch()
    found = list_folder(tmp_path)
    assert found.pictures == ("4.tiff", "a/deep/er/3.webp", "b/1.jpeg", "b/2.JPG")
    assert found.tables == ("labels.csv",)
    assert found.foreign == (".heic",)
    assert set(found.folders) == {"", "a", "a/deep", "a/deep/er", "b"}


def test_a_loop_of_links_ends(tmp_path):
    picture(tmp_path / "cats" / "1.png")
    (tmp_path / "cats" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    found = list_folder(tmp_path)
    assert found.pictures == ("cats/1.png",)
    assert {note.file for note in found.notes} == {"cats/again", "self"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_is_no_picture(tmp_path):
    (tmp_path / "1.png").touch()
    os.mkfifo(tmp_path / "2.png")
    (tmp_path / "3.png").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "labels.csv")
    found = list_folder(tmp_path)
    assert (found.pictures, found.tables) == (("1.png",), ())
    with pytest.raises(ProblemError, match="is no file"):
        table.read(tmp_path / "labels.csv")
    assert sorted((note.file, note.sentence) for note in found.notes) == [
        ("2.png", "no file"), ("3.png", "no file")
    ]  # fmt: skip
    with pytest.raises(NotReadError, match="no file"):
        decode(tmp_path / "2.png", Spec(1, 4, "crop"))


def test_links_elsewhere_are_followed_and_a_folder_keeps_its_own_place(tmp_path):
    picture(tmp_path / "elsewhere" / "1.png")
    root, kinds = tmp_path / "root", [f"kind{number}" for number in range(9)]
    for kind in kinds:
        picture(root / kind / "2.png")
        (root / f"{kind}-again").symlink_to(root / kind, target_is_directory=True)
    (root / "cats").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (root / "kind0" / "3.png").symlink_to(tmp_path / "elsewhere" / "1.png")
    (root / "kind0" / "4.png").symlink_to(tmp_path / "nowhere.png")
    found = list_folder(root)
    there = ["cats/1.png", "kind0/3.png", *(f"{kind}/2.png" for kind in kinds)]
    assert found.pictures == tuple(sorted(there))
    assert {note.file: note.sentence for note in found.notes} == {
        "kind0/4.png": "a link that leads nowhere",
        **{f"{kind}-again": "a link to a folder that is here already" for kind in kinds},
    }


def test_a_name_that_is_nearly_right_is_offered(tmp_path):
    (tmp_path / "my photos").mkdir()
    said = problem(tmp_path / "my fotos")
    assert "There is no folder" in said.sentence
    assert said.hint == "did you mean 'my photos'?"


@pytest.mark.parametrize(
    ("name", "sentence", "hint"),
    [
        ("photos.zip", "is an archive", "unpack it"),
        ("photos.tar.gz", "is an archive", "unpack it"),
        ("labels.csv", "is a table", "dataset.labels"),
        ("cat.jpg", "is a single picture", "the folder that it lies in"),
        ("notes.txt", "is a file, not a folder", "the folder that it lies in"),
    ],
)
def test_a_file_is_no_folder(name, sentence, hint, tmp_path):
    (tmp_path / name).touch()
    said = problem(tmp_path / name)
    assert sentence in said.sentence
    assert hint in said.hint


def test_what_the_system_refuses_is_a_problem(tmp_path, monkeypatch):
    (tmp_path / "cats").mkdir()
    scandir = os.scandir

    def refuse(path: str):
        if str(path).endswith("cats"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(listing.os, "scandir", refuse)
    assert problem(tmp_path).sentence == f"{tmp_path / 'cats'} cannot be read: Permission denied"
    assert "There is no folder" in problem(tmp_path / "a\0b").sentence
    assert "There is no folder" in problem(tmp_path / "x.txt" / "y").sentence
    assert problem(tmp_path / ("x" * 300)).hint


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_a_folder_whose_name_is_no_text_is_a_problem(tmp_path):
    root = tmp_path / os.fsdecode(b"caf\xe9")
    picture(root / "a" / "1.png")
    assert "is not proper text" in problem(root).sentence


def test_the_first_letters_of_a_path_do_not_list_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "ENOUGH_TO_TELL", 500)
    picture(tmp_path / "1.png")
    for index in range(600):
        (tmp_path / f"{index}.txt").touch()
    assert "hardly any are pictures" in problem(tmp_path).sentence
    monkeypatch.setattr(listing, "MOST_FILES", 100)
    assert "more than 100 files" in problem(tmp_path).sentence


def test_very_deep_folders_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "DEEPEST", 2)
    picture(tmp_path / "a" / "b" / "1.png")
    picture(tmp_path / "a" / "b" / "c" / "d" / "2.png")
    found = list_folder(tmp_path)
    assert found.pictures == ("a/b/1.png",)
    assert "not looked into" in found.notes[0].sentence


class TestKept:
    @pytest.fixture
    def clock(self) -> list[float]:
        return [100.0]

    @pytest.fixture
    def listings(self, clock: list[float]) -> Listings:
        return Listings(clock=lambda: clock[0])

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        picture(tmp_path / "cats" / "1.png")
        return old(tmp_path)

    def test_nothing_is_read_twice_while_nothing_changes(self, root, listings, clock, monkeypatch):
        first = listings.get(root)
        monkeypatch.setattr(listing.os, "scandir", lambda path: pytest.fail("listed again"))
        clock[0] += 10
        assert listings.get(root) is first
        assert listings.get(root, exact=True) is first

    def test_the_disk_is_not_even_asked_for_a_moment(self, root, listings, clock):
        first = listings.get(root)
        picture(root / "cats" / "2.png")
        assert listings.get(root) is first
        clock[0] += 1
        assert len(listings.get(root).pictures) == 2

    def test_exact_sees_every_change(self, root, listings):
        listings.get(root)
        picture(root / "cats" / "2.png")
        assert len(listings.get(root, exact=True).pictures) == 2
        (root / "cats" / "1.png").unlink()
        assert listings.get(root, exact=True).pictures == ("cats/2.png",)

    def test_what_changed_just_now_is_looked_at_again(self, root, listings):
        picture(root / "cats" / "2.png")
        first = listings.get(root)
        assert listings.get(root, exact=True) is not first

    def test_a_folder_that_is_gone_is_a_problem_again(self, root, listings, clock):
        listings.get(root)
        (root / "cats" / "1.png").unlink()
        (root / "cats").rmdir()
        clock[0] += 1
        assert listings.get(root).pictures == ()

    def test_only_some_are_kept(self, tmp_path, clock):
        listings = Listings(clock=lambda: clock[0], keep=1)
        for name in ("a", "b"):
            picture(tmp_path / name / "1.png")
        first = listings.get(tmp_path / "a")
        listings.get(tmp_path / "b")
        assert listings.get(tmp_path / "a") is not first
