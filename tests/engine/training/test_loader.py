"""Batches: all samples once an epoch, the same order for the same seed and epoch, resumable."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.datasets.base import TensorData
from engine.datasets.preprocess import fit
from engine.regularization import Regularization
from engine.training.augment import Augment
from engine.training.loader import TrainLoader, batch_borders, in_order
from engine.training.order import epoch_order

STEPS = Regularization(augmentation=["flip", "shift", "noise"]).augmentation


def data(count: int) -> TensorData:
    return TensorData(torch.arange(count)[:, None], torch.arange(count))


def seen(loader: TrainLoader) -> list[list[int]]:
    return [targets.tolist() for _, targets in loader]


@given(count=st.integers(1, 300), size=st.integers(1, 64))
def test_borders_cover_everything_and_leave_no_lonely_sample(count: int, size: int) -> None:
    borders = batch_borders(count, size)
    lengths = [b - a for a, b in itertools.pairwise(borders)]
    assert borders[0] == 0
    assert sum(lengths) == count
    assert max(lengths) <= size + 1
    if size > 1 and count > 1:
        assert min(lengths) > 1


def test_every_sample_once_an_epoch() -> None:
    loader = TrainLoader(data(50), 8, seed=3)
    assert sorted(i for batch in seen(loader) for i in batch) == list(range(50))


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    torch.manual_seed(1)
    first = epoch_order(100, 5, 2)
    torch.manual_seed(2)
    assert torch.equal(first, epoch_order(100, 5, 2))
    assert not torch.equal(first, epoch_order(100, 5, 3))
    assert not torch.equal(first, epoch_order(100, 6, 2))


def test_the_global_random_state_is_left_alone() -> None:
    state = torch.get_rng_state()
    seen(TrainLoader(data(50), 8, seed=3))
    assert torch.equal(state, torch.get_rng_state())


@given(cut=st.integers(0, 7))
def test_goes_on_in_the_middle_of_an_epoch(cut: int) -> None:
    whole = TrainLoader(data(50), 8, seed=3)
    whole.set_epoch(4)
    expected = seen(whole)
    loader = TrainLoader(data(50), 8, seed=3)
    loader.set_epoch(4)
    batches = iter(loader)
    for _ in range(cut):
        next(batches)
    other = TrainLoader(data(50), 8, seed=3)
    other.load_state_dict(loader.state_dict())
    rest = seen(other)
    if cut < len(expected):
        assert rest == expected[cut:]
    else:  # the epoch was over: the next one follows, whole
        whole.set_epoch(5)
        assert rest == seen(whole)


def test_setting_the_same_epoch_keeps_the_position() -> None:
    loader = TrainLoader(data(50), 8, seed=3)
    loader.load_state_dict({"epoch": 2, "position": 3})
    loader.set_epoch(2)
    assert len(seen(loader)) == len(loader) - 3


@pytest.mark.parametrize("size", [7, 50, 64])
def test_evaluation_batches_are_in_stored_order(size: int) -> None:
    batches = [targets for _, targets in in_order(data(50), size)]
    assert torch.cat(batches).tolist() == list(range(50))


def augmented(size: int, workers: int = 0) -> TrainLoader:
    images = torch.arange(30 * 2 * 6 * 5, dtype=torch.uint8).view(30, 2, 6, 5)
    change = Augment(STEPS, fit(images), seed=3)
    return TrainLoader(TensorData(images, torch.arange(30)), size, 3, workers, change)


def by_sample(loader: TrainLoader, epoch: int) -> torch.Tensor:
    """Every sample as it is in this epoch, in stored order."""
    loader.set_epoch(epoch)
    inputs, targets = (torch.cat(parts) for parts in zip(*loader, strict=True))
    return inputs[targets.argsort()]


def test_augmentation_depends_on_the_epoch_and_not_on_the_batches() -> None:
    first, second = (by_sample(augmented(8), epoch) for epoch in (0, 1))
    assert not torch.equal(first, second)
    for size in (1, 7, 30):
        loader = augmented(size)
        assert torch.equal(by_sample(loader, 0), first)
        assert torch.equal(by_sample(loader, 1), second)


def test_augmentation_goes_on_in_the_middle_of_an_epoch() -> None:
    whole, rest = augmented(8), augmented(8)
    expected = list(whole)
    rest.load_state_dict({"epoch": 0, "position": 2})
    for (inputs, targets), (same, same_targets) in zip(rest, expected[2:], strict=True):
        assert torch.equal(inputs, same)
        assert torch.equal(targets, same_targets)


def test_worker_processes_augment_as_the_training_thread_does() -> None:
    """Also in their second epoch, which they have to be told of."""
    plain, pooled = augmented(8), augmented(8, workers=1)
    try:
        for epoch in (0, 1):
            assert torch.equal(by_sample(pooled, epoch), by_sample(plain, epoch))
    finally:
        pooled.close()
