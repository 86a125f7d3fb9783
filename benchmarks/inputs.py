"""How fast batches of MNIST come: this program's loader, slices by hand, and torchvision's way.

`python -m benchmarks.inputs [--batch 128] [--repeats 5]` prints a table in Markdown and writes
results/inputs.json. Every measurement is a process of its own; they take turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.harness import Spread, child, in_turns, ratios
from benchmarks.report import Grid
from benchmarks.workloads import mnist_archives, prepare_mnist

RESULTS = Path(__file__).resolve().parent / "results"
EPOCHS = 6
SAMPLES = 60_000
SLOW = 10_000
"""Samples that are enough to measure what prepares them one by one."""
MEAN, STD = 33.3184, 78.5675
"""Of MNIST's pixels, as everybody writes them (0.1307 and 0.3081, times 255)."""


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.contender:
        print(json.dumps(_measure(options)))
        return 0
    with tempfile.TemporaryDirectory(prefix="trainboard-inputs-") as place:
        mnist = prepare_mnist(Path(place), mnist_archives())
        jobs = {
            name: partial(child, "benchmarks.inputs",
                          ["--data", place, "--batch", str(options.batch), "--contender", name])
            for name in CONTENDERS
        }  # fmt: skip
        found = in_turns(jobs, options.repeats, lambda line: print(line, file=sys.stderr))
    table = _grid(found, mnist, options.batch)
    print(table.as_markdown())
    seconds = {name: values["epoch"].as_json() for name, values in found.items()}
    data = {"machine": machine.describe(), "batch": options.batch, "mnist": mnist,
            "seconds": seconds}  # fmt: skip
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "inputs.json").write_text(json.dumps(data, indent=1))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.inputs", description=__doc__)
    parser.add_argument("--batch", type=int, default=128, help="samples of a batch")
    parser.add_argument("--repeats", type=int, default=5, help="turns")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--contender", choices=tuple(CONTENDERS), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _grid(found: dict[str, dict[str, Spread]], mnist: str, batch: int) -> Grid:
    ours = found["ours"]["epoch"]
    rows = [
        (title, f"{found[name]['epoch'].median * 1e3:.0f}",
         f"{ratios(found[name]['epoch'], ours).median:.2f}")
        for name, (title, _) in CONTENDERS.items()
    ]  # fmt: skip
    title = f"One epoch of {mnist} MNIST, batches of {batch} normalised, one thread"
    return Grid(title, ("", "milliseconds", "times ours"), rows)


# --- In a process of its own ---------------------------------------------------------------------


def _measure(options: argparse.Namespace) -> dict[str, float]:
    from engine import torchsetup

    torchsetup.use_threads(1)
    _, contender = CONTENDERS[options.contender]
    seconds = []
    for epoch in contender(options.data, options.batch):
        start = time.perf_counter()
        count = sum(len(inputs) for inputs, _ in epoch)
        if count < SLOW:
            raise RuntimeError(f"only {count} samples came")
        seconds.append((time.perf_counter() - start) * SAMPLES / count)
    return {"epoch": statistics.median(seconds[1:])}


Batches = Iterable[tuple[Sized, object]]


def _ours(data: Path, batch: int) -> Iterator[Batches]:
    """The loader of a training, and the preprocessing of its first step."""
    from engine.datasets.mnist import Mnist
    from engine.training.loader import TrainLoader

    splits = Mnist(val_fraction=1e-4).build(data)
    loader = TrainLoader(splits.train, batch, seed=0)
    for number in range(EPOCHS):
        loader.set_epoch(number)
        yield ((splits.preprocess(inputs), targets) for inputs, targets in loader)


def _by_hand(data: Path, batch: int) -> Iterator[Batches]:
    """Tensors in memory, a permutation, and slices of it."""
    import torch

    whole = _mnist(data)
    inputs, targets = whole.data[:, None], whole.targets
    for _ in range(EPOCHS):
        order = torch.randperm(len(targets))
        yield (((inputs.index_select(0, part).float() - MEAN) / STD, targets[part])
               for part in torch.split(order, batch))  # fmt: skip


def _tutorial(data: Path, batch: int) -> Iterator[Batches]:
    """What every tutorial shows: a transform of each sample, and a DataLoader."""
    from torch.utils.data import DataLoader
    from torchvision import transforms

    steps = [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    loader = DataLoader(_mnist(data, transforms.Compose(steps)), batch, shuffle=True)
    for _ in range(2):
        yield islice(loader, -(-SLOW // batch))


def _mnist(data: Path, transform: Callable[[Any], Any] | None = None) -> Any:
    from torchvision import datasets

    return datasets.MNIST(str(data), train=True, download=True, transform=transform)


CONTENDERS = {
    "ours": ("this program", _ours),
    "hand": ("slices of tensors, by hand", _by_hand),
    "tutorial": ("torchvision's dataset, transforms and a DataLoader", _tutorial),
}


if __name__ == "__main__":
    sys.exit(main())
