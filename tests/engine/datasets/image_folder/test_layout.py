"""What folders say: classes, parts, nesting, and every way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.datasets.image_folder.layout import Layout, by_folders
from engine.datasets.image_folder.listing import list_folder
from tests.engine.datasets.image_folder.photos import (
    class_folders,
    picture,
    problem_of,
    problems_of,
)


def layout(root: Path) -> Layout:
    return by_folders(list_folder(root))


def notes(found: Layout) -> dict[str, str]:
    return {note.file: note.sentence for note in found.notes}


def test_class_folders(tmp_path):
    found = layout(class_folders(tmp_path, {"dog": 2, "cat": 3}))
    assert found.names == ("cat", "dog")
    assert found.task == "classes"
    assert found.files == (
        "cat/000.png",
        "cat/001.png",
        "cat/002.png",
        "dog/000.png",
        "dog/001.png",
    )
    assert found.targets == (0, 0, 0, 1, 1)
    assert found.parts == (0,) * 5
    assert found.notes == ()


def test_classes_that_are_numbers_are_in_the_order_of_numbers(tmp_path):
    found = layout(class_folders(tmp_path, {str(number): 2 for number in (10, 9, 2)}))
    assert found.names == ("2", "9", "10")


def test_folders_inside_class_folders_belong_to_the_class(tmp_path):
    class_folders(tmp_path, {"cat": 2, "dog/big/2020": 2, "dog/small": 1})
    found = layout(tmp_path)
    assert found.names == ("cat", "dog")
    assert found.targets == (0, 0, 1, 1, 1)


def test_a_folder_that_an_archive_unpacked_to_is_entered(tmp_path):
    class_folders(tmp_path / "photos" / "all", {"cat": 2, "dog": 2})
    (tmp_path / "photos" / "empty").mkdir()
    assert layout(tmp_path).names == ("cat", "dog")


@pytest.mark.parametrize(
    ("train", "val", "test"),
    [("train", "val", "test"), ("Training", "Validation", "Testing"), ("train", "valid", "TEST"),
     ("train", "dev", "test")],
)  # fmt: skip
def test_parts_by_their_usual_names(train, val, test, tmp_path):
    for count, part in ((3, train), (2, val), (1, test)):
        class_folders(tmp_path / part, {"cat": count, "dog": count})
    found = layout(tmp_path)
    assert found.names == ("cat", "dog")
    assert [found.count(part) for part in ("train", "val", "test")] == [6, 4, 2]
    assert found.has("val")
    assert found.has("test")


def test_train_alone_is_a_folder_of_classes(tmp_path):
    found = layout(class_folders(tmp_path / "train", {"cat": 2, "dog": 2}))
    assert found.names == ("cat", "dog")
    assert not found.has("val")


def test_train_may_be_a_class(tmp_path):
    found = layout(class_folders(tmp_path, {"car": 2, "plane": 2, "train": 2}))
    assert found.names == ("car", "plane", "train")
    found = layout(class_folders(tmp_path, {"test": 2}))
    assert found.names == ("car", "plane", "test", "train")


def test_a_test_part_without_classes_is_not_used(tmp_path):
    class_folders(tmp_path / "train", {"cat": 2, "dog": 2})
    picture(tmp_path / "test" / "1.png")
    found = layout(tmp_path)
    assert not found.has("test")
    assert notes(found) == {"test": "no class folders inside, not used"}


def test_what_lies_beside_is_noted(tmp_path):
    class_folders(tmp_path / "train", {"cat": 2, "dog": 2})
    class_folders(tmp_path / "val", {"cat": 2})
    picture(tmp_path / "train" / "1.png")
    class_folders(tmp_path / "more", {"cat": 2})
    (tmp_path / "val" / "bird").mkdir()
    assert notes(layout(tmp_path)) == {
        "train": "1 pictures beside the class folders, not used",
        "val/bird": "no pictures inside, so it is no class",
        "more": "beside the train folder, not used",
    }


def test_accents_are_the_same_however_they_are_written(tmp_path):
    class_folders(tmp_path / "train", {"e\u0301t\u00e9": 2, "cat": 2})
    class_folders(tmp_path / "val", {"\u00e9te\u0301": 2})
    assert layout(tmp_path).names == ("cat", "\u00e9t\u00e9")


# --- Problems ------------------------------------------------------------------------------------


def test_an_empty_folder(tmp_path):
    said = problem_of(tmp_path)
    assert said.sentence == f"There are no pictures in {tmp_path}"
    assert "JPEG" in said.hint


def test_pictures_in_other_formats_are_named(tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.HEIC").touch()
    assert problem_of(tmp_path).sentence == f"The pictures in {tmp_path} are HEIC"


def test_pictures_without_classes(tmp_path):
    picture(tmp_path / "1.png")
    assert "in no folders that name their classes" in problem_of(tmp_path).sentence
    picture(tmp_path / "deeper" / "train" / "1.png")
    picture(tmp_path / "deeper" / "val" / "1.png")
    assert "in no folders" in problem_of(tmp_path / "deeper").sentence


def test_several_tables_are_a_choice(tmp_path):
    picture(tmp_path / "1.png")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("file,label\n1.png,x\n")
    assert problem_of(tmp_path).hint.endswith("dataset.labels: a.csv, b.csv")


def test_one_class(tmp_path):
    said = problem_of(class_folders(tmp_path, {"cat": 5}))
    assert said.sentence == "All pictures are of one class, 'cat': there is nothing to tell apart"


def test_a_class_with_a_single_picture(tmp_path):
    said = problem_of(class_folders(tmp_path, {"cat": 5, "dog": 1}))
    assert said.sentence == "The class 'dog' has a single picture"
    several = {"cat": 5, "bird": 1, "cow": 1, "dog": 1, "pig": 1}
    said = problem_of(class_folders(tmp_path / "more", several))
    assert said.sentence.startswith("4 classes have a single picture: 'bird', 'cow', 'dog' and")


def test_a_single_picture_is_enough_where_nothing_is_cut_off(tmp_path):
    for part in ("train", "val", "test"):
        class_folders(tmp_path / part, {"cat": 3, "dog": 1})
    assert layout(tmp_path).count("train") == 4


def test_a_class_in_val_that_train_lacks(tmp_path):
    class_folders(tmp_path / "train", {"cats": 3, "dogs": 3})
    class_folders(tmp_path / "val", {"cats": 2, "dog": 2})
    class_folders(tmp_path / "test", {"xylophone": 2})
    first, second = problems_of(tmp_path)
    assert first.sentence == "The class 'dog' is in val but not in train"
    assert first.hint == "did you mean 'dogs'?"
    assert second.sentence == "The class 'xylophone' is in test but not in train"
    assert "add pictures of it to train" in second.hint


def test_two_folders_for_one_part(tmp_path):
    for part in ("train", "val", "valid"):
        class_folders(tmp_path / part, {"cat": 3, "dog": 3})
    assert problem_of(tmp_path).sentence == "Two folders are the val part: val and valid"


def test_parts_without_train(tmp_path):
    for part in ("val", "test"):
        class_folders(tmp_path / part, {"cat": 3, "dog": 3})
    assert problem_of(tmp_path).sentence == "There is val and test, but no train folder"


def test_nothing_chosen_yet():
    said = problem_of("")
    assert said.sentence == "No folder with pictures is chosen yet"
    assert said.path == "dataset.path"
