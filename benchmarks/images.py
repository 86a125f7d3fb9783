"""How fast pictures come from a folder: this program's loader against torchvision's.

`python -m benchmarks.images [--pictures 2000] [--size 64] [--repeats 5] [FOLDER ...]` prints a
table in Markdown and writes results/images.json. Every measurement is a process of its own; they
take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import machine
from benchmarks.harness import ROOT, Spread, child, in_turns, ratios
from benchmarks.report import Grid

RESULTS = Path(__file__).resolve().parent / "results"
BATCH = 64
EPOCHS = 4
WORKERS = 2
OURS, THEIRS = "this program", f"ImageFolder, DataLoader with {WORKERS} workers"
MOMENTS = ("first", "second", "again")
"""The first epoch with all that comes before it; the median of the later ones; and the first one
of the next training on the same folder."""


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.contender:
        print(json.dumps(_measure(options)))
        return 0
    tables, found = [], {}
    with tempfile.TemporaryDirectory(prefix="trainboard-images-") as place:
        for source in options.folders or _folders():
            name = f"{source.resolve().parent.name}-{source.name}"  # both may be called "train"
            folder = Path(place) / name
            count = _multiply(source, folder, options.pictures)
            found[name] = _in_turns(folder, options)
            tables.append(_grid(name, count, options.size, found[name]))
    print("\n".join(table.as_markdown() for table in tables))
    data = {
        "machine": machine.describe(),
        "size": options.size,
        "seconds": {
            folder: {name: {key: spread.as_json() for key, spread in values.items()}
                     for name, values in measured.items()}
            for folder, measured in found.items()
        },
    }  # fmt: skip
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "images.json").write_text(json.dumps(data, indent=1))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.images", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of class folders")
    parser.add_argument("--pictures", type=int, default=2000, help="how many, by linking them")
    parser.add_argument("--size", type=int, default=64, help="pixels of a side")
    parser.add_argument("--repeats", type=int, default=5, help="turns")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    parser.add_argument("--contender", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _folders() -> list[Path]:
    """Real photographs, and small pictures, where they are; else what comes with the program."""
    given = os.environ.get("TRAINBOARD_TEST_DATA")
    vision = (Path(given) if given else ROOT.parent / "shared" / "data") / "vision"
    real = [vision / "flowers5" / "train", vision / "cifar10_jpg_subset" / "train"]
    there = [folder for folder in real if folder.is_dir()]
    return there or [ROOT / "resources" / "samples" / "textures"]


def _multiply(source: Path, folder: Path, wanted: int) -> int:
    """At least so many pictures in class folders, each several times under other names."""
    files = sorted(path for path in source.rglob("*.jpg"))
    copies = max(1, -(-wanted // len(files)))
    for path in files:
        for number in range(copies):
            copy = folder / path.parent.relative_to(source) / f"{path.stem}-{number}.jpg"
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return copies * len(files)


def _in_turns(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, Spread]]:
    arguments = [str(folder), "--size", str(options.size)]
    jobs = {
        name: partial(child, "benchmarks.images", [*arguments, "--contender", contender])
        for name, contender in ((OURS, "ours"), (THEIRS, "theirs"))
    }
    return in_turns(jobs, options.repeats, lambda line: print(line, file=sys.stderr, flush=True))


def _grid(name: str, count: int, size: int, found: dict[str, dict[str, Spread]]) -> Grid:
    rows = []
    for moment in MOMENTS:
        ours, theirs = found[OURS][moment], found[THEIRS][moment]
        times = (f"{ours.median:.3f}", f"{theirs.median:.3f}")
        rows.append((f"{moment} epoch", *times, f"{ratios(theirs, ours).median:.1f}"))
    title = f"{count:,} pictures of {name}, {size}x{size}, in seconds"
    return Grid(title, ("", OURS, THEIRS, "times faster"), rows)


# --- In a process of its own ---------------------------------------------------------------------


def _measure(options: argparse.Namespace) -> dict[str, float]:
    from engine import torchsetup

    torchsetup.use_threads(1)
    run = _ours if options.contender == "ours" else _theirs
    (folder,) = options.folders
    with tempfile.TemporaryDirectory(prefix="trainboard-cache-") as cache:
        first, *later = run(folder, options.size, Path(cache))
        again = next(run(folder, options.size, Path(cache)))
    return {"first": first, "second": statistics.median(later), "again": again}


def _ours(folder: Path, size: int, cache: Path) -> Iterator[float]:
    """Seconds of each epoch; all pictures are training pictures here, as theirs are."""
    import torch

    from engine.datasets.base import TensorData
    from engine.datasets.image_folder import ImageFolder
    from engine.training.loader import TrainLoader

    start = time.perf_counter()
    splits = ImageFolder(path=str(folder), size=size).build(cache)
    parts = splits.named().values()
    whole = TensorData(
        torch.cat([part.inputs for part in parts]), torch.cat([part.targets for part in parts])
    )
    loader = TrainLoader(whole, BATCH, seed=0)
    for epoch in range(EPOCHS):
        loader.set_epoch(epoch)
        count = sum(len(splits.preprocess(inputs)) for inputs, _ in loader)
        yield _lap(start, count, splits.facts.samples)
        start = time.perf_counter()


def _theirs(folder: Path, size: int, cache: Path) -> Iterator[float]:
    """The same as one would write it with torchvision; its workers live on between epochs."""
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    start = time.perf_counter()
    steps = [transforms.Resize(size), transforms.CenterCrop(size), transforms.ToTensor(),
             transforms.Normalize([0.5] * 3, [0.25] * 3)]  # fmt: skip
    whole = datasets.ImageFolder(str(folder), transforms.Compose(steps))
    loader = DataLoader(
        whole, BATCH, shuffle=True, num_workers=WORKERS, persistent_workers=True
    )  # fmt: skip
    for _ in range(EPOCHS):
        count = sum(len(inputs) for inputs, _ in loader)
        yield _lap(start, count, len(whole))
        start = time.perf_counter()


def _lap(start: float, count: int, wanted: int) -> float:
    """Seconds since the start, if every picture came."""
    if count != wanted:
        raise RuntimeError(f"{count} pictures came instead of {wanted}")
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
