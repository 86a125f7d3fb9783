"""What lasts: many runs in one window, and what a checkpoint costs the training.

`python -m benchmarks.endurance` prints tables and writes results/endurance.json; `--rows cycles`
measures one of them. Each row is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.harness import child

RESULTS = Path(__file__).resolve().parent / "results"
CYCLES, WARM = 200, 20


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="endurance", description=__doc__)
    parser.add_argument("--rows", choices=list(ROWS), nargs="*", help="which (default: all)")
    parser.add_argument("--here", choices=list(ROWS), help="measure in this process, print JSON")
    options = parser.parse_args(arguments)
    if options.here:
        print(json.dumps(ROWS[options.here]()))
        return 0
    found: dict[str, dict[str, Any]] = {}
    for name in options.rows or ROWS:
        print(f"{name} ...", file=sys.stderr)
        found[name] = child("benchmarks.endurance", ["--here", name])
        _show(name, found[name])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "endurance.json").write_text(json.dumps(found, indent=1))
    return 0


def _show(name: str, values: dict[str, Any]) -> None:
    table = Table(title=name, title_justify="left", show_header=False)
    for key, value in values.items():
        table.add_row(key, f"{value:,.2f}" if isinstance(value, float) else f"{value:,}")
    Console(width=100).print(table)


# --- A checkpoint's cost -----------------------------------------------------------------------


def checkpoint_stall() -> dict[str, Any]:
    """Milliseconds that the training stands still for one checkpoint: written on its own thread,
    beside writing and syncing it in place, and beside Lightning's own writing, which syncs
    nothing. Medians of turns."""
    import torch

    from engine import torchsetup  # noqa: F401  before lightning
    from engine.runs.atomic import write_atomically
    from engine.runs.checkpointfile import Stamp, stamped
    from engine.training.lightning import TorchCheckpointIO
    from engine.training.writing import CheckpointWriter, HandingCheckpointIO, Job

    class Calm:
        def __getattr__(self, _name: str) -> Callable[..., None]:
            return lambda *_: None

    stamp = Stamp(1, 1, 1.0, "last", "", "0")
    answer: dict[str, Any] = {}
    for megabytes in (1, 100):
        state = {"w": [torch.randn(250_000) for _ in range(megabytes)]}
        with TemporaryDirectory() as folder:
            path = Path(folder) / "last.ckpt"
            jobs: list[Job] = []
            writer = CheckpointWriter(Calm(), lambda: None, lambda _job: None)  # type: ignore[arg-type]
            writer.start()

            def hand_on(
                where: Path, content: bytes, jobs: list[Job] = jobs,
                writer: CheckpointWriter = writer,
            ) -> None:  # fmt: skip
                jobs.append(Job(where, content, stamp))
                writer.submit(jobs[-1])

            ours, theirs = HandingCheckpointIO(hand_on), TorchCheckpointIO()
            in_place = HandingCheckpointIO(
                lambda where, content: write_atomically(where, stamped(content, stamp))
            )
            ways = {"beside the training": ours, "in place": in_place, "Lightning's": theirs}
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(9):
                for way, io in ways.items():
                    started = time.perf_counter()
                    io.save_checkpoint(state, path)
                    taken[way].append(1000 * (time.perf_counter() - started))
                    while jobs:
                        jobs.pop().done.result()
            writer.end()
        for way, times in taken.items():
            answer[f"{megabytes} MB, {way}, ms"] = statistics.median(times)
    return answer


# --- Many runs in one window -------------------------------------------------------------------


def cycles() -> dict[str, Any]:
    """Start and stop 200 trainings in one window: what is left behind by the last 180 of them."""
    with TemporaryDirectory() as folder:
        os.environ["TRAINBOARD_HOME"] = folder
        return _cycles(Path(folder))


def _cycles(folder: Path) -> dict[str, Any]:
    from PySide6.QtCore import QTimer

    from engine.training.events import Ended, Evaluated, Event
    from gui import app as gui_app
    from gui.desk import Desk

    recipe = folder / "recipe.yaml"
    recipe.write_text(
        "version: 1\nname: cycle\ndataset: iris\narchitecture: {name: mlp, hidden: [8]}\n"
        "training: {epochs: 1000, batch_size: 32}\n"
    )
    app = gui_app.application()
    window = gui_app.make_window(app, str(recipe))
    desk = window.findChild(Desk)
    assert isinstance(desk, Desk)
    done, before = 0, {}

    def follow(event: Event) -> None:
        nonlocal done, before
        if isinstance(event, Evaluated) and event.epoch == 3:
            desk.training.stop()
        if isinstance(event, Ended):
            done += 1
            if done == WARM:
                before = _belongings(app)
            if done == CYCLES:
                QTimer.singleShot(500, app.quit)
            else:
                QTimer.singleShot(0, desk.training.start)

    desk.training.happened.connect(follow)
    window.painted.connect(lambda: desk.training.start())
    window.show()
    app.exec()
    after = _belongings(app)
    window.close()
    answer: dict[str, Any] = {"trainings": done}
    for what in after:
        answer[f"{what} after {WARM}"] = before[what]
        answer[f"{what} after {CYCLES}"] = after[what]
    return answer


def _belongings(app: Any) -> dict[str, Any]:
    import gc
    import threading

    import psutil
    from PySide6.QtCore import QObject, QTimer

    gc.collect()
    process = psutil.Process()
    tops: list[QObject] = [app, *app.topLevelWidgets()]
    return {
        "Python threads": threading.active_count(),
        "system threads": process.num_threads(),
        "open files": process.num_fds() if hasattr(process, "num_fds") else 0,
        "timers": sum(len(top.findChildren(QTimer)) for top in tops),
        "Qt objects": sum(len(top.findChildren(QObject)) for top in tops),
        "MB": process.memory_info().rss / 1e6,
    }


ROWS: dict[str, Callable[[], dict[str, Any]]] = {
    "checkpoint_stall": checkpoint_stall,
    "cycles": cycles,
}

if __name__ == "__main__":
    sys.exit(main())
