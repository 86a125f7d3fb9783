"""Commands that take up an earlier run: resume, extend, fork, replay."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from engine import paths
from engine.cli.consent import AllowCode
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
    allow_code: AllowCode = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Go on with a run that was stopped or interrupted, exactly where it was.

    Prints the same lines as train. A run that is finished prints its result again; one that has no
    checkpoint yet starts anew in its folder.
    """
    from engine.runs.checkpointfile import find_checkpoint

    with _told(json):
        folder = _find(run, runs_dir)
        if folder.summary().get("status") == "finished" and checkpoint is None:
            _show_again(folder, json=json)
            return
        chosen = find_checkpoint(folder, checkpoint) if checkpoint is not None else None
        recipe = folder.recipe()
    _train(recipe, Resume(folder, chosen), runs_dir, data_dir, json=json, quiet=quiet)


def extend(
    run: RunName,
    epochs: Annotated[int, typer.Option(min=1, metavar="N", help="Epochs to train in addition.")],
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    allow_code: AllowCode = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Continue a finished run for N more epochs, in its own folder.

    The learning rate's schedule is stretched to the new end.
    """
    with _told(json):
        folder = _find(run, runs_dir)
        recipe = folder.recipe()
    _train(recipe, Extend(folder, epochs), runs_dir, data_dir, json=json, quiet=quiet)


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
    allow_code: AllowCode = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Start a new run from a checkpoint of another one, with changed settings.

    The new run keeps its parent's curves up to that point. Without --at and --checkpoint it begins
    with the newest one.
    """
    from engine.runs.checkpointfile import read_stamp
    from engine.runs.fork import fork_recipe, notes, recipe_at

    with _told(json):
        folder = _find(run, runs_dir)
        path = _forked_from(folder, at, checkpoint)
        recipe = fork_recipe(folder, path, overrides or [])
        stamp = read_stamp(path)
        before = recipe_at(folder, stamp.batch if stamp is not None else None)
    if not quiet:
        step = f" at step {stamp.step}" if stamp is not None else ""
        say(f"Forking {folder.name}{step} ({path.name})")
        for note in notes(before, recipe):
            say(note)
    _train(recipe, Fork(folder, path), runs_dir, data_dir, json=json, quiet=quiet)


def _forked_from(folder: RunFolder, at: int | None, checkpoint: str | None) -> Path:
    """The checkpoint that is meant, or the newest one. Raises ProblemError."""
    from engine.runs.checkpointfile import find_checkpoint, nearest
    from engine.training.origin import newest_checkpoint

    if at is not None and checkpoint is not None:
        sentence = "A fork begins either at a step or with a checkpoint"
        raise ProblemError(Problem("--at", sentence, "leave out --at or --checkpoint"))
    if checkpoint is not None:
        return find_checkpoint(folder, checkpoint)
    newest = newest_checkpoint(folder) if at is None else None
    return newest or nearest(folder, at or 0).path


def replay(
    run: RunName,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    allow_code: AllowCode = None,
    json: Json = False,
    quiet: QuietFlag = False,
) -> None:
    """Repeat a run from its recipe and its interventions, and compare every number.

    Exit status 0 when weights and curves are the same bit for bit, 1 when something differs.
    """
    from engine.cli.headless import DONE, FAILED, Headless
    from engine.runs.sameness import compared, differences

    with _told(json):
        folder = _find(run, runs_dir)
        recipe = folder.recipe()
    headless = Headless(recipe, *_folders(runs_dir, data_dir), Replay(folder))
    status = headless.run(json=json, quiet=quiet)
    expected = (DONE, FAILED) if folder.summary().get("status") == "failed" else (DONE,)
    if status not in expected or headless.run_path is None:
        raise typer.Exit(status)
    different = differences(folder, RunFolder(headless.run_path))
    list_problems(Problem("replay", sentence) for sentence in different)
    if not different:
        say(f"The same as {folder.name}, bit for bit: {compared(folder)}")
    raise typer.Exit(FAILED if different else DONE)


@contextmanager
def _told(json: bool) -> Iterator[None]:
    """With --json, the last line tells of problems that are found before a training, too."""
    from engine.cli.headless import failed_before_training

    try:
        yield
    except ProblemError as error:
        if json:
            json_line(failed_before_training(error.problems))
        raise


def _find(run: str, runs_dir: Path | None) -> RunFolder:
    from engine.runs.folder import find_run

    return find_run(run, runs_dir or paths.runs_dir())


def _folders(runs_dir: Path | None, data_dir: Path | None) -> tuple[Path, Path]:
    return runs_dir or paths.runs_dir(), data_dir or paths.data_dir()


def _train(
    recipe: Recipe, begin: Begin, runs_dir: Path | None, data_dir: Path | None, *, json: bool,
    quiet: bool,
) -> None:  # fmt: skip
    from engine.cli.headless import Headless

    headless = Headless(recipe, *_folders(runs_dir, data_dir), begin)
    raise typer.Exit(headless.run(json=json, quiet=quiet))


def _show_again(folder: RunFolder, *, json: bool) -> None:
    """The lines that the training ended with; the folder may lie elsewhere by now."""
    summary = folder.summary()
    if json:
        json_line({"run": str(folder.path)})
        json_line(_last_line(folder, summary))
        return
    print(metrics_table(_numbers(summary)))
    print(f"{folder.name} is finished. Run: {folder.path}")


def _last_line(folder: RunFolder, summary: dict[str, Any]) -> dict[str, Any]:
    from engine.training.events import Result

    line = {field.name: summary.get(field.name) for field in fields(Result)}
    for key, path in (("run", folder.path), ("checkpoint", folder.last_checkpoint),
                      ("best_checkpoint", folder.best_checkpoint)):  # fmt: skip
        line[key] = str(path) if path.exists() else None
    return line


def _numbers(summary: dict[str, Any]) -> dict[str, float]:
    """The metrics of a summary, null standing for one that is no number."""
    metrics = summary.get("metrics")
    known = metrics.items() if isinstance(metrics, dict) else ()
    return {
        str(name): math.nan if value is None else value
        for name, value in known
        if value is None or isinstance(value, int | float)
    }
