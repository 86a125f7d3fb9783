"""What the speed options of a recipe bring: the same training with and without each of them.

`python -m benchmarks.options [--only WORD] [--repeats 5] [--steps 60] [--quick]` prints tables in
Markdown and writes results/options.json. Every measurement is a process of its own; they take
turns. Memory is what one forward pass keeps for the gradient.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks import machine
from benchmarks.harness import Spread, child, in_turns, ratios
from benchmarks.report import Grid
from benchmarks.workloads import NEVER

if TYPE_CHECKING:
    from engine.recipe import Recipe

RESULTS = Path(__file__).resolve().parent / "results"
WARM_UP = 10
QUICK = 3
"""Steps of a quick run, which shows that everything works and measures nothing."""
Sections = Mapping[str, Any]
Found = Mapping[str, Mapping[str, Spread]]

CNN = {"name": "cnn", "channels": [32, 64], "depth": 2}
MLP = {"name": "mlp", "hidden": [512, 512]}


@dataclass(frozen=True)
class Option:
    """An option, the recipe that it is tried on, and the values, the first of which is usual.

    `memory` says whether it is there to save some.
    """

    path: str
    title: str
    sections: Sections
    values: tuple[Any, ...]
    memory: bool = False

    def recipe_data(self, value: Any, steps: int) -> dict[str, Any]:
        """The whole recipe with one of the values."""
        section, _, name = self.path.partition(".")
        data = {"version": 1, "name": "options", "dataset": "digits", **self.sections}
        usual = {"steps": steps, "threads": 1, "device": "cpu", "validate_every": NEVER}
        data["training"] = {**usual, **data.get("training", {})}
        data[section] = {**data.get(section, {}), name: value}
        return data


def options() -> dict[str, Option]:
    """Every option that is measured, by its name; threads up to the cores of this machine."""
    cores = psutil.cpu_count(logical=False) or 1
    threads = tuple(dict.fromkeys((1, *(n for n in (2, 4, 8) if n <= cores), cores)))
    by_128, by_512 = ({"training": {"batch_size": size}} for size in (128, 512))
    return {
        "memory_format": Option(
            "training.memory_format", "CNN of 32 and 64 channels, digits, batch 128, one thread",
            {"architecture": CNN, **by_128}, ("contiguous", "channels_last"),
        ),
        "checkpoint_activations": Option(
            "training.checkpoint_activations", "the same CNN, batch 512, one thread",
            {"architecture": CNN, **by_512}, (False, True), memory=True,
        ),
        "implementation": Option(
            "optimizer.implementation", "AdamW, MLP of 512 and 512, digits, batch 64, one thread",
            {"architecture": MLP, "optimizer": {"name": "adamw"},
             "training": {"batch_size": 64}}, ("loop", "foreach", "fused"),
        ),
        "threads": Option(
            "training.threads", "the CNN, batch 128", {"architecture": CNN, **by_128}, threads
        ),
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    given = _arguments(arguments)
    if given.measure:
        print(json.dumps(_measured(json.loads(given.measure), given.warm_up)))
        return 0
    chosen = {name: each for name, each in options().items() if given.only in name}
    steps, warm_up = (QUICK, 1) if given.quick else (given.steps + WARM_UP, WARM_UP)
    found = {}
    for name, option in chosen.items():
        jobs = {
            str(value): partial(child, "benchmarks.options", [
                "--measure", json.dumps(option.recipe_data(value, steps)),
                "--warm-up", str(warm_up)])
            for value in option.values
        }  # fmt: skip
        found[name] = in_turns(jobs, given.repeats, lambda line: print(line, file=sys.stderr))
        print(table(option, found[name]).as_markdown(), flush=True)
    _write(found, given)
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.options", description=__doc__)
    parser.add_argument("--only", default="", help="only options with this in their name")
    parser.add_argument("--repeats", type=int, default=5, help="turns")
    parser.add_argument("--steps", type=int, default=60, help="steps that are timed")
    parser.add_argument("--quick", action="store_true", help="a few steps, to see that it works")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--warm-up", type=int, default=WARM_UP, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _write(found: Mapping[str, Found], given: argparse.Namespace) -> None:
    data = {
        "machine": machine.describe(), "quick": given.quick, "steps": given.steps,
        "measured": {name: {value: {key: spread.as_json() for key, spread in spreads.items()}
                            for value, spreads in by_value.items()}
                     for name, by_value in found.items()},
    }  # fmt: skip
    given.results.mkdir(parents=True, exist_ok=True)
    (given.results / "options.json").write_text(json.dumps(data, indent=1), encoding="utf-8")


def table(option: Option, found: Found) -> Grid:
    """What was measured of one option, each value beside the first."""
    columns: tuple[str, ...] = ("", "ms a step", "lowest to highest", "times the first")
    columns += ("kept for the gradient, MB", "times the first") if option.memory else ()
    rows = [(value, *_cells(option, spreads, found)) for value, spreads in found.items()]
    return Grid(f"{option.path}: {option.title}", columns, rows)


def _cells(option: Option, spreads: Mapping[str, Spread], found: Found) -> Iterator[str]:
    first = next(iter(found.values()))
    step = spreads["step"]
    yield f"{step.median * 1e3:.2f}"
    yield f"{min(step.values) * 1e3:.2f} to {max(step.values) * 1e3:.2f}"
    yield f"{ratios(step, first['step']).median:.2f}"
    if option.memory:
        yield f"{spreads['memory'].median / 1e6:.0f}"
        yield f"{ratios(spreads['memory'], first['memory']).median:.2f}"


# --- In a process of its own ---------------------------------------------------------------------


def _measured(data: dict[str, Any], warm_up: int) -> dict[str, float]:
    """Seconds a step behind the warm-up, and bytes kept for the gradient of a batch."""
    from engine import torchsetup as torchsetup  # isort: skip  torchvision must be mended first
    from engine.recipe import Recipe
    from engine.training.channel import Channel
    from engine.training.session import run_recipe

    channel, recipe = Channel(), Recipe.parse(data)
    with tempfile.TemporaryDirectory(prefix="trainboard-options-") as place:
        result = run_recipe(recipe, Path(place) / "runs", Path(place), channel)
    if result.status != "finished":
        raise RuntimeError(f"The training ended as {result.status}")
    times = channel.log.series("train_loss").since()["time"]
    step = float(times[-1] - times[warm_up - 1]) / (len(times) - warm_up)
    return {"step": step, "memory": float(_kept(recipe))}


def _kept(recipe: Recipe) -> int:
    """Bytes of all tensors that a forward pass of one batch keeps, each once."""
    import torch

    from engine.architectures.making import network_of
    from engine.training.recompute import checkpoint_activations

    facts = recipe.dataset.facts()
    network = network_of(recipe, facts)
    if recipe.training.checkpoint_activations:
        checkpoint_activations(network)
    kept: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        answers = network(torch.zeros(recipe.training.batch_size, *facts.shape))
    del answers  # alive until here, so that no storage is given to two tensors
    return sum(kept.values())


if __name__ == "__main__":
    sys.exit(main())
