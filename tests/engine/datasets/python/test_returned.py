"""What a function may return, and that it comes back as arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.datasets.python.returned import WrongError, parts_of, write

X, Y = np.zeros((6, 3), np.float32), np.arange(6) % 2


class Samples:
    classes = ("cat", "dog")

    def __init__(self, samples: list[Any]) -> None:
        self.samples = samples

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> Any:
        return self.samples[index]


PAIRS = Samples([(np.full((2, 2), i, np.uint8), i % 2) for i in range(4)])


@pytest.mark.parametrize(
    ("result", "names"),
    [
        ((X, Y), ["train"]),
        ([X, [0, 1, 0, 1, 0, 1]], ["train"]),
        (PAIRS, ["train"]),
        (((X, Y), (X, Y)), ["train", "test"]),
        ((PAIRS, (X, Y)), ["train", "test"]),
        (((X, Y), PAIRS, (X, Y)), ["train", "val", "test"]),
        ({"train": (X, Y), "Validation": PAIRS}, ["train", "val"]),
    ],
)
def test_forms_that_are_known(result, names):
    assert list(parts_of(result)) == names


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "returned nothing"),
        (3, "returned a int"),
        ([X], "a list of 1"),
        ((X, Y, X), "a ndarray is among"),
        ({"test": (X, Y)}, "no entry 'train'"),
        ({"train": (X, Y), "extra": (X, Y)}, "'extra'"),
        ({"train": X}, "'train' is a ndarray"),
    ],
)
def test_others_are_said_to_be_none(result, words):
    with pytest.raises(WrongError, match=words):
        parts_of(result)


def written(part: Any, folder: Path) -> tuple[Any, Any, dict[str, Any]]:
    about = write(part, "train", folder, lambda words, fraction: None)
    return (np.load(folder / "train-inputs.npy"), np.load(folder / "train-targets.npy"), about)


def test_a_pair_is_written_as_it_is(tmp_path):
    inputs, targets, about = written((X, Y), tmp_path)
    assert np.array_equal(inputs, X)
    assert np.array_equal(targets, Y)
    assert about["samples"] == 6


def test_a_dataset_is_asked_sample_by_sample(tmp_path):
    inputs, targets, about = written(PAIRS, tmp_path)
    assert inputs.shape == (4, 2, 2)
    assert inputs.dtype == np.uint8
    assert inputs[:, 1, 1].tolist() == [0, 1, 2, 3]
    assert targets.tolist() == [0, 1, 0, 1]
    assert about["classes"] == ["cat", "dog"]


@pytest.mark.parametrize(("mode", "shape"), [("L", (5, 4)), ("RGBA", (5, 4, 3)), ("P", (5, 4, 3))])
def test_pictures_become_grey_or_colours(mode, shape, tmp_path):
    inputs, _, about = written(Samples([(Image.new(mode, (4, 5)), 0)] * 2), tmp_path)
    assert inputs.shape == (2, *shape)
    assert about["picture"]


def test_tensors_and_frames_are_arrays(tmp_path):
    import pandas as pd
    import torch

    ones = torch.ones(3, 2, dtype=torch.bfloat16)
    inputs, targets, _ = written((ones, torch.arange(3)), tmp_path)
    assert inputs.dtype == np.float32
    assert targets.tolist() == [0, 1, 2]
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    inputs, targets, about = written((frame, pd.Series(["x", "y"])), tmp_path)
    assert inputs.tolist() == [[1, 3], [2, 4]]
    assert targets.tolist() == ["x", "y"]
    assert about["columns"] == ["a", "b"]
    both = torch.utils.data.TensorDataset(torch.zeros(3, 2), torch.arange(3))
    assert written(both, tmp_path)[0].shape == (3, 2)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Samples([]), "no samples"),
        (Samples([3]), "not .input, target."),
        (Samples([(X[0], 0), (X[0, :2], 0)]), "Sample 1 of train"),
        (Samples([(X[0], 0), (X[0], [0, 1])]), "differ in shape"),
        ((X, Y[:3]), r"targets \(3,\)"),
        ((np.array([["a"], ["b"]]), Y[:2]), "instead of numbers"),
        ((np.array([[{}], [{}]]), Y[:2]), "instead of numbers"),
    ],
)
def test_what_cannot_be_used_is_said(part, words, tmp_path):
    with pytest.raises(WrongError, match=words):
        written(part, tmp_path)
