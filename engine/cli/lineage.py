"""Commands that take up an earlier run: resume, extend, fork, replay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine import paths
from engine.cli.output import json_line, list_problems, metrics_table, say
from engine.cli.recipes import Json, Overrides
from engine.cli.train import DataDir, QuietFlag, RunsDir
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training.begin import Begin, Extend, Fork, Replay, Resume

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run folder, or its name in the run library.")
]


def resume(
    run: RunName,
    checkpoint: Annotated[
        str | None,
        typer.Option("--checkpoint", metavar="FILE", help="Another one than the newest."),
    ] = None,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Go on with a run that was stopped or interrupted, exactly where it was.

    Prints the same lines as train. A run that is finished prints its result again; one that has no
    checkpoint yet starts anew in its folder.
    """
    folder = _find(run, runs_dir)
    if folder.summary().get("status") == "finished" and checkpoint is None:
        _show_again(folder, json=json)
        return
    chosen = _checkpoint(folder, checkpoint) if checkpoint is not None else None
    _train(folder.recipe(), Resume(folder, chosen), runs_dir, data_dir, json=json, quiet=quiet)


def extend(
    run: RunName,
    epochs: Annotated[int, typer.Option(min=1, metavar="N", help="Epochs to train in addition.")],
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Continue a finished run for N more epochs, in its own folder.

    The learning rate's schedule is stretched to the new end.
    """
    folder = _find(run, runs_dir)
    _train(folder.recipe(), Extend(folder, epochs), runs_dir, data_dir, json=json, quiet=quiet)


def fork(
    run: RunName,
    overrides: Overrides = None,
    at: Annotated[
        int | None,
        typer.Option("--at", metavar="STEP", help="From the checkpoint nearest to this step."),
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option("--checkpoint", metavar="FILE", help="From this checkpoint.")
    ] = None,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Start a new run from a checkpoint of another one, with changed settings.

    The new run keeps its parent's curves up to that point. Without --at and --checkpoint it begins
    with the newest one.
    """
    from engine.runs.checkpointfile import read_stamp
    from engine.runs.fork import checkpoint_at, fork_recipe, notes, recipe_at
    from engine.training.origin import newest_checkpoint

    folder = _find(run, runs_dir)
    if checkpoint is not None:
        path = _checkpoint(folder, checkpoint)
    else:
        path = (newest_checkpoint(folder) if at is None else None) or checkpoint_at(folder, at or 0)
    recipe = fork_recipe(folder, path, overrides or [])
    stamp = read_stamp(path)
    if stamp is not None and not quiet:
        say(f"Forking {folder.name} at step {stamp.step} ({path.name})")
        for note in notes(recipe_at(folder, stamp.batch), recipe):
            say(note)
    _train(recipe, Fork(folder, path), runs_dir, data_dir, json=json, quiet=quiet)


def replay(
    run: RunName,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Repeat a run from its recipe and its interventions, and compare every number.

    Exit status 0 when weights and curves are the same bit for bit, 1 when something differs.
    """
    from engine.cli.headless import DONE, FAILED, Headless
    from engine.runs.sameness import differences

    folder = _find(run, runs_dir)
    headless = Headless(folder.recipe(), *_folders(runs_dir, data_dir), Replay(folder))
    status = headless.run(json=json, quiet=quiet)
    if status != DONE or headless.run_path is None:
        raise typer.Exit(status)
    different = differences(folder, RunFolder(headless.run_path))
    list_problems(Problem("replay", sentence) for sentence in different)
    if not different:
        say(f"The same as {folder.name}, bit for bit: weights and every logged metric")
    raise typer.Exit(FAILED if different else DONE)


def _find(run: str, runs_dir: Path | None) -> RunFolder:
    from engine.runs.folder import find_run

    return find_run(run, runs_dir or paths.runs_dir())


def _folders(runs_dir: Path | None, data_dir: Path | None) -> tuple[Path, Path]:
    return runs_dir or paths.runs_dir(), data_dir or paths.data_dir()


def _checkpoint(folder: RunFolder, name: str) -> Path:
    """A checkpoint by path or by its name in the run. Raises ProblemError when there is none."""
    from engine.runs.checkpointfile import list_checkpoints

    for candidate in (folder.checkpoints / name, folder.checkpoints / f"{name}.ckpt", Path(name)):
        if candidate.is_file():
            return candidate
    names = ", ".join(c.path.name for c in list_checkpoints(folder))
    sentence = f"{folder.name} has no checkpoint {name!r}"
    raise ProblemError(Problem("checkpoint", sentence, f"it has {names or 'none'}"))


def _train(
    recipe: Recipe, begin: Begin, runs_dir: Path | None, data_dir: Path | None, *, json: bool,
    quiet: bool,
) -> None:  # fmt: skip
    from engine.cli.headless import Headless

    headless = Headless(recipe, *_folders(runs_dir, data_dir), begin)
    raise typer.Exit(headless.run(json=json, quiet=quiet))


def _show_again(folder: RunFolder, *, json: bool) -> None:
    summary = folder.summary()
    if json:
        json_line({"run": str(folder.path)})
        json_line(summary)
        return
    print(metrics_table(summary.get("metrics", {})))
    print(f"{folder.name} is finished. Run: {folder.path}")
