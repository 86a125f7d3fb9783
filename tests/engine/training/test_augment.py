"""Augmented batches: what each change does, and that a sample's own numbers are all that decide."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.datasets.preprocess import Preprocess, fit
from engine.recipe import Recipe
from engine.regularization import Regularization
from engine.schema import COMPONENTS
from engine.training.augment import Augment

OF_ROWS = ("window_shift", "scale", "token_dropout")
ALONE: list[Any] = [
    *({"name": name, "p": p} for name in COMPONENTS.names("augmentation") for p in (1.0, 0.5)
      if name not in OF_ROWS),
    {"name": "autoaugment", "policy": "imagenet"},
    {"name": "autoaugment", "policy": "svhn"},
    {"name": "shift", "border": "mirror"},
    {"name": "rotate", "border": "edge"},
    {"name": "affine", "border": "mirror"},
]  # fmt: skip
TOGETHER: list[list[Any]] = [
    ["flip", "crop", "color_jitter", {"name": "rotate", "degrees": 10}, "erase"],
    ["grayscale", "brightness", "randaugment", "flip_vertical", "zoom", "noise", "blur"],
    [{"name": "shift", "border": "edge"}, "shift", "contrast", "contrast", "color_jitter"],
]
MANY = 2000


def images(count: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(count)
    return torch.randint(1, 256, (count, *shape), dtype=torch.uint8, generator=generator)


def rows(count: int, *shape: int) -> Tensor:
    return torch.randn(count, *shape, generator=torch.Generator().manual_seed(count)) * 5 + 3


def change(inputs: Tensor, *steps: Any, seed: int = 0) -> Augment:
    """What changes batches as a list says."""
    return Augment(Regularization(augmentation=list(steps)).augmentation, fit(inputs), seed)


def augment(inputs: Tensor, *steps: Any, seed: int = 0, epoch: int = 0) -> Tensor:
    """The first samples of a split, augmented."""
    return change(inputs, *steps, seed=seed)(inputs, torch.arange(len(inputs)), epoch)


def share(of: Tensor) -> float:
    return float(of.double().mean())


def named(step: Any) -> str:
    return "+".join(map(str, step.values())) if isinstance(step, dict) else str(step)


def listed(steps: list[Any]) -> str:
    return ",".join(named(step) for step in steps)


# --- Exactness -----------------------------------------------------------------------------------


@pytest.fixture(params=[1, 2])
def threads(request: pytest.FixtureRequest) -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def in_parts(changing: Augment, data: Tensor, threads: int, sizes: tuple[int, ...]) -> None:
    """Any split, any order, any number of threads: the bits of a sample are the same."""
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(1))
    torch.set_num_threads(1)
    whole = changing(data, torch.arange(len(data)), 7)
    torch.set_num_threads(threads)
    for size in sizes:
        for part in order.split(size)[:6]:
            assert torch.equal(changing(data[part], part, 7), whole[part]), size


@pytest.mark.parametrize("step", ALONE, ids=named)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 17, 12), (3, 32, 32)], ids=str)
@pytest.mark.parametrize("threads", [2], indirect=True)
def test_the_batch_does_not_matter(shape: Any, step: Any, threads: int) -> None:
    if shape[0] == 1 and step["name"] in ("grayscale", "color_jitter"):
        return
    if shape[1] != 17 and step.get("p") == 0.5:
        return
    data = images(90, *shape)
    in_parts(change(data, step, seed=3), data, threads, (1, 7, 64))


@pytest.mark.parametrize("steps", TOGETHER, ids=listed)
def test_the_batch_does_not_matter_to_a_list(steps: list[Any], threads: int) -> None:
    data = images(130, 3, 17, 12)
    in_parts(change(data, *steps, seed=3), data, threads, (1, 2, 7, 64, 130))


def test_large_batches_are_changed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    data = images(50, 3, 9, 8)
    changing = change(data, *TOGETHER[0])
    whole = changing(data, torch.arange(50), 3)
    monkeypatch.setattr("engine.training.augment.AT_ONCE", 3 * 9 * 8 * 7)
    assert torch.equal(changing(data, torch.arange(50), 3), whole)


@pytest.mark.parametrize("features", [1, 4, 30])
def test_the_batch_does_not_matter_to_a_table(features: int, threads: int) -> None:
    data = rows(70, features)
    in_parts(change(data, {"name": "noise", "p": 0.7}, seed=3), data, threads, (9,))


def test_the_batch_does_not_matter_to_series_and_texts(threads: int) -> None:
    series, texts = rows(70, 9, 2), torch.randint(0, 50, (70, 11), dtype=torch.int32)
    in_parts(change(series, "window_shift", "scale", "noise"), series, threads, (1, 9))
    in_parts(change(texts, "token_dropout"), texts, threads, (1, 9))


@pytest.mark.parametrize("step", [step for step in ALONE if step.get("p") != 0.5], ids=named)
def test_seed_and_epoch_decide(step: Any) -> None:
    data = images(40, 3, 8, 8)
    kept = data.clone()
    first = augment(data, step, seed=1, epoch=2)
    assert torch.equal(first, augment(data, step, seed=1, epoch=2))
    if step["name"] not in ("flip", "flip_vertical", "grayscale"):
        assert not torch.equal(first, augment(data, step, seed=1, epoch=3))
        assert not torch.equal(first, augment(data, step, seed=2, epoch=2))
    assert torch.equal(data, kept)


def test_changes_do_not_disturb_each_other() -> None:
    """The same samples are mirrored, whatever happens to them afterwards."""
    data = images(60, 1, 8, 8)
    flipped = (augment(data, "flip") != data).flatten(1).any(1)
    dark = augment(data, "flip", {"name": "brightness", "part": 0.5}, {"name": "erase", "area": 0})
    likeness = [
        float(torch.corrcoef(torch.stack([a.flatten().float(), b.flatten().float()]))[0, 1])
        for a, b in zip(dark, data, strict=True)
    ]
    assert [value < 0.9 for value in likeness] == flipped.tolist()


def test_the_same_change_twice_draws_twice() -> None:
    data = images(MANY, 1, 5, 4)
    once = (augment(data, "flip") != data).flatten(1).any(1)
    twice = (augment(data, "flip", "flip") != data).flatten(1).any(1)
    assert abs(share(once) - 0.5) < 0.05
    assert abs(share(twice) - 0.5) < 0.05
    assert not torch.equal(once, twice)


def test_a_copy_in_another_process_does_the_same() -> None:
    data = images(20, 3, 8, 8)
    for steps in (*TOGETHER, ALONE):
        changing = change(data, *steps, seed=3)
        other = pickle.loads(pickle.dumps(changing))  # noqa: S301
        everyone = torch.arange(20)
        assert torch.equal(changing(data, everyone, 1), other(data, everyone, 1))


def test_the_global_random_states_are_left_alone() -> None:
    state = torch.get_rng_state()
    for steps in (*TOGETHER, ALONE):
        augment(images(20, 3, 8, 8), *steps)
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("step", ALONE, ids=named)
def test_a_probability_of_nothing_changes_nothing(step: Any) -> None:
    data = images(10, 3, 9, 8)
    assert torch.equal(augment(data, {**step, "p": 0.0}), data)


@pytest.mark.parametrize(
    "name", ["rotate", "crop", "affine", "brightness", "color_jitter", "blur", "erase", "noise",
             "trivialaugment"],
)  # fmt: skip
def test_a_part_of_the_samples_is_changed(name: str) -> None:
    data = images(MANY, 3, 8, 8)
    changed = (augment(data, {"name": name, "p": 0.3}).float() - data).abs()
    often = share(changed.flatten(1).amax(1) > 0.01)
    assert 0.22 < often < 0.34  # an operation may be none


# --- Together ------------------------------------------------------------------------------------


def test_moves_that_follow_each_other_are_one_reading() -> None:
    """Two turns, the second back, blur nothing more than one reading does."""
    data = images(200, 1, 12, 12)
    steps = [{"name": "rotate", "degrees": 1e-9}] * 9
    torch.testing.assert_close(augment(data, *steps), data.float(), atol=0.05, rtol=0)


def test_mirroring_and_then_moving_is_not_moving_and_then_mirroring() -> None:
    data = images(MANY, 1, 6, 7)
    flip, shift = {"name": "flip", "p": 1.0}, {"name": "shift", "pixels": 2}
    places = torch.arange(MANY)
    moved_last = change(data, flip, shift)(data, places, 0)
    by_hand = change(data.flip(3), {"name": "flip", "p": 0.0}, shift)(data.flip(3), places, 0)
    assert torch.equal(moved_last, by_hand)
    moved_first = change(data, shift, flip)(data, places, 0)
    assert torch.equal(moved_first, change(data, shift)(data, places, 0).flip(3))


def test_the_order_of_unlike_changes_is_kept() -> None:
    data = images(100, 3, 8, 8)
    grey_last = augment(data, "color_jitter", {"name": "grayscale", "p": 1.0})
    assert torch.equal(grey_last[:, 0], grey_last[:, 1])
    noisy_last = augment(data, {"name": "grayscale", "p": 1.0}, "noise")
    assert not torch.equal(noisy_last[:, 0], noisy_last[:, 1])


@pytest.mark.parametrize("border", ["edge", "mirror"])
def test_what_comes_in_from_outside(border: str) -> None:
    data = images(300, 2, 6, 7)
    changed = augment(data, {"name": "shift", "pixels": 3, "border": border})
    mode = "replicate" if border == "edge" else None
    wide = torch.nn.functional.pad(data.float(), (3,) * 4, mode=mode) if mode else _mirrored(data)
    found = torch.zeros(300, dtype=torch.long)
    for down, right in itertools.product(range(7), range(7)):
        found += (changed == wide[:, :, down : down + 6, right : right + 7]).flatten(1).all(1)
    assert (found == 1).all()


def _mirrored(data: Tensor) -> Tensor:
    wide = torch.cat([data[..., :3].flip(3), data, data[..., -3:].flip(3)], 3)
    return torch.cat([wide[:, :, :3].flip(2), wide, wide[:, :, -3:].flip(2)], 2)


# --- Where pixels are ----------------------------------------------------------------------------


@pytest.mark.parametrize(("option", "axis"), [("flip", 3), ("flip_vertical", 2)])
def test_half_of_the_images_are_mirrored(option: str, axis: int) -> None:
    data = images(MANY, 1, 5, 4)
    changed = augment(data, option)
    assert changed.dtype == torch.uint8
    mirrored = (changed == data.flip(axis)).flatten(1).all(1)
    assert ((changed == data).flatten(1).all(1) ^ mirrored).all()
    assert abs(share(mirrored) - 0.5) < 0.05


def test_an_image_is_mirrored_both_ways_as_often_as_one_way() -> None:
    data = images(MANY, 1, 5, 4)
    changed = augment(data, "flip", "flip_vertical")
    for axes in ((), (2,), (3,), (2, 3)):
        same = (changed == data.flip(axes)).flatten(1).all(1)
        assert abs(share(same) - 0.25) < 0.05


def test_a_shift_moves_by_whole_pixels_and_brings_in_zero() -> None:
    data = images(MANY, 2, 6, 7)
    changed = augment(data, "shift")
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
    moves = ("flip", "flip_vertical", "shift")
    turned = augment(data, *moves, {"name": "rotate", "degrees": 1e-6})
    torch.testing.assert_close(turned, augment(data, *moves).float(), atol=0.01, rtol=0)


def test_a_rotation_turns_about_the_middle() -> None:
    """A bar through the middle keeps its place and its size; its angle is evenly spread."""
    data = torch.zeros(MANY, 1, 15, 31, dtype=torch.uint8)
    data[:, :, 7, 9:22] = 200
    changed = augment(data, {"name": "rotate", "degrees": 25})[:, 0]
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
    area = augment(data, {"name": "zoom", "part": 0.3}).sum((1, 2, 3)) / 100 / (9 * 11)
    assert 0.44 < float(area.min()) < 0.52
    assert 1.60 < float(area.max()) < 1.75
    assert abs(share(area > 1) - 0.5) < 0.05


def test_a_resized_crop_shows_a_part_of_the_image() -> None:
    y, x = torch.meshgrid(torch.arange(24.0), torch.arange(36.0), indexing="ij")
    data = torch.stack([x * 4, y * 4]).to(torch.uint8).expand(MANY, -1, -1, -1)
    changed = augment(data, {"name": "resized_crop", "smallest": 0.3}) / 4
    across = changed[:, 0, :, 1:-1].diff(dim=2).mean((1, 2))  # pixels a pixel: the cut's part
    down = changed[:, 1, 1:-1].diff(dim=1).mean((1, 2))
    area = across * down
    assert float(area.min()) > 0.28
    assert float(area.max()) < 1.01
    assert abs(float(area.mean()) - 0.65) < 0.03
    ratio = (across / down)[area < 0.7]
    assert 1.25 < float(ratio.max()) < 1.40
    assert 0.70 < float(ratio.min()) < 0.80
    assert float(changed.amin()) >= 0  # nothing comes in from outside
    assert (changed.flatten(2).std(2) > 1).all()


def test_affine_slants_and_moves_by_parts_of_the_sides() -> None:
    data = torch.zeros(MANY, 1, 40, 60, dtype=torch.uint8)
    data[:, :, 15:25, 28:32] = 200
    only = {"name": "affine", "degrees": 0, "zoom": 0, "shear": 0, "shift": 0}
    moved = augment(data, {**only, "shift": 0.2})[:, 0]
    mass = moved.sum((1, 2))
    y, x = torch.meshgrid(torch.arange(40) - 19.5, torch.arange(60) - 29.5, indexing="ij")
    middles = torch.stack([(moved * part).sum((1, 2)) / mass for part in (x, y)])
    assert [round(float(part)) for part in middles.abs().amax(1)] == [12, 8]
    slanted = augment(data, {**only, "shear": 30})[:, 0]
    lean = (slanted * x * y).sum((1, 2)) / (slanted * y * y).sum((1, 2))
    assert 0.5 < float(lean.max()) < 0.65  # the tangent of 30 degrees is 0.577
    assert -0.65 < float(lean.min()) < -0.5


# --- What pixels say -----------------------------------------------------------------------------


def test_brightness_multiplies_each_image() -> None:
    data = images(MANY, 1, 3, 3)
    factors = augment(data, {"name": "brightness", "part": 0.4}) / data.float()
    same = factors.flatten(1)
    torch.testing.assert_close(same, same[:, :1].expand_as(same))
    counts = torch.histc(same[:, 0], 4, 0.6, 1.4)
    assert float(counts.sum()) == MANY
    assert (counts > 0.2 * MANY).all()


def test_contrast_stretches_about_the_mean_of_each_channel() -> None:
    data = images(MANY, 3, 4, 4)
    mean = fit(data).mean
    factors = ((augment(data, {"name": "contrast", "part": 0.4}) - mean) / (data - mean)).flatten(1)
    torch.testing.assert_close(factors, factors[:, :1].expand_as(factors), atol=0.02, rtol=0)
    assert abs(float(factors[:, 0].mean()) - 1) < 0.03


@pytest.mark.parametrize(
    "data",
    [images(500, 3, 5, 5), rows(4000, 6), rows(800, 9, 3)],
    ids=["images", "table", "series"],
)
def test_noise_is_in_units_of_the_normalised_input(data: Tensor) -> None:
    preprocess = fit(data)
    added = preprocess(augment(data, {"name": "noise", "deviation": 0.2})) - preprocess(data)
    assert abs(float(added.mean())) < 0.01
    assert float(added.std()) == pytest.approx(0.2, rel=0.03)
    assert len(added.flatten().unique()) > 1000


def test_an_erased_rectangle_is_the_mean() -> None:
    data = images(MANY, 3, 12, 16)
    mean = fit(data).mean
    changed = augment(data, {"name": "erase", "area": 0.4})
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


def test_saturation_and_hue_keep_greys_grey() -> None:
    grey = images(200, 1, 4, 4).expand(-1, 3, -1, -1)
    jitter = {"name": "color_jitter", "brightness": 0, "contrast": 0, "saturation": 0.9, "hue": 0.5}
    torch.testing.assert_close(augment(grey, jitter), grey.float(), atol=0.5, rtol=0)
    data = images(MANY, 3, 4, 4)
    changed = augment(data, jitter)
    weights = torch.tensor([0.299, 0.587, 0.114])[:, None, None]
    luma, before = ((each.float() * weights).sum(1) for each in (changed, data))
    assert float((luma - before).abs().mean()) < 15  # another luma than the one of the turn
    assert float((changed - data).abs().mean()) > 30


def test_a_full_turn_of_the_colour_circle_is_none() -> None:
    from engine.augmentation.kernels.colours import Recoloured, Relit, tinted
    from engine.training.draws import Draws, streams

    data = images(50, 3, 4, 4)
    turning = Recoloured(Relit(torch.zeros(3, 1, 1)), 0.0, 1.0)
    turning._turns = torch.tensor([[1.0], [0.0]], dtype=torch.float64)
    mixture = turning.mixture(Draws(streams(0, 0, torch.arange(50))), 3)
    torch.testing.assert_close(tinted(data, mixture), data.float(), atol=0.01, rtol=0)


def test_brightness_and_contrast_in_one_are_the_two_after_each_other() -> None:
    data = images(60, 3, 5, 5)
    both = augment(data, "brightness", "contrast")
    first = augment(data, "brightness")
    contrast = change(data, {"name": "brightness", "p": 0.0}, "contrast")
    torch.testing.assert_close(both, contrast(first, torch.arange(60), 0), atol=0.01, rtol=1e-5)


def test_a_blurred_point_keeps_its_sum_and_its_place() -> None:
    data = torch.zeros(MANY, 1, 15, 17, dtype=torch.uint8)
    data[:, :, 7, 8] = 200
    changed = augment(data, {"name": "blur", "sigma": 2, "p": 1.0})[:, 0]
    torch.testing.assert_close(changed.sum((1, 2)), torch.full((MANY,), 200.0))
    assert (changed.flatten(1).argmax(1) == 7 * 17 + 8).all()
    torch.testing.assert_close(changed, changed.flip(1).flip(2))
    x = torch.arange(17) - 8.0
    widths = ((changed.sum(1) * x * x).sum(1) / 200).sqrt()
    assert float(widths.min()) < 0.2
    assert 1.6 < float(widths.max()) < 2.0  # the Gaussian is cut off


# --- Series and texts ----------------------------------------------------------------------------


def test_a_window_is_shifted_as_a_whole() -> None:
    data = torch.arange(6.0)[None, :, None] + torch.tensor([0, 100])
    changed = augment(data.expand(MANY, -1, -1), "window_shift")
    assert torch.equal(changed[:, :, 1] - 100, changed[:, :, 0])
    steps = data[0, 2, 0] - changed[:, 2, 0]
    assert sorted(steps.unique().tolist()) == [-2, -1, 0, 1, 2]
    assert torch.equal(changed[steps == 2][0, :, 0], torch.tensor([0.0, 0, 0, 1, 2, 3]))
    assert torch.equal(changed[steps == -1][0, :, 0], torch.tensor([1.0, 2, 3, 4, 5, 5]))


def test_a_series_is_stretched_about_the_mean() -> None:
    data = rows(MANY, 5, 2)
    mean = fit(data).mean
    factors = ((augment(data, {"name": "scale", "part": 0.3}) - mean) / (data - mean)).flatten(1)
    middle = factors.median(1).values
    assert 0.69 < float(middle.min()) < 0.72
    assert 1.28 < float(middle.max()) < 1.31


def test_tokens_become_unknown_and_padding_stays() -> None:
    data = torch.randint(2, 90, (MANY, 12), dtype=torch.int32)
    data[:, 8:] = 0
    changed = augment(data, {"name": "token_dropout", "rate": 0.25})
    assert changed.dtype == torch.int32
    assert (changed[:, 8:] == 0).all()
    replaced = changed[:, :8] != data[:, :8]
    assert (changed[:, :8][replaced] == 1).all()
    assert abs(share(replaced) - 0.25) < 0.02


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
