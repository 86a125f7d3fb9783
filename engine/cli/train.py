"""The train command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine import overrides as override_grammar
from engine import paths
from engine import presets as presets_folder
from engine.cli.output import json_line, metrics_table
from engine.cli.recipes import Json, Overrides, PresetName
from engine.problems import Problem, ProblemError
from engine.runs.folder import RunFolder

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
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Train a recipe in the terminal.

    Ends with the run folder and the final metrics. Exit status: 0 done, 1 the training failed,
    2 bad input, 130 after Ctrl-C, which saves a checkpoint first.
    """
    from engine.cli.headless import Headless, failed_before_training

    try:
        data = presets_folder.find(preset).data()
        recipe = override_grammar.resolve(data, overrides or [])
    except ProblemError as error:
        if json:
            json_line(failed_before_training(error.problems))
        raise
    headless = Headless(recipe, runs_dir or paths.runs_dir(), data_dir or paths.data_dir())
    raise typer.Exit(headless.run(json=json, quiet=quiet))


def resume(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run folder, or its name in the run library.")
    ],
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Go on with a run that was stopped or interrupted, exactly where it was.

    Prints the same lines as train. A run that is finished prints its result again.
    """
    from engine.cli.headless import Headless
    from engine.runs.folder import describe_run, find_run

    library = runs_dir or paths.runs_dir()
    folder = find_run(run, library)
    state = describe_run(folder).state
    if state == "running":
        sentence = f"{folder.name} is being trained by another process"
        raise ProblemError(Problem("run", sentence, "stop it there first"))
    if state == "finished":
        _show_again(folder, json=json)
        return
    headless = Headless(folder.recipe(), library, data_dir or paths.data_dir(), folder)
    raise typer.Exit(headless.run(json=json, quiet=quiet))


def _show_again(folder: RunFolder, *, json: bool) -> None:
    summary = folder.summary()
    if json:
        json_line({"run": str(folder.path)})
        json_line(summary)
        return
    print(metrics_table(summary.get("metrics", {})))
    print(f"{folder.name} is finished. Run: {folder.path}")


def train_starter() -> int:
    """Train the starter preset with a progress bar; the exit status."""
    from engine.cli.headless import Headless

    recipe = presets_folder.find(presets_folder.STARTER).recipe()
    return Headless(recipe, paths.runs_dir(), paths.data_dir()).run()
