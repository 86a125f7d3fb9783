"""Pretrained text networks that a recipe names and this machine lacks, fetched for a training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from engine.cli.output import say
from engine.datasets.base import Progress as Report
from engine.hub import NotFetched
from engine.hubdownload import bring, not_fetched, offered
from engine.problems import ProblemError
from engine.recipe import Recipe


def with_networks(read: Callable[[], Recipe], *, quiet: bool = False) -> Recipe:
    """The recipe that `read` gives, once what it names on the hub has been fetched. Sizes are said
    first. Raises ProblemError: other problems, or it cannot be fetched."""
    known: set[str] = set()
    while True:
        try:
            return read()
        except ProblemError as error:
            missing = [each for each in not_fetched(error.problems) if each.name not in known]
            if not missing:
                raise
        for problem in missing:
            _fetch(problem, quiet=quiet)
            known.add(problem.name)


def _fetch(problem: NotFetched, *, quiet: bool) -> None:
    what = offered(problem)
    say(what.announced())
    with _shown(quiet=quiet) as report:
        bring(problem, what, report)


@contextmanager
def _shown(*, quiet: bool) -> Iterator[Report]:
    """A bar in a terminal; in a file what was said before is enough."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda message, fraction: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda message, fraction: progress.update(
            task, description=message, completed=fraction or 0.0
        )
