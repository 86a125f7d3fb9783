"""Curves of other programs as runs of the library. Nothing of theirs is executed or unpickled."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.problems import Problem, ProblemError
from engine.runs.folder import RunFolder
from engine.runs.imports import csvlog, tensorboard
from engine.runs.imports.curves import Curves
from engine.runs.imports.keep import keep


@dataclass(frozen=True)
class Imported:
    """The runs that were made, and what could not become one."""

    runs: tuple[RunFolder, ...]
    left_out: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Source:
    """The files of one run to be, and what reads them."""

    name: str
    read: Callable[[], Curves]


def import_curves(path: Path, runs_dir: Path, name: str = "") -> Imported:
    """One run for an event file or a metrics.csv, or for each folder below `path` that has any.

    Raises ProblemError when nothing could be imported.
    """
    path = path.expanduser()
    sources = list(_sources(path))
    if not sources:
        raise ProblemError(_nothing_there(path))
    runs: list[RunFolder] = []
    left_out: list[Problem] = []
    for source in sources:
        try:
            curves = source.read()
        except ProblemError as error:
            left_out.extend(error.problems)
            continue
        given = name if len(sources) == 1 else f"{name} {source.name}".strip()
        runs.append(keep(curves, runs_dir, given or source.name))
    if not runs:
        raise ProblemError(left_out)
    return Imported(tuple(runs), tuple(left_out))


def _sources(path: Path) -> Iterator[_Source]:
    path = path.absolute()
    if path.is_file():
        yield _source(path.parent, [path], path.parent)
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        files = [Path(folder, name) for name in sorted(names)]
        if any(map(_is_known, files)):
            yield _source(Path(folder), files, path)


def _is_known(path: Path) -> bool:
    return tensorboard.is_event_file(path) or path.name == "metrics.csv"


def _source(folder: Path, files: list[Path], top: Path) -> _Source:
    """The run of one folder at or below `top`. Event files come first: they know the time."""
    numbered = top.name.startswith("version_")  # by Lightning, which says nothing by itself
    name = str(folder.relative_to(top.parent.parent if numbered else top.parent))
    events = [file for file in files if tensorboard.is_event_file(file)]
    if events:
        return _Source(name, lambda: tensorboard.read_events(folder, events))
    tables = [file for file in files if file.name == "metrics.csv"] or files
    return _Source(name, lambda: csvlog.read_table(tables[0]))


def _nothing_there(path: Path) -> Problem:
    if not path.exists():
        return Problem("import", f"There is no {path}", "give a file or a folder")
    sentence = f"There are no event files and no metrics.csv in {path}"
    return Problem("import", sentence, "give the folder that TensorBoard is pointed at")
