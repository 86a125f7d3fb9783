"""`make figures`: trains the shipped presets over several seeds and writes what they reach.

Takes minutes. Writes docs/figures.md; exits with 1 when a promised figure is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks import machine
from engine.overrides import resolve
from engine.presets import find
from engine.runs.atomic import write_atomically
from engine.training.channel import Channel
from engine.training.events import Result
from engine.training.session import run_recipe

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "figures.md"


@dataclass(frozen=True)
class Figure:
    """A preset, the metric that speaks for it, and the least that is promised of its mean."""

    preset: str
    metric: str
    promised: float | None = None
    seeds: int = 5


FIGURES = (
    Figure("digits_mlp", "val_accuracy"),
    Figure("digits_cnn", "val_accuracy", 0.98),
    Figure("digits_rnn", "val_accuracy"),
    Figure("mnist_mlp", "test_accuracy", seeds=1),
    Figure("mnist_cnn", "test_accuracy", 0.985, seeds=1),
    Figure("iris_mlp", "val_accuracy", 0.93),
    Figure("wine_lbfgs", "val_accuracy"),
    Figure("breast_cancer_mlp", "val_accuracy"),
    Figure("diabetes_mlp", "val_r2"),
    Figure("cars_mlp", "val_r2"),
    Figure("weather_mlp", "val_accuracy"),
    Figure("photos_cnn", "val_accuracy"),
    Figure("spam_text", "val_accuracy"),
    Figure("names_rnn", "val_accuracy"),
    Figure("corpus_rnn", "val_perplexity", seeds=1),
    Figure("temperature_forecast", "val_mae_vs_seasonal_naive"),
)
UNMEASURED = ("fashion_cnn", "cifar10_cnn")


@dataclass(frozen=True)
class Row:
    """What one preset reached, a value a seed, and the seconds of the slowest of its runs."""

    figure: Figure
    values: tuple[float, ...]
    test_values: tuple[float, ...]
    seconds: float

    @property
    def kept(self) -> bool:
        """Whether the mean is what was promised."""
        promised = self.figure.promised
        return promised is None or statistics.mean(self.values) >= promised

    def markdown(self) -> str:
        """One line of the table."""
        figure = self.figure
        spread = f"{min(self.values):.4f} to {max(self.values):.4f}" if figure.seeds > 1 else ""
        promised = f"{figure.promised}" if figure.promised is not None else ""
        cells = (figure.preset, figure.metric, f"{statistics.mean(self.values):.4f}", spread,
                 f"{statistics.mean(self.test_values):.4f}", promised, str(figure.seeds),
                 f"{self.seconds:.0f} s")  # fmt: skip
        return f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="figures", description=__doc__)
    parser.add_argument("--only", nargs="*", help="names of presets")
    options = parser.parse_args(arguments)
    console = Console(stderr=True)
    rows = []
    with TemporaryDirectory(prefix="trainboard-figures-") as folder:
        data_dir = _data(Path(folder))
        for figure in FIGURES:
            if options.only and figure.preset not in options.only:
                continue
            if figure.preset.startswith("mnist") and not (data_dir / "MNIST").is_dir():
                console.print(f"{figure.preset}: no MNIST here, not measured")
                continue
            rows.append(_measure(figure, Path(folder), data_dir))
            console.print(rows[-1].markdown(), highlight=False)
    if not options.only:
        write_atomically(PAGE, _page(rows).encode())
    return 0 if all(row.kept for row in rows) else 1


def _data(folder: Path) -> Path:
    """A folder with MNIST in it, where it is at hand: the archives are copied, then unpacked."""
    data_dir = folder / "data"
    shared = Path(os.environ.get("TRAINBOARD_TEST_DATA", ROOT.parent / "shared" / "data"))
    archives = shared / "vision" / "MNIST"
    if archives.is_dir():
        shutil.copytree(archives, data_dir / "MNIST", copy_function=shutil.copyfile)
    return data_dir


def _measure(figure: Figure, folder: Path, data_dir: Path) -> Row:
    results = [_train(figure.preset, seed, folder, data_dir) for seed in range(figure.seeds)]
    test_metric = figure.metric.replace("val_", "test_")
    return Row(
        figure,
        tuple(result.metrics[figure.metric] for result in results),
        tuple(result.metrics[test_metric] for result in results),
        max(result.seconds for result in results),
    )


def _train(preset: str, seed: int, folder: Path, data_dir: Path) -> Result:
    recipe = resolve(find(preset).data(), [f"training.seed={seed}"])
    result = run_recipe(recipe, folder / "runs", data_dir, Channel())
    if result.status != "finished":
        sys.exit(f"{preset} with seed {seed} {result.status}")
    return result


def _page(rows: list[Row]) -> str:
    about = "\n".join(f"- {name}: {value}" for name, value in machine.describe().items())
    table = "\n".join(row.markdown() for row in rows)
    unmeasured = ", ".join(f"`{name}`" for name in UNMEASURED)
    return f"""# What the presets reach

Made by `make figures`: each preset trained with so many seeds (weights, shuffle and dropout; the
split stays the same), measured with the weights after the last step.

| preset | metric | mean | range | on test | promised | seeds | longest run |
| --- | --- | --- | --- | --- | --- | --- | --- |
{table}

{unmeasured}: not measured here, since their data has to be downloaded; their loading is tested on
small generated files of the same format.

Measured on:

{about}
"""


if __name__ == "__main__":
    sys.exit(main())
