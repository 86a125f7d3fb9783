"""A file of weights is looked at before anything is made of it, and without torch."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.architectures.dryrun import misfits
from engine.architectures.weights.glance import PATH, Unbegun, check_begins, check_file
from engine.architectures.weights.reading import read_shapes, read_tensors
from engine.problems import ProblemError
from engine.recipe import Recipe


def recipe(weights: Path | str) -> Recipe:
    chosen = {"name": "torchvision", "model": "shufflenet_v2_x0_5", "weights": str(weights)}
    return Recipe.parse({"version": 1, "dataset": "digits", "architecture": chosen})


FILES = {
    "empty.pth": (b"", "empty.pth is empty"),
    "page.pth": (b"<!DOCTYPE html>", "page.pth is no file of weights"),
    "cut.safetensors": (b"\xff\xff\0\0\0\0\0\0{", "cut.safetensors is no file of weights"),
    "other.safetensors": (b"PK\x03\x04 a zip file", "other.safetensors is no file of weights"),
    "large.pth": (b"version https://git-lfs.github.com/spec/v1\n", "only says where Git keeps"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_begins_as_no_weights_do(name: str, tmp_path: Path) -> None:
    content, sentence = FILES[name]
    (tmp_path / name).write_bytes(content)
    (problem,) = misfits(recipe(tmp_path / name))
    assert isinstance(problem, Unbegun)
    assert problem.path == PATH
    assert sentence in problem.sentence
    assert problem.hint


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "gone.pth", "There is no file"), (tmp_path, "is a folder")):
        assert sentence in misfits(recipe(path))[0].sentence
        with pytest.raises(ProblemError, match=sentence):
            check_file(recipe(path))
    check_file(recipe("published"))
    check_file(recipe(""))
    check_file(Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"}))


def test_a_path_that_the_system_refuses() -> None:
    (problem,) = misfits(recipe("a" * 300 + ".pth"))
    assert "cannot be read: File name too long" in problem.sentence


@pytest.mark.parametrize("kind", ["zip", "of before 2020", "safetensors"])
def test_shapes_are_read_without_numbers(kind: str, tmp_path: Path) -> None:
    given = {"a.weight": torch.ones(3, 2), "b": torch.ones(4, dtype=torch.bfloat16),
             "n": torch.tensor(3)}  # fmt: skip
    path = tmp_path / ("w.safetensors" if kind == "safetensors" else "w.pth")
    if kind == "safetensors":
        save_file(given, path)
    else:
        torch.save(given, path, _use_new_zipfile_serialization=kind == "zip")
    check_begins(path)
    whole, shapes = read_tensors(path).by_name, read_shapes(path)
    assert shapes is not None
    assert set(shapes.by_name) == set(given)
    for name, tensor in shapes.by_name.items():
        assert tensor.is_meta
        assert tensor.shape == whole[name].shape
        assert tensor.is_floating_point() == whole[name].is_floating_point()


def test_a_file_of_before_2020_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save({"a.weight": torch.ones(9)}, path, _use_new_zipfile_serialization=False)
    whole = path.read_bytes()
    for length in range(1, len(whole) - 1, 5):
        path.write_bytes(whole[:length])
        for read in (read_shapes, read_tensors):
            with pytest.raises(ProblemError, match=r"w\.pth"):
                read(path)


def test_a_large_file_whose_shapes_stand_between_its_numbers_is_left_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.architectures.weights.reading.LARGEST", 100)
    torch.save({"a": torch.ones(99)}, tmp_path / "w.pth", _use_new_zipfile_serialization=False)
    assert read_shapes(tmp_path / "w.pth") is None
    assert misfits(recipe(tmp_path / "w.pth")) == ()
