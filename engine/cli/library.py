"""Commands of the run library: compare, mark, trash."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine import paths
from engine.cli.output import columns, duration, json_line, say, shown
from engine.cli.recipes import Json
from engine.cli.runs import RunName
from engine.cli.train import RunsDir
from engine.plaintext import one_line
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.runs.compare import Comparison
    from engine.runs.folder import RunFolder
    from engine.runs.info import RunInfo

RunNames = Annotated[
    list[str], typer.Argument(metavar="RUN...", help="Run folders, or names in the run library.")
]
ABSENT = "-"
LONGEST = 40
"""Characters of a value that the table shows; --json has all of them."""


def compare(runs: RunNames, runs_dir: RunsDir = None, json: Json = False) -> None:
    """Show in what runs differ: recipe, metrics side by side, where they were made."""
    from engine.runs.compare import compare as side_by_side

    found = side_by_side(_find_all(runs, runs_dir))
    if json:
        json_line(found.as_json())
    else:
        print(_tables(found))


def mark(
    run: RunName,
    title: Annotated[
        str | None, typer.Option("--title", metavar="T", help="What to call it; '' for nothing.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="T", help="Add a tag; may be repeated.")
    ] = None,
    untag: Annotated[
        list[str] | None, typer.Option("--untag", metavar="T", help="Take a tag away.")
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="Anything worth remembering.")
    ] = None,
    favourite: Annotated[
        bool | None,
        typer.Option("--favourite/--no-favourite", help="Put a * before it in the list of runs."),
    ] = None,
    archive: Annotated[
        bool | None,
        typer.Option("--archive/--no-archive", help="Leave it out of the list of runs."),
    ] = None,
    runs_dir: RunsDir = None,
    json: Json = False,
) -> None:
    """Write a title, tags or a note on a run; show what is written on it."""
    from engine.runs.library import Library
    from engine.runs.marks import read_marks

    (folder,) = _find_all([run], runs_dir)
    tags = None
    if tag or untag:
        gone = set(untag or ())
        tags = [name for name in (*read_marks(folder.path).tags, *(tag or ())) if name not in gone]
    library = Library(runs_dir or paths.runs_dir())
    info = library.mark(
        folder, title=title, tags=tags, note=note, favourite=favourite, archived=archive
    )
    if json:
        json_line(info.as_json())
    else:
        print(_marks(info))


def trash(runs: RunNames, runs_dir: RunsDir = None) -> None:
    """Move runs to the system's trash."""
    from engine.runs.library import Library

    library, problems = Library(runs_dir or paths.runs_dir()), list[Problem]()
    for folder in _find_all(runs, runs_dir):
        try:
            library.trash(folder)
        except ProblemError as error:
            problems.extend(error.problems)
        else:
            say(f"Moved {one_line(folder.name)} to the trash")
    if problems:
        raise ProblemError(problems)


def _find_all(names: Sequence[str], runs_dir: Path | None) -> list[RunFolder]:
    """Every run once. Raises ProblemError with all that there are not."""
    from engine.runs.folder import find_run

    found: list[RunFolder] = []
    problems: list[Problem] = []
    for name in names:
        try:
            found.append(find_run(name, runs_dir or paths.runs_dir()))
        except ProblemError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemError(problems)
    return list(dict.fromkeys(found))


# --- Text ---------------------------------------------------------------------------------------


def _marks(run: RunInfo) -> str:
    flags = [word for word, on in (("favourite", run.favourite), ("archived", run.archived)) if on]
    rows = [["run", one_line(run.name)], ["title", run.title], ["tags", ", ".join(run.tags)],
            ["marked", ", ".join(flags)], ["note", one_line(run.note)]]  # fmt: skip
    return columns([row for row in rows if row[1]])


def _tables(found: Comparison) -> str:
    """The rows of all tables under one another, aligned; empty tables are left out."""
    tables = {
        "": _facts(found),
        "recipe": [[d.path, *map(_plain, d.values)] for d in found.recipe],
        "metrics": [
            [row.name, *(_measured(v, place in row.best) for place, v in enumerate(row.values))]
            for row in found.metrics
        ],
        "environment": [[d.path, *map(_plain, d.values)] for d in found.environment],
    }
    rows: list[list[str]] = []
    blank = [""] * (1 + len(found.runs))
    for heading, table in tables.items():
        if table and heading:
            rows += [blank, [f"{heading}:", *blank[1:]]]
        rows += table
    return columns(rows)


def _facts(found: Comparison) -> list[list[str]]:
    rows = [
        ["run", *(one_line(run.name) for run in found.runs)],
        ["title", *(run.title for run in found.runs)],
        ["state", *(run.state for run in found.runs)],
        ["steps", *(str(run.steps) for run in found.runs)],
        ["time", *(duration(run.seconds) for run in found.runs)],
        ["parent", *(_parent(run) for run in found.runs)],
        ["interventions", *(str(count or "") for count in found.interventions)],
    ]
    return [row for row in rows if any(row[1:])]


def _parent(run: RunInfo) -> str:
    where = "" if run.parent_step is None else f" at step {run.parent_step}"
    return f"{run.parent}{where}" if run.parent else ""


def _measured(value: float | None, best: bool) -> str:
    return ABSENT if value is None else f"{shown(value)}{' *' if best else ''}"


def _plain(value: Any) -> str:
    """A value as it stands in a recipe."""
    if value is ...:
        return ABSENT
    text = one_line(value) if isinstance(value, str) else jsonlib.dumps(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
