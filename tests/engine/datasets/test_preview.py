"""The data preview: real training samples, evenly by class, the same each time."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets import preprocess
from engine.datasets.base import Splits, TensorData
from engine.datasets.digits import Digits
from engine.datasets.preview import data_view, view_of
from engine.facts import Facts
from engine.problems import ProblemError
from engine.recipe import Recipe


def recipe_of(dataset: object) -> Recipe:
    return Recipe.parse({"version": 1, "dataset": dataset, "architecture": "mlp"})


def splits_of(inputs: torch.Tensor, targets: torch.Tensor, facts: Facts) -> Splits:
    part = TensorData(inputs, targets)
    scaled = targets if facts.task == "regression" else None
    return Splits(part, part, part, facts, preprocess.fit(inputs, scaled))


def test_digits(tmp_path: Path):
    recipe = recipe_of("digits")
    view = data_view(recipe, tmp_path, count=20)
    assert [sample.label for sample in view.samples] == [str(d) for d in range(10)] * 2
    splits = recipe.dataset.build(tmp_path)
    assert view.sizes == {
        "train": len(splits.train),
        "val": len(splits.val),
        "test": len(splits.test),
    }
    assert sum(view.sizes.values()) == 1797
    for name, counts in view.counts.items():
        assert sum(counts) == view.sizes[name]
        assert len(counts) == 10
    assert view.mean == pytest.approx(splits.preprocess.mean.flatten().tolist())
    assert len(view.std) == 1


def test_samples_are_the_first_of_their_class_in_the_training_split(tmp_path: Path):
    recipe = recipe_of("digits")
    train = recipe.dataset.build(tmp_path).train
    view = data_view(recipe, tmp_path, count=12)
    for digit in range(10):
        index = int((train.targets == digit).nonzero()[0])
        expected = train.inputs[index, 0].numpy().astype(float) * 255 / 16
        image = view.samples[digit].image
        assert image is not None
        assert image.dtype == np.uint8
        assert image.shape == (8, 8)
        assert np.abs(image - expected).max() <= 0.5
    second = (train.targets == 1).nonzero()[1]
    expected = train.inputs[int(second), 0].numpy().astype(float) * 255 / 16
    assert np.abs(view.samples[11].image - expected).max() <= 0.5


def test_colours_are_kept_and_channels_go_last():
    inputs = torch.zeros(4, 3, 2, 5, dtype=torch.uint8)
    inputs[0, 0] = 255
    inputs[0, 1, 1, 4] = 100
    facts = Facts("image", (3, 2, 5), "classes", ("a", "b"), 4)
    view = view_of(splits_of(inputs, torch.tensor([0, 1, 0, 1]), facts), 4)
    image = view.samples[0].image
    assert image is not None
    assert image.shape == (2, 5, 3)
    assert image[1, 4].tolist() == [255, 100, 0]
    assert image.flags.c_contiguous


def test_an_image_without_any_contrast_is_shown():
    inputs = torch.full((4, 1, 2, 2), 7, dtype=torch.uint8)
    facts = Facts("image", (1, 2, 2), "classes", ("a", "b"), 4)
    view = view_of(splits_of(inputs, torch.tensor([0, 1, 0, 1]), facts), 4)
    assert view.samples[0].image is not None


def test_classes_of_unlike_size_take_turns_until_they_run_out():
    facts = Facts("table", (1,), "classes", ("rare", "common", "absent"), 8)
    targets = torch.tensor([1, 1, 0, 1, 1, 0, 1, 1])
    view = view_of(splits_of(torch.arange(8.0)[:, None], targets, facts), 6)
    shown = [(sample.label, sample.row[0]) for sample in view.samples]
    assert shown == [
        ("rare", 2), ("common", 0), ("rare", 5), ("common", 1), ("common", 3), ("common", 4),
    ]  # fmt: skip
    assert view.counts["train"] == (2, 6, 0)


def test_a_regression_shows_rows_and_values():
    facts = Facts("table", (2,), "regression", ("price", "size"), 3)
    targets = torch.tensor([[1.5, 100.0], [2.0, 0.001], [3.0, 1e7]])
    inputs = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    view = view_of(splits_of(inputs, targets, facts), 40)
    assert [sample.label for sample in view.samples] == ["1.5, 100", "2, 0.001", "3, 1e+07"]
    assert view.samples[1].row == (3.0, 4.0)
    assert view.counts == {"train": (), "val": (), "test": ()}
    assert view.mean == (3.0, 4.0)


def test_several_labels_at_once():
    facts = Facts("table", (1,), "multilabel", ("red", "round"), 3)
    targets = torch.tensor([[1.0, 1.0], [0.0, 0.0], [0.0, 1.0]])
    view = view_of(splits_of(torch.zeros(3, 1), targets, facts), 40)
    assert [sample.label for sample in view.samples] == ["red, round", "none", "round"]
    assert view.counts["val"] == (1, 2)


def test_nothing_global_is_drawn_from(tmp_path: Path):
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
    first = data_view(recipe_of("digits"), tmp_path)
    again = data_view(recipe_of("digits"), tmp_path)
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tolist() == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])
    for one, other in zip(first.samples, again.samples, strict=True):
        assert one.label == other.label
        assert np.array_equal(one.image, other.image)


def test_data_that_is_not_here_is_not_fetched_unasked(tmp_path: Path, monkeypatch):
    def never(*_args):
        raise AssertionError("built without being asked")

    facts = replace(Digits().facts(), download=11_594_722)
    monkeypatch.setattr(Digits, "on_disk", lambda self, data_dir: data_dir != tmp_path)
    monkeypatch.setattr(Digits, "facts", lambda self: facts)
    monkeypatch.setattr(Digits, "build", never)
    with pytest.raises(ProblemError) as caught:
        data_view(recipe_of("digits"), tmp_path, download=False)
    (problem,) = caught.value.problems
    assert problem.path == "dataset.download"
    assert "12 MB" in problem.sentence
    assert problem.hint
    with pytest.raises(AssertionError, match="without being asked"):
        data_view(recipe_of("digits"), tmp_path)  # asked for
    with pytest.raises(AssertionError, match="without being asked"):
        data_view(recipe_of("digits"), tmp_path / "other", download=False)  # is there


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_a_dataset_that_has_to_be_downloaded_says_so(name: str, tmp_path: Path):
    recipe = recipe_of(name)
    assert not recipe.dataset.on_disk(tmp_path)
    with pytest.raises(ProblemError) as caught:
        data_view(recipe, tmp_path, download=False)
    (problem,) = caught.value.problems
    assert problem.path == "dataset.download"
    assert recipe.dataset.title in problem.sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer", "diabetes"])
def test_a_dataset_that_comes_with_the_program_is_there(name: str, tmp_path: Path):
    view = data_view(recipe_of(name), tmp_path, download=False, count=7)
    assert len(view.samples) == 7
    assert all((sample.image is None) == bool(sample.row) for sample in view.samples)


def test_real_mnist_is_found_packed_and_unpacked(shared_data: Path, tmp_path: Path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    recipe = recipe_of("mnist")
    archives = sorted((shared_data / "vision" / "MNIST" / "raw").glob("*.gz"))
    for archive in archives:
        assert not recipe.dataset.on_disk(tmp_path)
        (raw / archive.name).symlink_to(archive)
    assert recipe.dataset.on_disk(tmp_path)
    view = data_view(recipe, tmp_path, download=False)
    assert sum(view.sizes.values()) == 70_000
    assert view.sizes["test"] == 10_000
    assert view.samples[0].image is not None
    assert view.samples[0].image.shape == (28, 28)
    for link in raw.glob("*.gz"):
        link.unlink()
    assert recipe.dataset.on_disk(tmp_path)  # unpacked files are enough
