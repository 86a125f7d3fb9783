"""Augmented batches: what each option does, and that a sample's own is all that decides."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.datasets.preprocess import Preprocess, fit
from engine.recipe import Recipe
from engine.regularization.augmentation import Augmentation
from engine.training.augment import Augment

EVERYTHING: dict[str, Any] = {
    "flip": True, "flip_vertical": True, "shift": 2, "rotate": 30.0, "zoom": 0.2,
    "brightness": 0.3, "contrast": 0.3, "noise": 0.2, "erase": 0.3,
}  # fmt: skip
ALONE = [{name: value} for name, value in EVERYTHING.items()]
MANY = 2000


def images(count: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(count)
    return torch.randint(1, 256, (count, *shape), dtype=torch.uint8, generator=generator)


def rows(count: int, features: int) -> Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(count)) * 5 + 3


def augment(inputs: Tensor, seed: int = 0, epoch: int = 0, **options: Any) -> Tensor:
    """The first samples of a split, augmented."""
    change = Augment(Augmentation(**options), fit(inputs), seed)
    return change(inputs, torch.arange(len(inputs)), epoch)


def share(of: Tensor) -> float:
    return float(of.double().mean())


# --- Exactness -----------------------------------------------------------------------------------


@pytest.fixture(params=[1, 2])
def threads(request: pytest.FixtureRequest) -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.parametrize("options", [*ALONE, EVERYTHING], ids=lambda o: "+".join(o))
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 17, 12), (3, 32, 32)], ids=str)
def test_the_batch_does_not_matter(shape: Any, options: Any, threads: int) -> None:
    """Any split, any order, any number of threads: the bits of a sample are the same."""
    data = images(130, *shape)
    change = Augment(Augmentation(**options), fit(data), 3)
    order = torch.randperm(130, generator=torch.Generator().manual_seed(1))
    torch.set_num_threads(1)
    whole = change(data, torch.arange(130), 7)
    torch.set_num_threads(threads)
    for size in (1, 2, 7, 64, 130):
        for part in order.split(size)[:9]:
            assert torch.equal(change(data[part], part, 7), whole[part]), size


@pytest.mark.parametrize("features", [1, 4, 30])
def test_the_batch_does_not_matter_to_a_table(features: int, threads: int) -> None:
    data = rows(70, features)
    change = Augment(Augmentation(noise=0.3), fit(data), 3)
    whole = change(data, torch.arange(70), 7)
    for part in torch.arange(70).split(9):
        assert torch.equal(change(data[part], part, 7), whole[part])


@pytest.mark.parametrize("options", [*ALONE, EVERYTHING], ids=lambda o: "+".join(o))
def test_seed_and_epoch_decide(options: Any) -> None:
    data = images(40, 1, 8, 8)
    kept = data.clone()
    first = augment(data, 1, 2, **options)
    assert torch.equal(first, augment(data, 1, 2, **options))
    assert not torch.equal(first, augment(data, 1, 3, **options))
    assert not torch.equal(first, augment(data, 2, 2, **options))
    assert torch.equal(data, kept)


def test_options_do_not_disturb_each_other() -> None:
    """The same samples are mirrored, whatever else happens to them."""
    data = images(60, 1, 8, 8)
    flipped = (augment(data, flip=True) != data).flatten(1).any(1)
    dark = augment(data, flip=True, brightness=0.5, erase=1e-9)
    likeness = [
        float(torch.corrcoef(torch.stack([a.flatten().float(), b.flatten().float()]))[0, 1])
        for a, b in zip(dark, data, strict=True)
    ]
    assert [value < 0.9 for value in likeness] == flipped.tolist()


def test_a_copy_in_another_process_does_the_same() -> None:
    data = images(20, 3, 8, 8)
    change = Augment(Augmentation(**EVERYTHING), fit(data), 3)
    other = pickle.loads(pickle.dumps(change))  # noqa: S301
    everyone = torch.arange(20)
    assert torch.equal(change(data, everyone, 1), other(data, everyone, 1))


def test_the_global_random_state_is_left_alone() -> None:
    state = torch.get_rng_state()
    augment(images(20, 1, 8, 8), **EVERYTHING)
    assert torch.equal(state, torch.get_rng_state())


# --- Where pixels are ----------------------------------------------------------------------------


@pytest.mark.parametrize(("option", "axis"), [("flip", 3), ("flip_vertical", 2)])
def test_half_of_the_images_are_mirrored(option: str, axis: int) -> None:
    data = images(MANY, 1, 5, 4)
    changed = augment(data, **{option: True})
    assert changed.dtype == torch.uint8
    mirrored = (changed == data.flip(axis)).flatten(1).all(1)
    assert ((changed == data).flatten(1).all(1) ^ mirrored).all()
    assert abs(share(mirrored) - 0.5) < 0.05


def test_an_image_is_mirrored_both_ways_as_often_as_one_way() -> None:
    data = images(MANY, 1, 5, 4)
    changed = augment(data, flip=True, flip_vertical=True)
    for axes in ((), (2,), (3,), (2, 3)):
        same = (changed == data.flip(axes)).flatten(1).all(1)
        assert abs(share(same) - 0.25) < 0.05


def test_a_shift_moves_by_whole_pixels_and_brings_in_zero() -> None:
    data = images(MANY, 2, 6, 7)
    changed = augment(data, shift=2)
    assert changed.dtype == torch.uint8
    padded = torch.nn.functional.pad(data, (2, 2, 2, 2))
    found = torch.zeros(MANY, dtype=torch.long)
    for down, right in itertools.product(range(5), range(5)):
        moved = padded[:, :, 4 - down : 10 - down, 4 - right : 11 - right]
        same = (changed == moved).flatten(1).all(1)
        assert abs(share(same) - 1 / 25) < 0.02
        found += same
    assert (found == 1).all()


def test_a_resampled_image_is_the_moved_one_when_it_is_hardly_turned() -> None:
    data = images(50, 3, 9, 6)
    moves = {"flip": True, "flip_vertical": True, "shift": 2}
    torch.testing.assert_close(
        augment(data, rotate=1e-6, **moves), augment(data, **moves).float(), atol=0.01, rtol=0
    )


def test_a_rotation_turns_about_the_middle() -> None:
    """A bar through the middle keeps its place and its size; its angle is evenly spread."""
    data = torch.zeros(MANY, 1, 15, 31, dtype=torch.uint8)
    data[:, :, 7, 9:22] = 200
    changed = augment(data, rotate=25.0)[:, 0]
    assert changed.dtype == torch.float32
    assert (changed[:, 7, 15] > 150).all()  # the middle
    torch.testing.assert_close(changed.sum((1, 2)), torch.full((MANY,), 2600.0), rtol=0.1, atol=0)
    y, x = torch.meshgrid(torch.arange(15) - 7.0, torch.arange(31) - 15.0, indexing="ij")
    xx, yy, xy = ((changed * m).sum((1, 2)) for m in (x * x, y * y, x * y))
    angles = torch.rad2deg(0.5 * torch.atan2(2 * xy, xx - yy))
    assert float(angles.abs().max()) < 26
    counts = torch.histc(angles, 5, -25, 25)
    assert (counts > 0.14 * MANY).all()
    assert (counts < 0.26 * MANY).all()


def test_zoom_enlarges_and_shrinks() -> None:
    data = torch.zeros(MANY, 1, 21, 33, dtype=torch.uint8)
    data[:, :, 6:15, 11:22] = 100
    area = augment(data, zoom=0.3).sum((1, 2, 3)) / 100 / (9 * 11)
    assert 0.44 < float(area.min()) < 0.52
    assert 1.60 < float(area.max()) < 1.75
    assert abs(share(area > 1) - 0.5) < 0.05


# --- What pixels say -----------------------------------------------------------------------------


def test_brightness_multiplies_each_image() -> None:
    data = images(MANY, 1, 3, 3)
    factors = augment(data, brightness=0.4) / data.float()
    same = factors.flatten(1)
    torch.testing.assert_close(same, same[:, :1].expand_as(same))
    counts = torch.histc(same[:, 0], 4, 0.6, 1.4)
    assert float(counts.sum()) == MANY
    assert (counts > 0.2 * MANY).all()


def test_contrast_stretches_about_the_mean_of_each_channel() -> None:
    data = images(MANY, 3, 4, 4)
    mean = fit(data).mean
    factors = ((augment(data, contrast=0.4) - mean) / (data - mean)).flatten(1)
    torch.testing.assert_close(factors, factors[:, :1].expand_as(factors), atol=0.02, rtol=0)
    assert abs(float(factors[:, 0].mean()) - 1) < 0.03


@pytest.mark.parametrize("data", [images(500, 3, 5, 5), rows(4000, 6)], ids=["images", "table"])
def test_noise_is_in_units_of_the_normalised_input(data: Tensor) -> None:
    preprocess = fit(data)
    added = preprocess(augment(data, noise=0.2)) - preprocess(data)
    assert abs(float(added.mean())) < 0.01
    assert float(added.std()) == pytest.approx(0.2, rel=0.03)
    assert len(added.flatten().unique()) > 1000


def test_an_erased_rectangle_is_the_mean() -> None:
    data = images(MANY, 3, 12, 16)
    mean = fit(data).mean
    changed = augment(data, erase=0.4)
    erased = (changed == mean).all(1)
    assert torch.equal(torch.where(erased[:, None], data.float(), changed), data.float())
    rows_hit, columns_hit = erased.any(2), erased.any(1)
    assert torch.equal(erased, rows_hit[:, :, None] & columns_hit[:, None, :])
    heights, widths = rows_hit.sum(1), columns_hit.sum(1)
    areas = heights * widths / (12 * 16)
    assert float(areas.max()) < 0.45  # whole pixels: a little more than 0.4
    assert abs(float(areas.mean()) - 0.2) < 0.02
    large = areas > 0.1
    assert float((heights / widths)[large].max()) < 2.6
    assert float((heights / widths)[large].min()) > 1 / 2.6
    assert float(erased.float().mean(0).min()) > 0.005  # the corners too


# --- From a recipe -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("augmentation", "there"), [(None, False), (False, False), ({}, False), (True, True)]
)
def test_a_recipe_that_asks_for_nothing_has_none(augmentation: Any, there: bool) -> None:
    recipe = Recipe.parse(
        {"version": 1, "dataset": "digits", "architecture": "mlp",
         "regularization": {"augmentation": augmentation}}
    )  # fmt: skip
    preprocess = Preprocess(torch.zeros(1, 1, 1), torch.ones(1, 1, 1))
    assert (Augment.of(recipe, preprocess) is not None) == there
