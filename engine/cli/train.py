"""The train command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine import overrides as override_grammar
from engine import paths
from engine import presets as presets_folder
from engine.cli.consent import AllowCode
from engine.cli.output import json_line
from engine.cli.recipes import Json, Overrides, PresetName
from engine.problems import ProblemError
from engine.training.begin import New

RunsDir = Annotated[
    Path | None,
    typer.Option("--runs-dir", metavar="DIR", help="The run library (default: the user's own)."),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Where downloaded datasets are kept."),
]
QuietFlag = Annotated[bool, typer.Option("--quiet", help="No progress bar.")]


def train(
    preset: PresetName,
    overrides: Overrides = None,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    allow_code: AllowCode = None,
    json: Json = False,
    quiet: QuietFlag = False,
    checkpoint_every_steps: Annotated[
        int | None,
        typer.Option(metavar="N", help="Keep a checkpoint every N steps (those to fork from)."),
    ] = None,
) -> None:
    """Train a recipe in the terminal.

    Ends with the run folder and the final metrics. Exit status: 0 done, 1 the training failed,
    2 bad input, 130 after Ctrl-C, which saves a checkpoint first.
    """
    from engine.cli.fetching import with_networks
    from engine.cli.headless import Headless, failed_before_training

    changes = list(overrides or [])
    if checkpoint_every_steps is not None:
        changes.append(f"training.checkpoint_every_steps={checkpoint_every_steps}")
    try:
        data = presets_folder.find(preset).data()
        recipe = with_networks(lambda: override_grammar.resolve(data, changes), quiet=quiet)
    except ProblemError as error:
        if json:
            json_line(failed_before_training(error.problems))
        raise
    begin = New(preset, tuple(changes))
    headless = Headless(recipe, runs_dir or paths.runs_dir(), data_dir or paths.data_dir(), begin)
    raise typer.Exit(headless.run(json=json, quiet=quiet))


def train_starter() -> int:
    """Train the starter preset with a progress bar; the exit status."""
    from engine.cli.headless import Headless

    recipe = presets_folder.find(presets_folder.STARTER).recipe()
    return Headless(recipe, paths.runs_dir(), paths.data_dir()).run()
