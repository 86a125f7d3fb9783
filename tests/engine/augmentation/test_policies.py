"""The published policies: their operations beside torchvision's, and how often each is chosen."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine import torchsetup as torchsetup  # before torchvision
from engine.augmentation.kernels.operations import OPERATIONS, Space, apply
from engine.augmentation.kernels.policies import (
    _AUTO,
    _CHOICES,
    _RAND,
    _WIDE,
    AutoAugmented,
    RandAugmented,
    TriviallyAugmented,
)
from engine.training.draws import Draws, streams

SPACES = {"rand": _RAND, "wide": _WIDE, "auto": _AUTO}


def images(count: int, *shape: int) -> Tensor:
    """Smooth ones: a pixel read beside the right one is not another picture."""
    from torchvision.transforms.v2 import functional

    noise = torch.rand(count, *shape, generator=torch.Generator().manual_seed(count))
    smooth = functional.gaussian_blur(noise, [9, 9], [3.0, 3.0])
    return ((smooth - smooth.amin()) / (smooth.amax() - smooth.amin()) * 255).to(torch.uint8)


def theirs(name: str, image: Tensor, level: int, sign: float, space: Space) -> Tensor:
    """One image as torchvision changes it, by its own space of strengths."""
    from torchvision.transforms import v2

    kinds: dict[Space, Any] = {_RAND: v2.RandAugment, _WIDE: v2.TrivialAugmentWide,
                               _AUTO: v2.AutoAugment}  # fmt: skip
    policy = kinds[space]()
    table = policy._AUGMENTATION_SPACE
    magnitudes, _signed = table[name]
    height, width = image.shape[-2:]
    values = magnitudes(space.bins, height, width)
    value = 0.0 if values is None else float(values[level]) * sign
    changed: Tensor = policy._apply_image_or_video_transform(
        image, name, value, interpolation=v2.InterpolationMode.NEAREST, fill={}
    )
    return changed


UNSIGNED = ("Posterize", "Solarize", "AutoContrast", "Equalize", "Invert")


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_torchvisions(name: str, space: str) -> None:
    if name == "Invert" and space != "auto":
        return
    chosen = SPACES[space]
    for level in (0, chosen.bins - 2):
        for sign in (1.0,) if name in UNSIGNED else (1.0, -1.0):
            data = images(2, 3, 24, 32)
            levels = (torch.full((2,), level), torch.full((2,), sign).double())
            ours = apply(data, [name], torch.zeros(2, dtype=torch.long), levels, chosen)
            wanted = torch.stack([theirs(name, one, level, sign, chosen) for one in data])
            apart = (ours.int() - wanted.int()).abs()
            assert ours.dtype == torch.uint8
            assert float((apart > 3).float().mean()) < 0.02, (level, sign)


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_sample_has_its_own_strength(name: str) -> None:
    data = images(31, 3, 20, 20)
    levels = (torch.arange(31), torch.ones(31).double())
    which = torch.zeros(31, dtype=torch.long)
    together = apply(data, [name], which, levels, _RAND)
    for place in range(31):
        alone = apply(data[place : place + 1], [name], which[:1],
                      (levels[0][place : place + 1], levels[1][:1]), _RAND)  # fmt: skip
        assert torch.equal(alone[0], together[place])


def test_only_the_chosen_are_changed() -> None:
    data = images(6, 3, 12, 12)
    which = torch.tensor([-1, 0, 1, 0, 1, -1])
    levels = (torch.full((6,), 30), torch.ones(6).double())
    changed = apply(data, ["Identity", "Solarize"], which, levels, _RAND)
    assert (changed != data).flatten(1).any(1).tolist() == [False, False, True, False, True, False]


# --- The policies --------------------------------------------------------------------------------


class Told:
    """Draws that are what one says."""

    def __init__(self, *columns: list[float]) -> None:
        self._numbers = torch.tensor(columns, dtype=torch.float64).T

    def __len__(self) -> int:
        return len(self._numbers)

    def uniforms(self, count: int) -> Tensor:
        assert count == self._numbers.shape[1]
        return self._numbers

    def normals(self, count: int) -> Tensor:
        raise AssertionError("no policy adds noise")


def number(name: str) -> float:
    return (_CHOICES.index(name) + 0.5) / len(_CHOICES)


def test_randaugment_makes_its_operations_in_turn() -> None:
    data = images(2, 3, 16, 16)
    names = ["Solarize", "Identity"], ["Posterize", "Rotate"]
    draws = Told(*(column for turn in names for column in ([number(n) for n in turn], [0.7, 0.1])))
    changed = RandAugmented(2, 9, 255)(data, draws)
    for place, sign in ((0, 1.0), (1, -1.0)):
        wanted = theirs(names[0][place], data[place], 9, sign, _RAND)
        wanted = theirs(names[1][place], wanted, 9, sign, _RAND)
        assert float((changed[place] != wanted).float().mean()) < 0.05


def test_trivialaugment_takes_any_level() -> None:
    data = images(2, 3, 16, 16)
    draws = Told([number("Solarize")] * 2, [0.0, 0.999], [0.5] * 2)
    changed = TriviallyAugmented(255)(data, draws)
    assert torch.equal(changed[0][data[0] < 255], data[0][data[0] < 255])
    assert torch.equal(changed[1], 255 - data[1])


@pytest.mark.parametrize("policy", ["imagenet", "cifar10", "svhn"])
def test_autoaugment_takes_one_of_25_pairs(policy: str) -> None:
    kernel = AutoAugmented(policy, 255)
    assert kernel._which.shape == kernel._chances.shape == kernel._levels.shape == (25, 2)
    assert int(kernel._levels.max()) <= 9
    data = images(400, 3, 12, 12)
    changed = kernel(data, Draws(streams(1, 0, torch.arange(400))))
    often = float((changed != data).flatten(1).any(1).float().mean())
    assert 0.5 < often < 1.0


@pytest.mark.parametrize("kernel", [RandAugmented(2, 9, 16), TriviallyAugmented(16),
                                    AutoAugmented("svhn", 16)])  # fmt: skip
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_images_on_another_scale_stay_on_it(kernel: Any, channels: int) -> None:
    data = torch.randint(0, 17, (60, channels, 8, 8), dtype=torch.uint8)
    changed = kernel(data, Draws(streams(1, 0, torch.arange(60))))
    assert changed.dtype == torch.uint8
    assert float(changed.amin()) >= 0
    assert float(changed.amax()) <= 16
    same = (changed == data).flatten(1).all(1)
    assert 0 < int(same.sum()) < 60
