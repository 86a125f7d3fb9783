"""`make bench`: how fast and how smooth, against the ways one would do it by hand.

Every measurement is a process of its own; they take turns, so that a machine that slows down
slows all of them. Prints what is aimed at and what was measured, and writes results/latest.json
and results/latest.md; with --write-docs the tables of docs/performance.md too.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console

from benchmarks import machine, report
from benchmarks.harness import ROOT, in_turns
from benchmarks.jobs import ONCE, Plan, jobs
from benchmarks.workloads import WORKLOADS, mnist_archives, prepare_mnist

RESULTS = Path(__file__).resolve().parent / "results"
PAGE = ROOT / "docs" / "performance.md"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    messages, tables = Console(stderr=True), Console(width=None if sys.stdout.isatty() else 130)
    with TemporaryDirectory(prefix="trainboard-bench-") as folder:
        data_dir = Path(folder) / "data"
        mnist = prepare_mnist(data_dir, mnist_archives())
        cores = psutil.cpu_count(logical=False) or 1
        plan = Plan(data_dir, _threads(options.threads), options.quick, options.threads or cores)
        chosen = jobs(plan, options.rows)
        if not chosen:
            messages.print(f"No measurement is called {options.rows}; all: {', '.join(jobs(plan))}")
            return 2
        about = machine.describe()
        messages.print(f"{len(chosen)} measurements, {options.repeats} times; {mnist} MNIST")
        found = in_turns(
            chosen, options.repeats, lambda line: messages.print(line, style="dim"), ONCE
        )
    complete = found.keys() == chosen.keys()
    if options.merge:
        found = report.read(options.results / "latest.json") | found
    settings = {
        "when": datetime.now().astimezone().isoformat(timespec="seconds"),
        "repeats": options.repeats,
        "quick": options.quick,
        "mnist": mnist,
        "threads": plan.threads,
    }
    report.show(found, about, tables)
    if options.quick:
        tables.print(
            "A quick run: fewer steps and points than the titles say; it shows that all works"
        )
    if options.values:
        tables.print(report.values(found).as_rich())
    report.write(found, about, settings, options.results)
    messages.print(f"Written to {options.results}")
    if options.write_docs:
        page = PAGE.read_text(encoding="utf-8")
        content = report.markdown(found, about)
        PAGE.write_text(report.into_page(page, content), encoding="utf-8")
    return 0 if complete else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few batches: does it work?")
    parser.add_argument("--repeats", type=int, help="turns (default 3, quick 1)")
    parser.add_argument("--rows", default="*", help="which: 'mnist_mlp/*,plots/*', '*/turns'")
    parser.add_argument("--threads", type=int, help="CPU threads (default: what a run would use)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    parser.add_argument("--values", action="store_true", help="print all that was measured")
    parser.add_argument("--merge", action="store_true", help="keep the results of other rows")
    parser.add_argument("--write-docs", action="store_true", help=f"also into {PAGE.name}")
    options = parser.parse_args(arguments)
    if options.write_docs and (options.quick or (options.rows != "*" and not options.merge)):
        parser.error("--write-docs is for all rows, or for some with --merge, and not for --quick")
    options.repeats = options.repeats or (1 if options.quick else 3)
    return options


def _threads(given: int | None) -> dict[str, int]:
    """The same number of CPU threads for every contender: what a run of the recipe would use."""
    from engine.training.resolve import resolve

    return {
        name: given or resolve(workload.recipe(1, None)).threads
        for name, workload in WORKLOADS.items()
    }


if __name__ == "__main__":
    sys.exit(main())
