"""Inputs normalised once give the bits that each batch would have had."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.recipe import Recipe
from engine.training import ahead
from engine.training.fit import Fit
from tests.engine.training.helpers import small, train


def splits_of(recipe: Recipe) -> Any:
    return recipe.dataset.build(Path("unused"))


@pytest.mark.parametrize("dataset", ["digits", "iris"])
def test_they_are_the_numbers_of_each_batch(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "BLOCK", 7)
    splits = splits_of(small(dataset={"name": dataset}))
    found = ahead.normalised(splits.train, splits.preprocess)
    some = torch.tensor([3, 0, 11])
    wanted = splits.preprocess(splits.train.inputs.index_select(0, some))
    assert torch.equal(found.inputs.index_select(0, some), wanted)


@pytest.mark.parametrize(
    ("sections", "device", "may"),
    [({}, "cpu", True), ({}, "cuda:0", False),
     ({"regularization": {"augmentation": [{"name": "noise"}]}}, "cpu", False)],
)  # fmt: skip
def test_only_what_is_the_same_in_every_epoch(
    sections: dict[str, Any], device: str, may: bool
) -> None:
    recipe = small(**sections)
    assert ahead.may_be_ahead(recipe, splits_of(recipe), device) is may


def test_not_where_it_takes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = small()
    splits = splits_of(recipe)
    monkeypatch.setattr(ahead, "LARGEST", 4 * splits.train.inputs.numel() - 1)
    assert not ahead.may_be_ahead(recipe, splits, "cpu")


class Mapped(torch.Tensor):
    """Stands for inputs that are read when they are asked for."""


def test_not_what_is_not_in_memory() -> None:
    recipe = small()
    splits = splits_of(recipe)
    mapped = replace(splits.train, inputs=splits.train.inputs.as_subclass(Mapped))
    assert not ahead.may_be_ahead(recipe, replace(splits, train=mapped), "cpu")


def test_a_training_is_the_same_with_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[bool] = []
    normalise = Fit._normalise_ahead

    def watched(fit: Fit, splits: Any) -> None:
        normalise(fit, splits)
        used.append(fit.module.normalised)

    monkeypatch.setattr(Fit, "_normalise_ahead", watched)
    recipe = small(regularization={"mixup": 0.2})
    once = train(recipe, tmp_path)
    monkeypatch.setattr(ahead, "LARGEST", 0)
    each = train(recipe, tmp_path)
    assert used == [True, False]
    assert once.result.weights_sha256 == each.result.weights_sha256
    assert once.metrics() == each.metrics()
