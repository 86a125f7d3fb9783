"""What an epoch costs when only the head learns: with features computed once, and without.

`python -m benchmarks.features [--data DIR] [--model NAME] [--repeats 3]` prints a table.
Both are real trainings with validation, in turns in one process. The second has an augmentation
that practically never happens, with which every sample passes the frozen backbone in each epoch.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

from engine import torchsetup as torchsetup
from engine.recipe import Recipe
from engine.training.channel import Channel
from engine.training.session import run_recipe

EPOCHS = {"features once": 40, "backbone each time": 1}
NEVER = {"name": "flip", "p": 1e-9}


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    found: dict[str, list[float]] = {name: [] for name in EPOCHS}
    with tempfile.TemporaryDirectory(prefix="trainboard-features-") as place:
        for _ in range(options.repeats):
            for name in EPOCHS:
                found[name].append(_seconds(_recipe(options, name), Path(place)))
    once, each = (statistics.median(seconds) for seconds in found.values())
    print("| only the head learns | seconds an epoch | ratio |\n|---|---|---|")
    print(f"| features once | {once:.4f} | 1 |")
    print(f"| backbone each time | {each:.3f} | {each / once:.0f} |")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.features", description=__doc__)
    shared = Path(__file__).resolve().parents[2] / "shared" / "data"
    data = Path(os.environ.get("TRAINBOARD_TEST_DATA", shared)) / "vision" / "flowers5"
    parser.add_argument("--data", type=Path, default=data, help="a folder of pictures by class")
    parser.add_argument("--model", default="squeezenet1_1")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args(arguments)


def _recipe(options: argparse.Namespace, name: str) -> Recipe:
    each_time = name == "backbone each time"
    data: dict[str, Any] = {
        "version": 1,
        "dataset": {"name": "image_folder", "path": str(options.data), "size": 224},
        "architecture": {"name": "torchvision", "model": options.model, "tune": "head"},
        "regularization": {"augmentation": [NEVER] if each_time else []},
        "training": {"epochs": EPOCHS[name], "batch_size": 32},
    }
    return Recipe.parse(data)


def _seconds(recipe: Recipe, place: Path) -> float:
    """Of one epoch with its validation."""
    result = run_recipe(recipe, place / "runs", place / "data", Channel())
    assert result.status == "finished", result
    return result.seconds / result.epochs


if __name__ == "__main__":
    raise SystemExit(main())
