"""The largest batch: by estimate on the CPU, by trying where memory really runs out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.finders import batchsize
from engine.finders.batchsize import find_batch_size, sizes
from engine.finders.trial import Trial
from engine.model.summary import model_view
from engine.problems import ProblemError
from engine.recipe import Recipe
from tests.engine.training.helpers import small


def test_all_samples_where_they_fit(tmp_path: Path) -> None:
    found = find_batch_size(small(), tmp_path)
    assert found is not None
    assert found.limited_by == "the training set"
    assert found.batch_size == found.samples < 300
    assert found.free is not None
    assert found.needed < found.free


def test_on_the_cpu_nothing_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = small()
    enough = model_view(batchsize._with(recipe, 64)).training_bytes
    free = round(enough / batchsize.SHARE) + 1
    monkeypatch.setattr(batchsize, "free_memory", lambda _: (free, "RAM"))
    monkeypatch.setattr(batchsize, "Trial", None)
    found = find_batch_size(recipe, tmp_path)
    assert found is not None
    assert (found.batch_size, found.limited_by) == (64, "memory")


def test_on_a_device_sizes_are_tried_until_memory_runs_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    class Limited(Trial):
        def __init__(self, recipe: Recipe, *rest: object) -> None:
            super().__init__(recipe, *rest)  # type: ignore[arg-type]
            tried.append(recipe.training.batch_size)
            if recipe.training.batch_size > 16:
                raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(batchsize, "device_for", lambda _: "cuda:0")
    monkeypatch.setattr(batchsize, "Trial", Limited)
    found = find_batch_size(small(), tmp_path)
    assert found is not None
    assert found.batch_size == 16
    assert tried == [2, 4, 8, 16, 32]


def test_a_fault_that_is_no_lack_of_memory_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(batchsize, "device_for", lambda _: "cuda:0")
    monkeypatch.setattr(batchsize, "Trial", broken)
    with pytest.raises(RuntimeError, match="shapes differ"):
        find_batch_size(small(), tmp_path)


def test_nothing_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batchsize, "free_memory", lambda _: (10, "RAM"))
    with pytest.raises(ProblemError, match="Not even the smallest batch fits"):
        find_batch_size(small(), tmp_path)


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    assert find_batch_size(small(), tmp_path, cancelled=lambda: True) is None


def test_sizes_double_up_to_all_samples() -> None:
    assert sizes(100) == [2, 4, 8, 16, 32, 64, 100]
    assert sizes(1) == [1]
    assert sizes(2) == [2]
