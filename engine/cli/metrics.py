"""Commands about curves: metrics, import."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine import paths
from engine.cli.output import columns, json_line, list_problems, say, shown
from engine.cli.recipes import Json
from engine.cli.runs import RunName
from engine.cli.train import RunsDir
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.runs.metriclog import MetricSource

STDOUT = "-"
_HEADS = ("metric", "points", "first", "last", "min", "max", "best step")


def metrics(
    run: RunName,
    csv: Annotated[
        str | None,
        typer.Option("--csv", metavar="OUT", help="Write every point as CSV; - is the terminal."),
    ] = None,
    parquet: Annotated[
        str | None,
        typer.Option("--parquet", metavar="OUT", help="The same as a Parquet file."),
    ] = None,
    runs_dir: RunsDir = None,
    json: Json = False,
) -> None:
    """Show the figures of a run's curves, also while it runs, or write every point to a file."""
    from engine.runs.folder import find_run
    from engine.runs.metricexport import check_parquet, figures
    from engine.runs.metricreader import read_metrics

    if [csv, parquet, STDOUT if json else None].count(STDOUT) > 1:
        sentence = "Only one thing at a time can go to standard output"
        raise ProblemError(Problem("metrics", sentence, "give files to the others"))
    if parquet is not None:
        check_parquet()
    folder = find_run(run, runs_dir or paths.runs_dir())
    log = read_metrics(folder.path)
    if csv is not None:
        _write_csv(log, csv)
    if parquet is not None:
        _write_parquet(log, parquet)
    if json:
        found = {name: entry.as_json() for name, entry in figures(log).items()}
        json_line({"run": str(folder.path), "metrics": found})
    elif csv is None and parquet is None:
        _print_table(log)


def import_(
    path: Annotated[
        Path,
        typer.Argument(metavar="PATH", help="An event file, a metrics.csv, or a folder of them."),
    ],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the run is called here.")
    ] = "",
    runs_dir: RunsDir = None,
    json: Json = False,
) -> None:
    """Take curves from TensorBoard event files or Lightning's metrics.csv into the run library."""
    from engine.runs.imports import import_curves

    imported = import_curves(path, runs_dir or paths.runs_dir(), name)
    list_problems(imported.left_out)
    if json:
        json_line({"runs": [str(run.path) for run in imported.runs]})
        return
    for run in imported.runs:
        print(run.path)


def _print_table(log: MetricSource) -> None:
    from engine.runs.metricexport import figures

    rows = []
    for name, found in figures(log).items():
        values = (found.first, found.last, found.min, found.max)
        best = "" if found.best_step is None else str(found.best_step)
        cells = ["" if value is None else shown(value) for value in values]
        rows.append([name, str(found.points), *cells, best])
    if rows:
        print(columns([_HEADS, *rows]))
    else:
        say("This run has no metrics yet")


def _write_csv(log: MetricSource, out: str) -> None:
    from engine.runs.metricexport import csv_pieces

    if out == STDOUT:
        with suppress(BrokenPipeError):  # `| head` has enough
            for text, _done in csv_pieces(log):
                sys.stdout.write(text)
            sys.stdout.flush()
        return
    with _in_place_of("--csv", out) as part, part.open("w", newline="", encoding="utf-8") as file:
        for text, _done in csv_pieces(log):
            file.write(text)


def _write_parquet(log: MetricSource, out: str) -> None:
    from engine.runs.metricexport import write_parquet

    if out == STDOUT:
        with suppress(BrokenPipeError):
            write_parquet(log, sys.stdout.buffer)
        return
    with _in_place_of("--parquet", out) as part:
        write_parquet(log, part)


@contextmanager
def _in_place_of(option: str, out: str) -> Iterator[Path]:
    """A file to write beside the wanted one, which takes its place once it is whole."""
    path = Path(out).expanduser()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        sentence = f"{path} cannot be written: {error.strerror or error}"
        raise ProblemError(Problem(option, sentence, "choose another file")) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    say(f"Wrote {path}")
