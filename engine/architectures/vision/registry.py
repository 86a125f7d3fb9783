"""Torchvision's networks for classification: their names, and the sizes of images that they take.

Written down here, because a recipe is read without torch; a test compares it with torchvision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ModelName = Literal[
    "alexnet", "convnext_base", "convnext_large", "convnext_small", "convnext_tiny",
    "densenet121", "densenet161", "densenet169", "densenet201", "efficientnet_b0",
    "efficientnet_b1", "efficientnet_b2", "efficientnet_b3", "efficientnet_b4",
    "efficientnet_b5", "efficientnet_b6", "efficientnet_b7", "efficientnet_v2_l",
    "efficientnet_v2_m", "efficientnet_v2_s", "googlenet", "inception_v3", "maxvit_t",
    "mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3", "mobilenet_v2",
    "mobilenet_v3_large", "mobilenet_v3_small", "regnet_x_16gf", "regnet_x_1_6gf",
    "regnet_x_32gf", "regnet_x_3_2gf", "regnet_x_400mf", "regnet_x_800mf", "regnet_x_8gf",
    "regnet_y_128gf", "regnet_y_16gf", "regnet_y_1_6gf", "regnet_y_32gf", "regnet_y_3_2gf",
    "regnet_y_400mf", "regnet_y_800mf", "regnet_y_8gf", "resnet101", "resnet152", "resnet18",
    "resnet34", "resnet50", "resnext101_32x8d", "resnext101_64x4d", "resnext50_32x4d",
    "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0",
    "squeezenet1_0", "squeezenet1_1", "swin_b", "swin_s", "swin_t", "swin_v2_b", "swin_v2_s",
    "swin_v2_t", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19",
    "vgg19_bn", "vit_b_16", "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32", "wide_resnet101_2",
    "wide_resnet50_2",
]  # fmt: skip

NAMES: tuple[str, ...] = get_args(ModelName)

_OTHER_SIZES = {
    "efficientnet_b1": 240, "efficientnet_b2": 288, "efficientnet_b3": 300,
    "efficientnet_b4": 380, "efficientnet_b5": 456, "efficientnet_b6": 528,
    "efficientnet_b7": 600, "efficientnet_v2_l": 480, "efficientnet_v2_m": 480,
    "efficientnet_v2_s": 384, "inception_v3": 299, "regnet_y_128gf": 384, "swin_v2_b": 256,
    "swin_v2_s": 256, "swin_v2_t": 256, "vit_h_14": 518,
}  # fmt: skip
"""The sides of the images that published weights were made for, where they are not 224."""

_RESIZED = {
    "convnext": 232, "convnext_small": 230, "convnext_tiny": 236, "efficientnet_b1": 255,
    "efficientnet_b2": 288, "efficientnet_b3": 320, "efficientnet_b4": 384,
    "efficientnet_b5": 456, "efficientnet_b6": 528, "efficientnet_b7": 600,
    "efficientnet_v2_l": 480, "efficientnet_v2_m": 480, "efficientnet_v2_s": 384,
    "inception_v3": 342, "maxvit_t": 224, "mnasnet0_75": 232, "mnasnet1_3": 232,
    "mobilenet_v2": 232, "mobilenet_v3_large": 232, "regnet": 232, "regnet_y_128gf": 384,
    "resnet101": 232, "resnet152": 232, "resnet50": 232, "resnext": 232,
    "shufflenet_v2_x1_5": 232, "shufflenet_v2_x2_0": 232, "swin_b": 238, "swin_s": 246,
    "swin_t": 232, "swin_v2_b": 272, "swin_v2_s": 260, "swin_v2_t": 260, "vit_h_14": 518,
    "vit_l_16": 242, "wide_resnet": 232,
}  # fmt: skip
"""The shorter side that images were brought to before their middle was cut out for the published
weights, by the beginning of a name (the longest counts), where it is not 256."""
_BICUBIC = ("efficientnet_b0", "efficientnet_b2", "efficientnet_b3", "efficientnet_b4",
            "efficientnet_b5", "efficientnet_b6", "efficientnet_b7", "efficientnet_v2_l",
            "maxvit_t", "regnet_y_128gf", "swin", "vit_h_14")  # fmt: skip
"""The beginnings of the names of those whose images were resized with bicubic interpolation."""
_LONGEST_FIRST = sorted(_RESIZED, key=len, reverse=True)

_SMALLEST = {
    "alexnet": 63, "convnext": 32, "densenet": 29, "googlenet": 15, "inception": 75,
    "squeezenet1_0": 21, "squeezenet1_1": 17, "vgg": 32,
}  # fmt: skip
"""The smallest side of an image, by the beginning of a name: below, nothing is left of it on the
way. The others take any."""

_STEPS = {"maxvit_t": 224, "vit_h_14": 14, "vit_b_16": 16, "vit_l_16": 16, "vit_b_32": 32,
          "vit_l_32": 32}  # fmt: skip
"""What the side must be a multiple of: the patches of a vision transformer, the windows of
MaxViT."""


@dataclass(frozen=True)
class Sides:
    """The sides of images that a network takes: from `smallest` on, in steps of `step`.

    `usual` is the side that its published weights were made for, the middle of images whose
    shorter side was `resized`; `square` if both sides of an image must be the same.
    """

    usual: int
    resized: int
    smallest: int = 1
    step: int = 1
    square: bool = False

    @property
    def zoom(self) -> float:
        """How many times as long the sides of images were before their middle was cut out."""
        return round(self.resized / self.usual, 4)

    def takes(self, height: int, width: int) -> bool:
        """Whether images of this size pass."""
        fits = all(side >= self.smallest and side % self.step == 0 for side in (height, width))
        return fits and (height == width or not self.square)

    def nearest(self, height: int, width: int) -> tuple[int, int]:
        """The size nearest to this one that passes, height and width."""
        if self.square:
            height = width = max(height, width)
        return self._side(height), self._side(width)

    def _side(self, side: int) -> int:
        below = side // self.step * self.step
        near = below if side - below <= self.step / 2 else below + self.step
        return max(self.smallest, near, self.step)


def sides_of(model: str) -> Sides:
    """The sides of images that one of torchvision's networks takes."""
    smallest = next((s for name, s in _SMALLEST.items() if model.startswith(name)), 1)
    step = _STEPS.get(model, 1)
    square = model.startswith(("vit", "maxvit"))
    resized = next((_RESIZED[begin] for begin in _LONGEST_FIRST if model.startswith(begin)), 256)
    return Sides(_OTHER_SIZES.get(model, 224), resized, max(smallest, step), step, square)


def is_bicubic(model: str) -> bool:
    """Whether the images that its published weights were made for were resized bicubically."""
    return model.startswith(_BICUBIC)
