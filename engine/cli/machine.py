"""Commands about this machine and what suits it: devices, find."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine import overrides as override_grammar
from engine import paths
from engine import presets as presets_folder
from engine.cli.consent import AllowCode
from engine.cli.output import columns, json_line, memory, say
from engine.cli.recipes import Json, Overrides, PresetName
from engine.cli.train import DataDir

if TYPE_CHECKING:
    from engine.finders.batchsize import Largest
    from engine.finders.learningrate import Curve
    from engine.recipe import Recipe

SHOWN = 20
"""Points of a curve that are printed."""


class Wanted(StrEnum):
    """What can be found."""

    lr = "lr"
    batch = "batch"


Steps = Annotated[
    int, typer.Option("--steps", metavar="N", min=20, max=10_000, help="Steps of the lr test.")
]


def devices(json: Json = False) -> None:
    """List what can be computed on: name, memory, and precisions that are not there."""
    from engine.devices import list_devices

    found = list_devices()
    if json:
        json_line([device.as_json() for device in found])
        return
    for device in found:
        print(device)
        for precision, reason in device.as_json()["unsupported"].items():
            print(f"    {precision}: {reason}")


def find(
    what: Annotated[Wanted, typer.Argument(help="The learning rate, or the batch size.")],
    preset: PresetName,
    overrides: Overrides = None,
    steps: Steps = 100,
    data_dir: DataDir = None,
    allow_code: AllowCode = None,
    json: Json = False,
) -> None:
    """Find a learning rate (range test) or the largest batch that fits, without training a run."""
    recipe = override_grammar.resolve(presets_folder.find(preset).data(), overrides or [])
    data = data_dir or paths.data_dir()
    if what is Wanted.lr:
        _find_rate(recipe, data, steps, json=json)
    else:
        _find_batch(recipe, data, json=json)


def _find_rate(recipe: Recipe, data_dir: Path, steps: int, *, json: bool) -> None:
    from engine.finders.learningrate import find_learning_rate

    with redirect_stdout(sys.stderr):  # libraries talk while they load
        curve = find_learning_rate(recipe, data_dir, steps=steps)
    assert curve is not None  # nothing cancels it here but Ctrl-C
    if json:
        json_line(curve.as_json())
    else:
        _show_rate(curve)


def _find_batch(recipe: Recipe, data_dir: Path, *, json: bool) -> None:
    from engine.finders.batchsize import find_batch_size

    with redirect_stdout(sys.stderr):
        largest = find_batch_size(recipe, data_dir)
    assert largest is not None
    if json:
        json_line(largest.as_json())
    else:
        _show_batch(largest)


def _show_rate(curve: Curve) -> None:
    every = max(1, len(curve.rates) // SHOWN)
    rows = [
        [f"{rate:.2g}", f"{loss:.4g}"]
        for rate, loss in list(zip(curve.rates, curve.smoothed, strict=True))[::every]
    ]
    print(columns([["lr", "loss"], *rows]))
    if curve.suggestion is None:
        say("The loss falls at no learning rate: look at the data, or at the network")
        return
    print(f"optimizer.lr={curve.suggestion:g}  (where the loss falls fastest)")


def _show_batch(largest: Largest) -> None:
    free = "" if largest.free is None else f" of {memory(largest.free)} free"
    print(
        f"training.batch_size={largest.batch_size}  (limited by {largest.limited_by}; about"
        f" {memory(largest.needed)}{free})"
    )
