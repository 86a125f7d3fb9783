"""Commands about runs that are there: runs, evaluate, export."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from engine import paths
from engine.cli.consent import AllowCode
from engine.cli.output import columns, duration, json_line, list_problems, metrics_table, shown
from engine.cli.recipes import Json
from engine.cli.train import DataDir, RunsDir
from engine.plaintext import one_line
from engine.problems import Problem, ProblemError, suggest
from engine.runs.info import RunInfo
from engine.runs.state import STATES
from engine.wording import counted

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run folder, or its name in the run library.")
]
Checkpoint = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FILE", help="Another checkpoint than the last one."),
]


def runs(
    text: Annotated[
        str, typer.Option("--filter", metavar="TEXT", help="Only those with all of these words.")
    ] = "",
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="S", help="Only those in this state, or these."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="T", help="Only those with this tag.")
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", metavar="COLUMN", help="By name, best, ...; -best: downwards.")
    ] = "name",
    group: Annotated[
        str | None, typer.Option("--group", metavar="preset", help="Under their presets.")
    ] = None,
    tree: Annotated[bool, typer.Option("--tree", help="Forks below their parents.")] = False,
    archived: Annotated[bool, typer.Option("--all", help="Archived ones too.")] = False,
    runs_dir: RunsDir = None,
    json: Json = False,
) -> None:
    """List the runs, oldest first.

    Words are looked for in names, title, components, state, tags and note.
    """
    from engine.runs.library import Library
    from engine.runs.listing import by_preset, family_tree, matches, sort_runs

    _check_choices(state or [], group, tree=tree)
    wanted, tags = set(state or STATES), set(tag or ())
    found = [
        run
        for run in sort_runs(Library(runs_dir or paths.runs_dir()).refresh(), sort)
        if run.state in wanted and tags <= set(run.tags) and matches(run, text)
        and (archived or not run.archived)
    ]  # fmt: skip
    groups = by_preset(found) if group else {"": found}
    ranked = [family_tree(members) if tree else [(0, run) for run in members]
              for members in groups.values()]  # fmt: skip
    if json:
        json_line([run.as_json() for members in ranked for _depth, run in members])
    elif found:
        print(_table([*groups] if group else [], ranked))


def _check_choices(states: list[str], group: str | None, *, tree: bool) -> None:
    problems = [
        Problem("--state", f"There is no state {state!r}", suggest(state, STATES))
        for state in states
        if state not in STATES
    ]
    if group not in (None, "preset"):
        hint = "did you mean 'preset'?"
        problems.append(Problem("--group", f"Runs cannot be grouped by {group!r}", hint))
    if group is not None and tree:
        sentence = "A fork may come from another preset than its parent"
        problems.append(Problem("--tree", sentence, "leave out --group"))
    if problems:
        raise ProblemError(problems)


def _table(headings: list[str], groups: list[list[tuple[int, RunInfo]]]) -> str:
    """Aligned over all groups; columns without anything in them are left out."""
    rows = [_row(depth, run) for members in groups for depth, run in members]
    kept = [place for place, cells in enumerate(zip(*rows, strict=True)) if any(cells)]
    lines = iter(columns([[row[place] for place in kept] for row in rows]).splitlines())
    parts = ["\n".join(next(lines) for _member in members) for members in groups]
    if headings:
        named = zip(headings, parts, strict=True)
        parts = [f"{heading or '(no preset)'}\n{part}" for heading, part in named]
    return "\n\n".join(parts)


def _row(depth: int, run: RunInfo) -> list[str]:
    name = f"{'   ' * (depth - 1)}{'└─ ' if depth else ''}{one_line(run.name)}"
    state = f"{run.state} at {run.where}" if run.where else run.state
    steps = counted(run.steps, "step")
    if run.total_steps and run.state not in ("finished", "imported"):
        steps = f"{run.steps:,} of {counted(run.total_steps, 'step')}"
    marked = "archived" if run.archived else ""
    return ["*" if run.favourite else "", name, run.title, state,
            run.dataset, run.architecture, steps, duration(run.seconds), _main_metric(run),
            ", ".join(run.tags), marked]  # fmt: skip


def evaluate(
    run: RunName,
    split: Annotated[str, typer.Option("--split", help="train, val or test.")] = "test",
    checkpoint: Checkpoint = None,
    runs_dir: RunsDir = None,
    data_dir: DataDir = None,
    allow_code: AllowCode = None,
    json: Json = False,
) -> None:
    """Measure a run's checkpoint on a split."""
    from engine.runs.checkpointfile import find_checkpoint
    from engine.runs.folder import find_run

    folder = find_run(run, runs_dir or paths.runs_dir())
    chosen = find_checkpoint(folder, checkpoint) if checkpoint is not None else None
    with redirect_stdout(sys.stderr):
        from engine.training.evaluate import evaluate as measure

        metrics = measure(folder, split, data_dir or paths.data_dir(), chosen)
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
    allow_code: AllowCode = None,
    json: Json = False,
) -> None:
    """Export a run's model and check the file."""
    from engine.exporters import export_run, find_exporter
    from engine.runs.checkpointfile import find_checkpoint
    from engine.runs.folder import find_run

    find_exporter(format)
    folder = find_run(run, runs_dir or paths.runs_dir())
    chosen = find_checkpoint(folder, checkpoint) if checkpoint is not None else None
    try:
        with redirect_stdout(sys.stderr):
            report = export_run(folder, format, out, data_dir or paths.data_dir(), chosen)
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


def _main_metric(run: RunInfo) -> str:
    """A final result if there is one, or else the best of the validations."""
    for name in ("test_accuracy", "test_r2"):
        if name in run.metrics:
            return f"{name} {shown(run.metrics[name])}"
    return f"best {run.best['metric']} {shown(run.best['value'])}" if run.best else ""
