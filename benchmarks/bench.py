"""`make bench`: how fast and how smooth, against the ways one would do it by hand.

Every measurement is a process of its own; they take turns, so that a machine that slows down
slows all of them. Prints tables and writes results/latest.json and results/latest.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks import machine, report
from benchmarks.harness import ROOT, in_turns
from benchmarks.jobs import Plan, jobs
from benchmarks.workloads import WORKLOADS, prepare_mnist

RESULTS = Path(__file__).resolve().parent / "results"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    messages, tables = Console(stderr=True), Console(width=None if sys.stdout.isatty() else 110)
    with TemporaryDirectory(prefix="trainboard-bench-") as folder:
        data_dir = Path(folder) / "data"  # as in a user's home, for the window
        mnist = prepare_mnist(data_dir, _archives())
        plan = Plan(data_dir, _threads(options.threads), options.quick)
        chosen = jobs(plan, options.rows)
        if not chosen:
            messages.print(f"No measurement is called {options.rows}; all: {', '.join(jobs(plan))}")
            return 2
        about = machine.describe()
        messages.print(f"{len(chosen)} measurements, {options.repeats} times; {mnist} MNIST")
        found = in_turns(chosen, options.repeats, lambda line: messages.print(line, style="dim"))
    settings = {
        "when": datetime.now().astimezone().isoformat(timespec="seconds"),
        "repeats": options.repeats,
        "quick": options.quick,
        "mnist": mnist,
        "threads": plan.threads,
    }
    report.show(found, about, tables)
    report.write(found, about, settings, options.results)
    messages.print(f"Written to {options.results}")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few batches: does it work?")
    parser.add_argument("--repeats", type=int, help="turns (default 5, quick 1)")
    parser.add_argument("--rows", default="*", help="which: 'digits_cnn/*', '*/hand'")
    parser.add_argument("--threads", type=int, help="CPU threads (default: what a run would use)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder to write to")
    options = parser.parse_args(arguments)
    options.repeats = options.repeats or (1 if options.quick else 5)
    return options


def _archives() -> Path | None:
    """Where MNIST's original archives are, if they are."""
    given = os.environ.get("TRAINBOARD_TEST_DATA")
    data = Path(given) if given else ROOT.parent / "shared" / "data"
    folder = data / "vision" / "MNIST" / "raw"
    return folder if folder.is_dir() else None


def _threads(given: int | None) -> dict[str, int]:
    """The same number of CPU threads for every contender: what a run of the recipe would use."""
    from engine.training.resolve import resolve

    return {
        name: given or resolve(workload.recipe(1, None)).threads
        for name, workload in WORKLOADS.items()
    }


if __name__ == "__main__":
    sys.exit(main())
