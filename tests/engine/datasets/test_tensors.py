"""The three splits: disjoint, stratified, thinned as asked, normalised by training alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from engine.datasets import preprocess
from engine.datasets.base import Dataset, Splits, TensorData
from engine.datasets.tensors import split_official
from engine.facts import Facts
from engine.schema import COMPONENTS

EMBEDDED = ("digits", "iris", "wine", "breast_cancer", "diabetes")


def build(name: str, **options: object) -> Splits:
    return COMPONENTS.get("dataset", name)(**options).build(Path("nowhere"))


def rows(splits: Splits) -> list[bytes]:
    return [
        b"".join([sample.numpy().tobytes(), target.numpy().tobytes()])
        for part in splits.named().values()
        for sample, target in zip(part.inputs, part.targets, strict=True)
    ]


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_parts_together_are_the_whole_dataset(name):
    splits = build(name)
    other = build(name, split_seed=7, val_fraction=0.4, test_fraction=0.3)
    assert len(rows(splits)) == splits.facts.samples
    assert sorted(rows(splits)) == sorted(rows(other))
    assert rows(splits) != rows(other)


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_same_seed_gives_the_same_split(name):
    first, again, other = build(name), build(name), build(name, split_seed=1)
    assert torch.equal(first.train.inputs, again.train.inputs)
    assert not torch.equal(first.train.inputs, other.train.inputs)


def test_fractions_are_of_the_whole_and_of_the_training_part():
    splits = build("digits", test_fraction=0.5, val_fraction=0.5)
    assert [len(part) for part in splits.named().values()] == [449, 450, 898]


@pytest.mark.parametrize("fractions", [(0.999, 0.999), (1e-9, 1e-9), (0.9, 0.01)])
@pytest.mark.parametrize("name", EMBEDDED)
def test_no_part_is_ever_empty(name, fractions):
    splits = build(name, test_fraction=fractions[0], val_fraction=fractions[1], subset=10)
    assert sum(len(part) for part in splits.named().values()) == 10
    assert all(len(part) >= 1 for part in splits.named().values())
    assert len(splits.train) >= 2
    assert torch.isfinite(splits.preprocess(splits.test.inputs)).all()


@pytest.mark.parametrize("part", ["train", "val", "test"])
@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer"])
def test_every_part_has_the_classes_in_proportion(name, part):
    splits = build(name)
    whole = sum(splits.class_counts(each) for each in splits.named())
    counts = splits.class_counts(part)
    expected = whole * len(splits.named()[part]) / splits.facts.samples
    assert counts.sum() == len(splits.named()[part])
    assert ((counts - expected).abs() <= 1.5).all()


@pytest.mark.parametrize("subset", [10, 33, 149])
@pytest.mark.parametrize("name", EMBEDDED)
def test_a_subset_has_exactly_that_many_in_proportion(name, subset):
    splits = build(name, subset=subset)
    assert sum(len(part) for part in splits.named().values()) == subset
    if splits.facts.task == "classes":
        whole, full = (
            sum(each.class_counts(part) for part in each.named()) for each in (splits, build(name))
        )
        assert ((whole - full * subset / splits.facts.samples).abs() <= 1).all()


def test_a_subset_larger_than_the_data_is_all_of_it():
    assert len(rows(build("iris", subset=1000))) == 150


@pytest.mark.parametrize("name", EMBEDDED)
def test_normalisation_knows_the_training_part_alone(name):
    splits = build(name)
    regression = splits.facts.task == "regression"
    alone = preprocess.fit(splits.train.inputs, splits.train.targets if regression else None)
    for key, value in alone.state_dict().items():
        assert torch.equal(splits.preprocess.state_dict()[key], value)
    everything = torch.cat([part.inputs for part in splits.named().values()])
    assert not torch.equal(splits.preprocess.mean, preprocess.fit(everything).mean)


def test_a_regression_has_no_class_counts():
    assert build("diabetes").class_counts() is None


@dataclass
class Parts:
    """Two official parts whose samples can be told apart."""

    train: TensorData
    test: TensorData


class Made(Dataset):
    title = "Made"
    name: str = "made"

    def facts(self) -> Facts:
        return Facts("table", (1,), "classes", ("a", "b"), 120)


@pytest.fixture
def parts() -> Parts:
    numbers = torch.arange(120).float()[:, None]
    classes = torch.arange(120) % 2
    return Parts(TensorData(numbers[:100], classes[:100]), TensorData(numbers[100:], classes[100:]))


def test_the_official_test_part_stays_as_it_is(parts):
    splits = split_official(Made(val_fraction=0.2), parts.train, parts.test)
    assert torch.equal(splits.test.inputs, parts.test.inputs)
    assert (len(splits.train), len(splits.val)) == (80, 20)
    assert sorted(torch.cat([splits.train.inputs, splits.val.inputs]).flatten().tolist()) == [
        float(number) for number in range(100)
    ]
    assert splits.class_counts("val").tolist() == [10, 10]


@pytest.mark.parametrize("subset", [10, 60, 119, 120, 500])
def test_a_subset_of_official_parts_thins_both_alike(parts, subset):
    splits = split_official(Made(subset=subset), parts.train, parts.test)
    wanted = min(subset, 120)
    assert sum(len(part) for part in splits.named().values()) == wanted
    assert len(splits.test) == max(1, round(wanted / 6))
    assert splits.test.inputs.min() >= 100
    assert splits.train.inputs.max() < 100
