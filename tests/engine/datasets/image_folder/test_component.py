"""The component as a recipe uses it: facts, splits, unreadable pictures, previews, a training."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine import overrides, presets, yamlfile
from engine.datasets.image_folder import Note, image_notes, notes
from engine.datasets.preview import data_view
from engine.facts import Facts
from engine.problems import ProblemError
from engine.recipe import Recipe
from tests.engine.datasets.image_folder.photos import (
    class_folders,
    flat,
    folder,
    names,
    picture,
    problem_of,
    rows,
)
from tests.engine.training.helpers import small, train


def sizes(splits) -> list[int]:
    return [len(part) for part in splits.named().values()]


# --- Facts ---------------------------------------------------------------------------------------


def test_facts_of_small_grey_pictures(tmp_path):
    found = folder(class_folders(tmp_path, {"cat": 3, "dog": 4})).facts()
    assert found == Facts("image", (1, 12, 12), "classes", ("cat", "dog"), 7)


def test_one_colour_picture_is_enough_for_colours(tmp_path):
    class_folders(tmp_path, {"cat": 3, "dog": 4})
    picture(tmp_path / "cat" / "colour.png", (200, 10, 10), (30, 20))
    assert folder(tmp_path).facts().shape == (3, 30, 30)


def test_large_pictures_become_small_unless_asked_for(tmp_path):
    class_folders(tmp_path, {"cat": 3, "dog": 4})
    picture(tmp_path / "cat" / "large.png", 3, (300, 200))
    assert folder(tmp_path).facts().shape == (1, 64, 64)
    assert folder(tmp_path, size=224, color="rgb").facts().shape == (3, 224, 224)


def test_the_test_part_is_counted(tmp_path):
    for part, count in (("train", 4), ("test", 3)):
        class_folders(tmp_path / part, {"cat": count, "dog": count})
    assert folder(tmp_path).facts().official_test == 6


def test_facts_are_quick_to_ask_for_again(tmp_path, monkeypatch):
    from PIL import Image

    dataset = folder(class_folders(tmp_path, {"cat": 3, "dog": 4}))
    first = dataset.facts()
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("opened again"))
    assert dataset.facts() == first


def test_facts_need_no_torch(tmp_path):
    class_folders(tmp_path, {"cat": 3, "dog": 4})
    code = (
        "import sys; from engine.recipe import Recipe;"
        "from engine.datasets.image_folder import ImageFolder;"
        f"ImageFolder(path={str(tmp_path)!r}).facts();"
        "print(*{'torch', 'numpy', 'PySide6'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr


def test_a_relative_path_is_the_same_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(class_folders(tmp_path, {"cat": 3, "dog": 4}).parent)
    recipe = Recipe.parse({"version": 1, "architecture": "cnn",
                           "dataset": {"name": "image_folder", "path": tmp_path.name}})  # fmt: skip
    assert recipe.dataset.path == str(tmp_path)
    monkeypatch.chdir("/")
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe


def test_the_loss_follows_the_labels(tmp_path):
    for name, label in (("c", None), ("m", lambda i: "a|b"), ("r", lambda i: i / 2)):
        flat(tmp_path / name, names(30), rows(30, label) if label else rows(30))
    found = [
        Recipe.parse({"version": 1, "architecture": "cnn",
                      "dataset": {"name": "image_folder", "path": str(tmp_path / name)}}).loss.name
        for name in "cmr"
    ]  # fmt: skip
    assert found == ["cross_entropy", "bce_with_logits", "mse"]


# --- Splits --------------------------------------------------------------------------------------


def test_class_folders_are_divided_in_three(tmp_path):
    root = class_folders(tmp_path / "p", {"cat": 60, "dog": 40})
    splits = folder(root, test_fraction=0.2, val_fraction=0.1).build(tmp_path)
    assert sizes(splits) == [72, 8, 20]
    assert splits.class_counts("train").tolist() == [43, 29]
    for part in splits.named().values():
        assert part.inputs.dtype == torch.uint8
        assert torch.equal(part.inputs[:, 0, 0, 0].long(), 20 * (part.targets + 1))


def parts(root: Path, given: tuple[str, ...]) -> Path:
    for number, part in enumerate(given):
        class_folders(root / part, {"cat": 20 + number, "dog": 20 + number})
    return root


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("train", "val", "test"), [40, 42, 44]),
        (("train", "val"), [34, 42, 6]),
        (("train", "test"), [34, 6, 42]),
        (("train",), [29, 5, 6]),
    ],
)
def test_a_part_that_is_not_given_is_cut_from_train(given, expected, tmp_path):
    splits = folder(parts(tmp_path / "p", given)).build(tmp_path)
    assert sizes(splits) == expected


def test_the_seed_decides_the_split(tmp_path):
    parts(tmp_path / "p", ("train", "val"))
    for number, file in enumerate(sorted((tmp_path / "p").rglob("*.png"))):
        picture(file, number)  # pictures that can be told apart
    one, again, other = (folder(tmp_path / "p", split_seed=s).build(tmp_path) for s in (0, 0, 1))
    assert torch.equal(one.test.inputs, again.test.inputs)
    assert not torch.equal(one.test.inputs, other.test.inputs)
    assert torch.equal(one.val.inputs, other.val.inputs)


@pytest.mark.parametrize("given", [(), ("train", "val"), ("train", "val", "test")])
@pytest.mark.parametrize("subset", [10, 30])
def test_a_subset_takes_from_every_part(given, subset, tmp_path):
    root = parts(tmp_path / "p", given) if given else class_folders(tmp_path, {"cat": 30, "dog": 9})
    splits = folder(root, subset=subset).build(tmp_path)
    assert sum(sizes(splits)) == subset
    assert min(sizes(splits)) >= 1
    assert splits.class_counts("train").min() >= 1


def test_labels_of_every_kind_reach_the_tensors(tmp_path):
    flat(tmp_path / "m", names(30), rows(30, lambda i: "a|b" if i % 2 else "b"))
    flat(tmp_path / "r", names(30), rows(30, lambda i: i / 2))
    several = folder(tmp_path / "m").build(tmp_path)
    assert several.facts.targets == ("a", "b")
    assert several.train.targets.shape == (several.train.inputs.shape[0], 2)
    assert torch.equal(several.train.targets[:, 0], several.train.inputs[:, 0, 0, 0] % 2.0)
    numbers = folder(tmp_path / "r").build(tmp_path)
    assert torch.equal(numbers.train.targets[:, 0], numbers.train.inputs[:, 0, 0, 0] / 2)
    assert numbers.preprocess.target_mean is not None


def test_the_pictures_that_come_with_the_program(tmp_path):
    dataset = folder("sample:textures")
    facts = dataset.facts()
    assert (facts.shape, facts.targets) == ((1, 64, 64), ("brick", "grass", "gravel"))
    assert facts.licence.startswith("CC0")
    assert sum(sizes(dataset.build(tmp_path))) == facts.samples == 192
    assert "did you mean 'textures'?" in problem_of("sample:texture").hint


# --- Unreadable pictures -------------------------------------------------------------------------


def damaged(root: Path, count: int = 2) -> Path:
    class_folders(root, {"cat": 30, "dog": 30})
    for index in range(count):
        (root / "dog" / f"{index:03d}.png").write_bytes(b"nothing")
    return root


def test_unreadable_pictures_are_skipped_and_named(tmp_path):
    dataset = folder(damaged(tmp_path / "p"))
    splits = dataset.build(tmp_path)
    assert splits.facts.samples == sum(sizes(splits)) == 58
    assert all(part.inputs[:, 0, 0, 0].min() > 0 for part in splits.named().values())
    sentence = "skipped: it is no picture in a format that is read"
    assert image_notes(dataset, tmp_path) == (
        Note("dog/000.png", sentence), Note("dog/001.png", sentence),
    )  # fmt: skip
    assert splits.notes[0] == f"dog/000.png: {sentence}"


def test_notes_can_be_asked_for_before_anything_is_built(tmp_path):
    found = image_notes(folder(damaged(tmp_path / "p")), tmp_path)
    assert len(found) == 2


def test_more_than_a_few_unreadable_pictures_are_a_problem(tmp_path):
    dataset = folder(damaged(tmp_path / "p", count=4))
    with pytest.raises(ProblemError, match="4 of 60 pictures cannot be read, the first: dog/000"):
        dataset.build(tmp_path)


def test_unreadable_pictures_can_be_a_problem_always(tmp_path):
    with pytest.raises(ProblemError, match=r"1 of 60 pictures .* set dataset.unreadable=skip"):
        folder(damaged(tmp_path / "p", 1), unreadable="error").build(tmp_path)


def test_a_class_of_which_nothing_is_left(tmp_path):
    class_folders(tmp_path / "p", {"cat": 90, "dog": 2})
    for index in range(2):
        (tmp_path / "p" / "dog" / f"{index:03d}.png").write_bytes(b"nothing")
    with pytest.raises(ProblemError, match="No picture of 'dog' can be read"):
        folder(tmp_path / "p").build(tmp_path)


def test_many_notes_are_counted():
    many = tuple(Note(f"{number}.png", "skipped") for number in range(1000))
    assert len(notes.lines(many)) == 101
    assert notes.lines(many)[-1] == "and 900 more files"
    assert notes.lines(many[:100])[-1] == "99.png: skipped"


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_names_that_are_no_text_can_be_read_and_written(tmp_path):
    class_folders(tmp_path / "p", {"cat": 30, "dog": 30})
    strange = tmp_path / "p" / "cat" / os.fsdecode(b"caf\xe9.png")
    shutil.copy(tmp_path / "p" / "cat" / "000.png", strange)
    (tmp_path / "p" / "dog" / os.fsdecode(b"\xff.png")).write_bytes(b"nothing")
    splits = folder(tmp_path / "p").build(tmp_path)
    assert splits.facts.samples == 61
    assert splits.notes[0].encode().startswith(b"dog/?.png: skipped")


# --- In use --------------------------------------------------------------------------------------


def recipe(root: Path, **sections: dict) -> Recipe:
    dataset = {"name": "image_folder", "path": str(root)}
    settings = {"training": {"epochs": 1, "batch_size": 16, "threads": 1}, **sections}
    return small(dataset=dataset, architecture={"name": "cnn", "channels": [4]}, **settings)


def test_a_training_names_what_it_skipped(tmp_path):
    root = damaged(tmp_path / "my photos, été")
    augmented = {"regularization": {"augmentation": {"flip": True, "shift": 2}}}
    run = train(recipe(root, **augmented), tmp_path / "runs")
    assert run.result.status == "finished", run.ended.problems
    assert run.result.metrics["test_accuracy"] >= 0
    log = (run.result.run / "log.txt").read_text()
    assert "WARNING dog/000.png: skipped" in log


@pytest.mark.parametrize(("label", "loss"), [
    (lambda i: "a|b" if i % 2 else "b", "bce_with_logits"), (lambda i: i / 2, "mse"),
])  # fmt: skip
def test_a_training_with_a_table(label, loss, tmp_path):
    root = flat(tmp_path / "p", names(40), rows(40, label))
    run = train(recipe(root, loss={"name": loss}), tmp_path / "runs")
    assert run.result.status == "finished", run.ended.problems


def test_worker_processes_change_nothing(tmp_path):
    root = class_folders(tmp_path / "p", {"cat": 30, "dog": 30})
    hashes = set()
    for workers, storage in ((0, "memory"), (1, "disk")):
        plain = recipe(root).as_data()
        plain["dataset"]["storage"] = storage
        plain["training"]["workers"] = workers
        run = train(Recipe.parse(plain), tmp_path / f"runs{workers}")
        hashes.add(run.result.weights_sha256)
    assert len(hashes) == 1


def test_the_problems_of_a_folder_are_those_of_the_recipe(tmp_path):
    data = {"version": 1, "dataset": "image_folder", "architecture": "cnn"}
    (problem,) = Recipe.problems(data)
    assert problem.path == "dataset.path"
    (problem,) = Recipe.problems({**data, "loss": "cross_entropy"})
    assert problem.path == "dataset.path"


def test_the_preview_shows_it(tmp_path):
    root = damaged(tmp_path / "p")
    view = data_view(recipe(root), tmp_path, count=6)
    assert [sample.label for sample in view.samples] == ["cat", "dog"] * 3
    assert view.samples[0].image.shape == (12, 12)
    assert sum(view.sizes.values()) == 58


def test_the_command_line_trains_it(tmp_path, monkeypatch):
    class_folders(tmp_path / "my photos", {"cat": 30, "dog": 30})
    monkeypatch.chdir(tmp_path)
    data = presets.find("digits_cnn").data()
    found = overrides.resolve(
        data, ["dataset=image_folder", "dataset.path=my photos", "dataset.size=32"]
    )
    assert found.dataset.facts().shape == (1, 32, 32)
    assert yamlfile.parse(found.to_yaml())["dataset"]["path"] == str(tmp_path / "my photos")


@pytest.mark.parametrize(
    ("name", "samples", "shape", "official"),
    [("cifar10_jpg_subset", 2500, (3, 32, 32), 500), ("flowers5", 250, (3, 64, 64), 0)],
)
def test_real_folders(name, samples, shape, official, shared_data, tmp_path):
    dataset = folder(shared_data / "vision" / name)
    facts = dataset.facts()
    assert (facts.samples, facts.shape, facts.official_test) == (samples, shape, official)
    splits = dataset.build(tmp_path)
    assert splits.notes == ()
    assert sum(sizes(splits)) == samples
    assert 60 < splits.train.inputs.float().mean() < 160
