"""A pretrained network sees and answers as torchvision's own does with its published transform."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import models, transforms

from engine.architectures.making import network_of
from engine.architectures.weights.beginning import beginning
from engine.datasets.base import Splits
from engine.recipe import Recipe

MODEL = "squeezenet1_1"
TRANSFORM = transforms.Compose([
    transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])  # fmt: skip
"""What torchvision documents for the weights of this network."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two classes of ten pictures of 640 x 512: large shapes, and grain that only a resampling
    which takes the mean of neighbouring pixels smooths out."""
    chance = np.random.default_rng(0)
    for name in "ab":
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(10):
            coarse = Image.fromarray(chance.integers(0, 256, (6, 8, 3), np.uint8))
            shapes = np.asarray(coarse.resize((640, 512), Image.Resampling.BICUBIC), np.float64)
            grainy = shapes + chance.normal(0, 30, shapes.shape)
            whole = Image.fromarray(grainy.clip(0, 255).astype(np.uint8))
            whole.save(tmp_path / "pictures" / name / f"{number}.png")
    return tmp_path / "pictures"


def nearest(picture: Tensor, among: Tensor) -> Tensor:
    """The one of (N, C, H, W) that differs least from (C, H, W)."""
    return among[(among - picture).abs().mean((1, 2, 3)).argmin()]


def test_pixels_and_features_are_those_of_torchvision(pictures: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    theirs = models.get_model(MODEL, weights=None).eval()
    torch.save(theirs.state_dict(), tmp_path / "file.pth")
    architecture = {"name": "torchvision", "model": MODEL, "weights": str(tmp_path / "file.pth")}
    recipe = Recipe.parse(
        {"version": 1, "dataset": {"name": "image_folder", "path": str(pictures)},
         "architecture": architecture}
    )  # fmt: skip
    built: Splits = recipe.dataset.build(tmp_path / "data", lambda *_: None)
    splits = recipe.architecture.prepared(built)
    seen = splits.preprocess(splits.val.inputs)

    published = torch.stack([TRANSFORM(Image.open(file)) for file in pictures.rglob("*.png")])
    wanted = torch.stack([nearest(picture, published) for picture in seen])
    assert (seen - wanted).abs().max() < 0.05  # three of 255 levels

    network = network_of(recipe, splits.facts)
    weights = beginning(recipe, splits.facts, tmp_path)
    assert weights is not None
    weights.put_into(network)
    network.eval()
    with torch.no_grad():
        ours = network.get_submodule("backbone")(seen)
        assert torch.equal(ours, theirs.features(seen).mean((2, 3)))
