"""How fast batches are augmented: this program's kernels against torchvision sample by sample.

`python -m benchmarks.augmentation [--batch 128] [--threads 1] [--repeats 5]` prints a table in
Markdown and writes results/augmentation.json. Both flip, crop with padding, jitter the colours and
rotate. Every measurement is a process of its own; they take turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import machine
from benchmarks.harness import Spread, child, in_turns, ratios
from benchmarks.report import Grid

if TYPE_CHECKING:
    from torch import Tensor

RESULTS = Path(__file__).resolve().parent / "results"
SIZES = (32, 96)
WARM_UP = 2
SECONDS = 2.0
"""For so long each contender repeats its batch."""
STEPS = [
    "flip", {"name": "crop", "padding": 4},
    {"name": "color_jitter", "brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "hue": 0.05},
    {"name": "rotate", "degrees": 15},
]  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.contender:
        print(json.dumps(_measure(options)))
        return 0
    shared = ["--batch", str(options.batch), "--threads", str(options.threads)]
    jobs = {
        f"{size} {name} {kind}": partial(
            child, "benchmarks.augmentation",
            [*shared, "--size", str(size), "--kind", kind, "--contender", name],
        )
        for size in SIZES for kind in KINDS for name in CONTENDERS
    }  # fmt: skip
    found = in_turns(jobs, options.repeats, lambda line: print(line, file=sys.stderr, flush=True))
    speeds = {name: answer["images_per_second"] for name, answer in found.items()}
    print(_grid(speeds, options).as_markdown())
    data = {
        "machine": machine.describe(), "batch": options.batch, "threads": options.threads,
        "images_per_second": {name: spread.as_json() for name, spread in speeds.items()},
    }  # fmt: skip
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "augmentation.json").write_text(json.dumps(data, indent=1))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.augmentation", description=__doc__)
    parser.add_argument("--batch", type=int, default=128, help="images in a batch")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of both")
    parser.add_argument("--repeats", type=int, default=5, help="turns")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    parser.add_argument("--size", type=int, default=SIZES[0], help=argparse.SUPPRESS)
    parser.add_argument("--kind", choices=KINDS, default="list", help=argparse.SUPPRESS)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _grid(speeds: dict[str, Spread], options: argparse.Namespace) -> Grid:
    rows = []
    for size in SIZES:
        for kind, title in KINDS.items():
            ours, theirs = (speeds[f"{size} {name} {kind}"] for name in ("ours", "theirs"))
            rows.append((f"{size}x{size}, {title}", f"{ours.median:,.0f}", f"{theirs.median:,.0f}",
                         f"{ratios(ours, theirs).median:.1f}"))  # fmt: skip
    title = f"Images a second, batches of {options.batch}, {options.threads} thread(s)"
    return Grid(title, ("", "this program", "torchvision, one by one", "times faster"), rows)


# --- In a process of its own ---------------------------------------------------------------------


def _measure(options: argparse.Namespace) -> dict[str, float]:
    from engine import torchsetup

    torchsetup.use_threads(options.threads)
    import torch

    generator = torch.Generator().manual_seed(0)
    shape = (options.batch, 3, options.size, options.size)
    images = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
    augment = CONTENDERS[options.contender](images, options.kind)
    times: list[float] = []
    start = time.perf_counter()
    while len(times) < WARM_UP + 3 or time.perf_counter() - start < SECONDS:
        begin = time.perf_counter()
        assert augment(len(times)).shape == shape
        times.append(time.perf_counter() - begin)
    return {"images_per_second": options.batch / statistics.median(times[WARM_UP:])}


def _ours(images: Tensor, kind: str) -> Callable[[int], Tensor]:
    import torch

    from engine.datasets.preprocess import fit
    from engine.regularization import Regularization
    from engine.training.augment import Augment

    steps = STEPS if kind == "list" else ["trivialaugment"]
    options = Regularization.model_validate({"augmentation": steps})
    change = Augment(options.augmentation, fit(images), seed=0)
    return lambda epoch: change(images, torch.arange(len(images)), epoch)


def _theirs(images: Tensor, kind: str) -> Callable[[int], Tensor]:
    """As one writes it in a dataset's `__getitem__`."""
    import torch
    from torchvision.transforms import v2

    steps: list[torch.nn.Module] = [
        v2.RandomHorizontalFlip(),
        v2.RandomCrop(images.shape[-1], padding=4),
        v2.ColorJitter(0.2, 0.2, 0.2, 0.05),
        v2.RandomRotation(15, v2.InterpolationMode.BILINEAR),
    ]
    change = v2.Compose(steps if kind == "list" else [v2.TrivialAugmentWide()])
    return lambda _epoch: torch.stack([change(image) for image in images])


KINDS = {"list": "flip, crop, colour jitter, rotate", "policy": "TrivialAugment"}
CONTENDERS = {"ours": _ours, "theirs": _theirs}


if __name__ == "__main__":
    sys.exit(main())
