"""Commands about finished runs: runs, evaluate, export."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from engine import paths
from engine.cli.output import columns, duration, json_line, list_problems, metrics_table, shown
from engine.cli.recipes import Json
from engine.cli.train import DataDir, RunsDir
from engine.problems import ProblemError

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run folder, or its name in the run library.")
]
Checkpoint = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FILE", help="Another checkpoint than the last one."),
]


def runs(runs_dir: RunsDir = None, json: Json = False) -> None:
    """List the runs, oldest first."""
    from engine.runs.folder import list_runs

    found = list_runs(runs_dir or paths.runs_dir())
    if json:
        json_line([run.as_json() for run in found])
        return
    rows = [
        [run.name, run.state, run.dataset, run.architecture, f"{run.steps} steps",
         duration(run.seconds), _main_metrics(run.metrics)]
        for run in found
    ]  # fmt: skip
    if rows:
        print(columns(rows))


def evaluate(
    run: RunName,
    split: Annotated[str, typer.Option("--split", help="train, val or test.")] = "test",
    checkpoint: Checkpoint = None,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Measure a run's checkpoint on a split."""
    from engine.runs.folder import find_run

    folder = find_run(run, runs_dir or paths.runs_dir())
    with redirect_stdout(sys.stderr):
        from engine.training.evaluate import evaluate as measure

        metrics = measure(folder, split, data_dir or paths.data_dir(), checkpoint)
    if json:
        json_line({"run": str(folder.path), "split": split, "metrics": metrics})
    else:
        print(metrics_table(metrics))


def export(
    run: RunName,
    format: Annotated[str, typer.Option("--format", metavar="F", help="The file format.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="PATH", help="The file to write (default: in the run)."),
    ] = None,
    checkpoint: Checkpoint = None,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Export a run's model and check the file."""
    from engine.exporters import export_run, find_exporter
    from engine.runs.folder import find_run

    find_exporter(format)
    folder = find_run(run, runs_dir or paths.runs_dir())
    try:
        with redirect_stdout(sys.stderr):
            report = export_run(folder, format, out, data_dir or paths.data_dir(), checkpoint)
    except ProblemError as error:
        if any(problem.path != "export" for problem in error.problems):
            raise
        list_problems(error.problems)  # the input was good; the file turned out not to be
        raise typer.Exit(1) from None
    if json:
        json_line({"run": str(folder.path), **report.as_json()})
        return
    print(f"{report.path}")
    print(
        f"{report.bytes:,} bytes; largest difference from the model "
        f"{report.largest_difference:.2g} on {report.samples} validation samples"
    )


def _main_metrics(metrics: dict[str, float]) -> str:
    wanted = ("test_accuracy", "test_r2", "val_accuracy", "val_r2", "val_loss")
    found = [name for name in wanted if name in metrics][:1]
    return "".join(f"{name} {shown(metrics[name])}" for name in found)
