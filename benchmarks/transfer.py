"""Transfer learning in figures: flowers5 with the weights kept beside the project, five seeds each.

`python -m benchmarks.transfer [--seeds 5] [--only WORD]` prints a table. Each line is
`main.py train digits_cnn` with the overrides shown in docs/transfer.md and `training.seed=0` to 4.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from engine import overrides, presets
from engine import torchsetup as torchsetup
from engine.training.channel import Channel
from engine.training.session import run_recipe

DATA = Path(os.environ.get("TRAINBOARD_TEST_DATA",
                           Path(__file__).resolve().parents[2] / "shared" / "data"))  # fmt: skip
WEIGHTS = {
    "squeezenet1_1": "squeezenet1_1_caffe_v1.1-83d3fbb5.pth",
    "mobilenet_v2": "mobilenet_v2_features_deepsort-e85e75ca.pth",
}
HEAD = ("architecture.tune=head", "optimizer.lr=0.001", "training.epochs=60",
        "training.batch_size=32", "regularization.dropout=0.5")  # fmt: skip
LAST = ("architecture.tune=last_blocks", "architecture.blocks=4", "architecture.backbone_lr=0.3",
        "optimizer.lr=0.002", "optimizer.schedule=cosine", "optimizer.schedule.warmup=10",
        "training.epochs=10", "training.batch_size=16", "training.validate_every=5",
        "regularization.dropout=0.5",
        "regularization.augmentation=[flip,{name: resized_crop, smallest: 0.6}]")  # fmt: skip
AUGMENTED = ("architecture.tune=last_blocks", "architecture.blocks=2",
             "architecture.batch_norm=keeps", "architecture.backbone_lr=0.3",
             "optimizer.lr=0.001", "optimizer.schedule=cosine", "optimizer.schedule.warmup=10",
             "training.epochs=20", "training.batch_size=32", "training.validate_every=10",
             "training.memory_format=channels_last", "regularization.dropout=0.5",
             "regularization.ema=0.98",
             "regularization.augmentation=[flip,{name: resized_crop, smallest: 0.5},"
             "{name: color_jitter, hue: 0}]")  # fmt: skip
CASES: dict[str, tuple[str, bool, tuple[str, ...]]] = {
    "SqueezeNet 1.1, head": ("squeezenet1_1", True, HEAD),
    "SqueezeNet 1.1 untrained, head": ("squeezenet1_1", False, HEAD),
    "MobileNetV2, head": ("mobilenet_v2", True, HEAD),
    "MobileNetV2 untrained, head": ("mobilenet_v2", False, HEAD),
    "SqueezeNet 1.1, last 4 blocks, augmented": ("squeezenet1_1", True, LAST),
    "MobileNetV2, last 2 blocks, augmented": ("mobilenet_v2", True, AUGMENTED),
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.transfer", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="", help="measure only lines with this in their name")
    options = parser.parse_args(arguments)
    print("| network and what learns | val accuracy, mean | by seed | seconds |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="trainboard-transfer-") as place:
        for name, case in CASES.items():
            if options.only in name:
                print(_line(name, case, options.seeds, Path(place)), flush=True)
    return 0


def _line(name: str, case: tuple[str, bool, tuple[str, ...]], seeds: int, place: Path) -> str:
    model, pretrained, changes = case
    given = (
        f"architecture.weights={DATA / 'weights' / WEIGHTS[model]}"
        if pretrained else "dataset.size=224"
    )  # fmt: skip
    flowers = f"dataset.path={DATA / 'vision' / 'flowers5'}"
    scores, seconds = [], []
    for seed in range(seeds):
        wanted = ["dataset=image_folder", flowers, "architecture=torchvision", given, *changes]
        wanted += [f"architecture.model={model}", f"training.seed={seed}"]
        recipe = overrides.resolve(presets.find("digits_cnn").data(), wanted)
        started = time.monotonic()
        result = run_recipe(recipe, place / "runs", place / "data", Channel())
        assert result.status == "finished", result
        scores.append(100 * result.metrics["val_accuracy"])
        seconds.append(time.monotonic() - started)
    each = ", ".join(f"{score:.0f}" for score in scores)
    return (
        f"| {name} | {statistics.mean(scores):.1f} % | {each} | {statistics.median(seconds):.0f} |"
    )


if __name__ == "__main__":
    raise SystemExit(main())
