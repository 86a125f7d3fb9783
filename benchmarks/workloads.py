"""What is trained in the comparison: recipes, and data for them without a download."""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.recipe import Recipe

NEVER = 1e6
"""Epochs between validations: training alone is timed."""

_MNIST_FILES = {
    "train-images-idx3-ubyte": (60_000, 28, 28),
    "train-labels-idx1-ubyte": (60_000,),
    "t10k-images-idx3-ubyte": (10_000, 28, 28),
    "t10k-labels-idx1-ubyte": (10_000,),
}


@dataclass(frozen=True)
class Workload:
    """A recipe to train, and for how many batches: `warm_up` of them before the clock starts.

    `slow` is for contenders that prepare sample by sample, which need fewer to be measured;
    `block` is how many batches a contender makes before it is another one's turn. Of `made_up`
    data, so many random samples are for training; 0 for real data.
    """

    name: str
    title: str
    sections: dict[str, Any]
    warm_up: int
    batches: int
    slow: int
    block: int
    made_up: int = 0

    def recipe(self, steps: int, threads: int | None) -> Recipe:
        """The recipe for so many steps, on so many CPU threads or what a run would choose."""
        training = {
            **self.sections["training"],
            "steps": steps,
            "threads": threads,
            "device": "cpu",
            "validate_every": NEVER,
        }
        return Recipe.parse(
            {"version": 1, "name": self.name, **self.sections, "training": training}
        )


_ADAMW = {"name": "adamw", "lr": 1e-3}
WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "mnist_mlp",
            "MNIST, MLP 784-128-64-10, batch 128",
            {
                "dataset": "mnist",
                "architecture": {"name": "mlp", "hidden": [128, 64]},
                "optimizer": _ADAMW,
                "training": {"batch_size": 128},
            },
            warm_up=200,
            batches=2000,
            slow=250,
            block=50,
        ),
        Workload(
            "mnist_cnn",
            "MNIST, two convolutions (16, 32), batch 128",
            {
                "dataset": "mnist",
                "architecture": {"name": "cnn", "channels": [16, 32], "norm": "none"},
                "optimizer": _ADAMW,
                "training": {"batch_size": 128},
            },
            warm_up=20,
            batches=240,
            slow=60,
            block=10,
        ),
        Workload(
            "resnet18",
            "ResNet-18, 32×32 pixels in colour, batch 128",
            {
                "dataset": "cifar10",
                "architecture": {"name": "torchvision", "model": "resnet18"},
                "optimizer": _ADAMW,
                "training": {"batch_size": 128},
            },
            warm_up=3,
            batches=16,
            slow=8,
            block=2,
            made_up=6_400,
        ),
        Workload(
            "digits_cnn",
            "Digits 8×8, CNN 16-32, batch 64",
            {
                "dataset": "digits",
                "architecture": {"name": "cnn", "channels": [16, 32], "hidden": [64]},
                "optimizer": _ADAMW,
                "training": {"batch_size": 64},
            },
            warm_up=100,
            batches=800,
            slow=300,
            block=50,
        ),
    )
}


def mnist_archives() -> Path | None:
    """Where MNIST's original archives are, if they are."""
    given = os.environ.get("TRAINBOARD_TEST_DATA")
    data = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = data / "vision" / "MNIST" / "raw"
    return folder if folder.is_dir() else None


def prepare_mnist(folder: Path, source: Path | None) -> str:
    """Put MNIST into `folder` as torchvision wants it, and say which: "real" or "synthetic".

    `source` holds the original archives in MNIST/raw; they are copied, because they are unpacked
    where they lie. Without them random images of the same shapes are written.
    """
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    archives = [] if source is None else [source / f"{name}.gz" for name in _MNIST_FILES]
    if archives and all(path.is_file() for path in archives):
        for path in archives:
            shutil.copy(path, raw)
        return "real"
    random = np.random.default_rng(0)
    for name, shape in _MNIST_FILES.items():
        values = random.integers(0, 10 if len(shape) == 1 else 256, shape, dtype=np.uint8)
        _write_idx(raw / name, values, shape)
    return "synthetic"


def _write_idx(path: Path, values: np.ndarray[Any, Any], shape: Sequence[int]) -> None:
    """The format of MNIST's files: a magic number with the count of dimensions, sizes, bytes."""
    header = struct.pack(f">{1 + len(shape)}I", 0x800 + len(shape), *shape)
    path.write_bytes(header + values.tobytes())
