"""A folder with a table of labels: columns, tasks, names of files, and what is wrong with them."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from engine.datasets.image_folder import table
from engine.datasets.image_folder.layout import Layout
from tests.engine.datasets.image_folder.photos import (
    class_folders,
    flat,
    folder,
    names,
    picture,
    problem_of,
    rows,
)


def layout(root: Path, **options: object) -> Layout:
    return folder(root, **options).survey().layout


# --- What is understood --------------------------------------------------------------------------


def test_one_column_of_text_is_classes(tmp_path):
    found = layout(flat(tmp_path, names(6), rows(6)))
    assert (found.task, found.names) == ("classes", ("a", "b"))
    assert found.files == ("0.png", "1.png", "2.png", "3.png", "4.png", "5.png")
    assert found.targets == (0, 1, 0, 1, 0, 1)


@pytest.mark.parametrize(
    ("label", "task"),
    [
        (lambda index: index % 3, "classes"),
        (lambda index: index % 30, "regression"),
        (lambda index: index / 4, "regression"),
        (lambda index: ["sea|sun", "sun", ""][index % 3], "multilabel"),
        (lambda index: f"kind {index % 2}", "classes"),
    ],
)
def test_the_task_is_found(label, task, tmp_path):
    found = layout(flat(tmp_path, names(60), rows(60, label)))
    assert found.task == task
    if task == "regression":
        assert found.names == ("label",)
        assert found.targets[:2] == ((float(label(0)),), (float(label(1)),))
    if task == "multilabel":
        assert found.names == ("sea", "sun")
        assert set(found.targets) == {(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)}


def test_the_task_can_be_said(tmp_path):
    flat(tmp_path, names(6), rows(6, lambda index: index % 2))
    assert layout(tmp_path, task="regression").targets[1] == (1.0,)
    assert layout(tmp_path, task="multilabel").names == ("0", "1")
    assert layout(tmp_path, task="classes").names == ("0", "1")


def test_several_columns_are_labels_or_numbers(tmp_path):
    text = rows(4, lambda index: f"{index % 2},1", head="file,red,round")
    found = layout(flat(tmp_path / "labels", names(4), text))
    assert (found.task, found.names) == ("multilabel", ("red", "round"))
    assert found.targets[:2] == ((0.0, 1.0), (1.0, 1.0))
    text = rows(4, lambda index: f"{index},0.5", head="file,x,y_max")
    found = layout(flat(tmp_path / "numbers", names(4), text))
    assert (found.task, found.names) == ("regression", ("x", "y_max"))


def test_the_usual_name_of_a_column_decides(tmp_path):
    text = rows(4, lambda index: f"someone,{'ab'[index % 2]}", head="image,author,Label")
    assert layout(flat(tmp_path, names(4), text)).names == ("a", "b")


def test_columns_can_be_chosen(tmp_path):
    text = rows(
        6, lambda index: f"{index}.png,{index / 2},{'ab'[index % 2]}", head="other,file,x,y"
    )
    flat(tmp_path, names(6), text)
    assert layout(tmp_path, file_column="file", label_columns=["x"]).task == "regression"
    assert layout(tmp_path, label_columns=["y"]).names == ("a", "b")


@pytest.mark.parametrize("write", ["{}.png", "{}", "./{}.PNG", "in\\{}.png", "/data/set/{}.png"])
def test_files_are_named_in_many_ways(write, tmp_path):
    text = "\n".join(["id,label", *(f"{write.format(i)},{'ab'[i % 2]}" for i in range(4))])
    found = layout(flat(tmp_path, [f"in/{name}" for name in names(4)], text))
    assert found.targets == (0, 1, 0, 1)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(mark, tmp_path):
    found = layout(flat(tmp_path, names(4), rows(4).replace(",", mark)))
    assert found.targets == (0, 1, 0, 1)


def test_decimal_commas(tmp_path):
    text = rows(4, lambda index: f"{index},5").replace(",", ";", 1).replace("png,", "png;")
    assert layout(flat(tmp_path, names(4), text)).targets[1] == (1.5,)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("cp1252"),
    ],
)
def test_encodings(encode, tmp_path):
    text = rows(4, lambda index: ["é", "ü"][index % 2])
    flat(tmp_path, names(4), "")
    (tmp_path / "labels.csv").write_bytes(encode(text))
    assert layout(tmp_path).names == ("é", "ü")


def test_two_columns_need_no_header(tmp_path):
    found = layout(flat(tmp_path, names(4), rows(4).partition("\n")[2]))
    assert found.targets == (0, 1, 0, 1)


def test_pictures_and_table_may_lie_apart(tmp_path):
    flat(tmp_path / "photos", names(4), "")
    (tmp_path / "photos" / "labels.csv").unlink()
    (tmp_path / "table.csv").write_text(rows(4))
    assert layout(tmp_path / "photos", labels=str(tmp_path / "table.csv")).names == ("a", "b")
    assert layout(tmp_path).names == ("a", "b")


def test_a_given_table_wins_over_folders_and_is_looked_for_among_the_pictures(tmp_path):
    class_folders(tmp_path, {"cat": 2, "dog": 2})
    lines = [f"{name}/{i:03d}.png,{'xy'[i]}" for name in ("cat", "dog") for i in range(2)]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *lines]))
    assert layout(tmp_path).names == ("cat", "dog")
    found = layout(tmp_path, labels="labels.csv")
    assert (found.names, found.targets) == (("x", "y"), (0, 1, 0, 1))


def test_parts_by_folder_without_class_folders(tmp_path):
    files = [f"{part}/{part}{i}.png" for part in ("test", "train", "val") for i in range(4)]
    text = "\n".join(["file,label", *(f"{name},{'ab'[i % 2]}" for i, name in enumerate(files))])
    found = layout(flat(tmp_path, files, text))
    assert [found.count(part) for part in ("train", "val", "test")] == [4, 4, 4]


def test_a_changed_table_is_read_again(tmp_path):
    flat(tmp_path, names(4), rows(4))
    assert layout(tmp_path).names == ("a", "b")
    (tmp_path / "labels.csv").write_text(rows(4, lambda index: ["cat", "dog"][index % 2]))
    assert layout(tmp_path).names == ("cat", "dog")


def test_few_missing_and_unnamed_pictures_are_noted(tmp_path):
    flat(tmp_path, [*names(40), "spare.png"], rows(41))
    notes = {note.file: note.sentence for note in layout(tmp_path).notes}
    assert notes == {
        "40.png": "named in line 42, but not there",
        "spare.png": "no row in labels.csv, not used",
    }
    assert "are not in" in problem_of(tmp_path, unreadable="error").sentence


def test_the_same_row_twice_counts_once(tmp_path):
    text = rows(4) + "0.png,a\n"
    assert len(layout(flat(tmp_path, names(4), text)).files) == 4


# --- What is wrong -------------------------------------------------------------------------------


def test_many_missing_pictures(tmp_path):
    said = problem_of(flat(tmp_path, names(30), rows(40)))
    assert said.path == "dataset.labels"
    assert said.sentence == (
        f"10 of 40 pictures named in labels.csv are not in {tmp_path}, the first in line 32: 30.png"
    )


def test_contradicting_rows(tmp_path):
    said = problem_of(flat(tmp_path, names(4), rows(4) + "1.png,a\n"))
    assert said.sentence == "1.png is in lines 3 and 6 of labels.csv, with different labels"


def test_names_that_mean_several_pictures(tmp_path):
    text = rows(4).replace("1.png", "x/1.png")
    said = problem_of(flat(tmp_path, ["0.png", "a/1.png", "b/1.png", "2.png", "3.png"], text))
    assert said.sentence == "Line 3 of labels.csv names x/1.png: several are so called"


def test_no_column_of_files(tmp_path):
    said = problem_of(flat(tmp_path, names(4), "a,b\n1.5,x\n2.5,y\n"))
    assert said.sentence.startswith("No column of labels.csv names the pictures in ")
    assert "line 2 says '1.5, x'; one of the pictures is 0.png" in said.hint


def test_no_header_and_several_columns(tmp_path):
    text = rows(4, lambda index: f"{index},{index}").partition("\n")[2]
    assert "has no header row" in problem_of(flat(tmp_path, names(4), text)).sentence


def test_several_columns_that_do_not_go_together(tmp_path):
    text = rows(4, lambda index: f"x{index},y", head="file,author,place")
    said = problem_of(flat(tmp_path, names(4), text))
    assert said.path == "dataset.label_columns"
    assert said.sentence.endswith("could be the labels: author, place")
    assert said.hint == "choose: dataset.label_columns=[author]"


@pytest.mark.parametrize(
    ("options", "path"),
    [({"label_columns": ["lable"]}, "label_columns"), ({"file_column": "flie"}, "file_column")],
)
def test_unknown_columns(options, path, tmp_path):
    said = problem_of(flat(tmp_path, names(4), rows(4)), **options)
    assert said.path == f"dataset.{path}"
    assert "did you mean" in said.hint


@pytest.mark.parametrize(
    ("label", "options", "sentence"),
    [
        (lambda i: "a" if i else "", {}, "Line 2 of labels.csv has no label"),
        (lambda i: "x" if i == 2 else i, {"task": "regression"},
         "Column 'label' of labels.csv says 'x' in line 4"),
        (lambda i: "" if i == 2 else i + 0.5, {"task": "regression"},
         "Line 4 of labels.csv has no label"),
        (lambda i: "nan", {"task": "regression"},
         "Column 'label' of labels.csv says 'nan' in line 2"),
        (lambda i: "", {"task": "multilabel"}, "Column 'label' of labels.csv holds 0 labels"),
        (lambda i: "a", {}, "All pictures are of one class, 'a': there is nothing to tell apart"),
        (lambda i: "a" if i else "b", {}, "The class 'b' has a single picture"),
    ],
)  # fmt: skip
def test_labels_that_are_none(label, options, sentence, tmp_path):
    assert problem_of(flat(tmp_path, names(4), rows(4, label)), **options).sentence == sentence


def test_marks_other_than_yes_and_no(tmp_path):
    text = rows(4, lambda index: f"1,{'yes' if index == 2 else 0}", head="file,a,b")
    said = problem_of(flat(tmp_path, names(4), text), label_columns=["a", "b"], task="multilabel")
    assert said.sentence == "Column 'b' of labels.csv says 'yes' in line 4"
    said = problem_of(tmp_path, label_columns=["a", "b"], task="classes")
    assert "needs one column" in said.sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"file,label\n0.png,a\n1.png\n",
            "Line 3 of {} is broken: it has 1 cells, the first one 2",
        ),
        (b'file,label\n0.png,"a\n1.png,b\n', "is broken"),
        (b"file,label\n", "{} holds no rows"),
        (b"", "{} has a single column"),
        (b"file\n0.png\n", "{} has a single column"),
        (b"PK\0\0file,label\n0.png,a\n", "{} is not a text file"),
        (b"file,label\n0.png," + b"a" * 200_000 + b"\n", "is broken: field larger"),
    ],
)
def test_tables_that_cannot_be_read(content, sentence, tmp_path):
    flat(tmp_path, names(4), "")
    file = tmp_path / "labels.csv"
    file.write_bytes(content)
    assert sentence.format(file) in problem_of(tmp_path).sentence


def test_a_table_that_is_not_there_or_too_large(tmp_path, monkeypatch):
    flat(tmp_path, names(4), rows(4))
    assert "There is no table" in problem_of(tmp_path, labels="other.csv").sentence
    (tmp_path / "sub").mkdir()
    assert "is a folder" in problem_of(tmp_path, labels=str(tmp_path / "sub")).sentence
    monkeypatch.setattr(table, "MOST_BYTES", 10)
    assert "is larger than" in problem_of(tmp_path).sentence


def test_no_pictures_beside_the_table(tmp_path):
    (tmp_path / "labels.csv").write_text(rows(4))
    assert "There are no pictures" in problem_of(tmp_path, labels="labels.csv").sentence


def test_far_too_many_labels(tmp_path):
    text = rows(2, lambda index: "|".join(f"{index}-{n}" for n in range(600)))
    said = problem_of(flat(tmp_path, names(2), text))
    assert said.sentence == "Column 'label' of labels.csv holds 1,200 labels"


def test_one_picture_alone_is_shown_in_the_hint(tmp_path):
    picture(tmp_path / "photo.png")
    (tmp_path / "labels.csv").write_text("name,label\nother,a\nelse,b\n")
    assert "photo.png" in problem_of(tmp_path).hint
