"""One run, killed again and again at random moments: `python -m tests.soak.soak_kills --kills 100`.

Trains a recipe undisturbed, then once more with that many kills -9, each followed by `main.py
resume`, and compares weights, metrics and every point of every curve. Prints a Markdown table.
Left to chance, few kills would come inside of a validation or while a checkpoint is written: two of
five wait for the next of these after their random moment.

The processes are forked from one that has imported everything (`tests/zygote.py`), which saves four
seconds each; `--plain` starts each as `python main.py ...` instead.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from engine.runs.checkpointfile import list_checkpoints
from engine.runs.folder import RunFolder
from engine.runs.metricreader import read_metrics
from engine.runs.sameness import differences
from tests.zygote import ROOT, Zygote

RECIPE = """\
version: 1
name: soak
dataset: digits
architecture: {name: cnn, channels: [8, 16], norm: batch}
optimizer: {name: adamw, schedule: {name: cosine, warmup: 50}}
regularization: {dropout: 0.2, ema: 0.99, early_stopping: 1000000, clip_norm: 1,
                 augmentation: {shift: 1, rotate: 10, noise: 0.05}}
training: {batch_size: 32, accumulate: 3, validate_every_steps: 25, checkpoint_every_steps: 20,
           threads: 1, device: cpu}
"""
LONGEST = 4.0
"""Seconds that a process is left alive at most."""

IMPORTS = 6.0
"""... and longer, when it has to import everything first."""

LOOKING = 20.0
"""Seconds to wait for a validation, or the writing of a checkpoint."""

WORK = 4.0
"""Seconds of undisturbed training for each kill: so much is left to do until the last one."""

PHASES = {"starting": "starting up", "preparing": "starting up", "testing": "measuring the result"}
"""What a phase is called in the table, if not by its own name."""


class Process(Protocol):
    """One `main.py`."""

    step: int
    phase: str

    def ended(self) -> bool: ...

    def wait(self) -> int: ...

    def kill(self) -> int: ...


class Plain:
    """The same without a board: what it does is known from its files alone."""

    def __init__(self, run: Callable[[], RunFolder | None], arguments: list[str]) -> None:
        self._run = run
        command = [sys.executable, str(ROOT / "main.py"), *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._before = self._written()

    @property
    def phase(self) -> str:
        return "starting" if self._written() <= self._before else "training or validating"

    @property
    def step(self) -> int:
        run = self._run()
        log = read_metrics(run.path) if run is not None else None
        if log is None or "lr" not in log.names() or not len(log.series("lr")):
            return 0
        return int(log.series("lr").since()[-1]["step"])

    def _written(self) -> int:
        run = self._run()
        file = run.path / "metrics.bin" if run is not None else None
        return file.stat().st_size if file is not None and file.exists() else 0

    def ended(self) -> bool:
        return self._process.poll() is not None

    def wait(self) -> int:
        return self._process.wait()

    def kill(self) -> int:
        self._process.kill()
        return self._process.wait()


def _is_writing(run: RunFolder) -> bool:
    return any(run.checkpoints.glob(".writing-*"))


@dataclass
class Kills:
    """What was going on at each kill, and the optimizer steps that had to be done again."""

    lost: dict[str, list[int]] = field(default_factory=dict)

    def note(self, child: Process, run: RunFolder | None) -> None:
        """Right after a kill."""
        what = PHASES.get(child.phase, child.phase)
        saved = list_checkpoints(run)[-1:] if run is not None else []
        kept = saved[0].stamp.step if saved and saved[0].stamp is not None else 0
        lost = 0 if what == "starting up" else max(0, child.step - kept)
        if run is not None and _is_writing(run):
            what = "writing a checkpoint"
        self.lost.setdefault(what, []).append(lost)

    def table(self) -> str:
        """Markdown."""
        every = [lost for some in self.lost.values() for lost in some]
        rows = [*sorted(self.lost.items()), ("all", every)]
        lines = ["| killed while | kills | steps lost, mean | most |", "|---|---|---|---|"]
        lines += [
            f"| {what} | {len(lost)} | {sum(lost) / len(lost):.1f} | {max(lost)} |"
            for what, lost in rows
            if lost
        ]
        return "\n".join(lines)


class Soak:
    """The two trainings, in `folder`."""

    def __init__(self, folder: Path, kills: int, seed: int, *, plain: bool) -> None:
        self._folder = folder
        self._wanted = kills
        self._chosen = random.Random(seed)
        self._longest = LONGEST + (IMPORTS if plain else 0)
        self._zygote = None if plain else Zygote(folder / "zygote")
        self._recipe = folder / "soak.yaml"
        self._recipe.write_text(RECIPE)
        self.kills = Kills()

    def run(self) -> bool:
        """Whether both ended with the same bits; prints what happened."""
        steps = max(200, int(self._steps_a_second() * WORK * self._wanted))
        begun = time.monotonic()
        whole = self._whole("whole", steps)
        between = time.monotonic()
        run = self._killed(steps)
        ended = time.monotonic()
        different = [*differences(whole, run), *differences(run, whole)]
        different += [str(left) for left in run.path.rglob(".writing-*")]
        print(self.kills.table())
        points = sum(len(log.series(n)) for log in [read_metrics(run.path)] for n in log.names())
        print(f"\n{steps} optimizer steps, {points} points. Undisturbed {between - begun:.0f} s,"
              f" with the kills {ended - between:.0f} s.")  # fmt: skip
        print(different or "Weights, metrics and every point are the same.")
        print(f"weights_sha256 {run.summary()['weights_sha256']}")
        return not different

    def close(self) -> None:
        """End the process that forks."""
        if self._zygote is not None:
            self._zygote.close()

    def _steps_a_second(self) -> float:
        summary = self._whole("calibration", 200).summary()
        return float(summary["steps"] / summary["seconds"])

    def _whole(self, name: str, steps: int) -> RunFolder:
        if self._train(name, steps).wait() != 0:
            raise SystemExit("The undisturbed training failed")
        (run,) = (self._folder / name).iterdir()
        return RunFolder(run)

    def _killed(self, steps: int) -> RunFolder:
        child = self._train("killed", steps)
        for _ in range(self._wanted):
            self._wait_for_its_moment(child)
            if child.ended():
                break
            child.kill()
            run = self._run()
            self.kills.note(child, run)
            child = self._resume(run) if run is not None else self._train("killed", steps)
        if child.wait() != 0:
            raise SystemExit("The killed training could not be resumed")
        run = self._run()
        assert run is not None
        return run

    def _wait_for_its_moment(self, child: Process) -> None:
        time.sleep(self._chosen.uniform(0, self._longest))
        kind = self._chosen.choice(["any", "any", "any", "validating", "writing"])
        end = time.monotonic() + LOOKING
        while kind != "any" and time.monotonic() < end:
            run = self._run() if kind == "writing" else None
            if child.phase == kind or (run is not None and _is_writing(run)):
                return
            time.sleep(0.0005)

    def _run(self) -> RunFolder | None:
        found = list((self._folder / "killed").glob("*/recipe.yaml"))
        return RunFolder(found[0].parent) if found else None

    def _train(self, name: str, steps: int) -> Process:
        place = ("--runs-dir", self._folder / name)
        return self._start("train", self._recipe, f"training.steps={steps}", *place)

    def _resume(self, run: RunFolder) -> Process:
        return self._start("resume", run.path)

    def _start(self, *arguments: object) -> Process:
        if self._zygote is not None:
            return self._zygote.run(*arguments, "--json", "--quiet")
        return Plain(self._run, [*map(str, arguments), "--json", "--quiet"])


def main() -> int:
    """The exit status: 1 when something was not the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="How often it is killed.")
    parser.add_argument("--seed", type=int, default=0, help="Of the moments.")
    parser.add_argument("--plain", action="store_true", help="Start every process anew.")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    soak = Soak(folder, options.kills, options.seed, plain=options.plain)
    same = soak.run()
    soak.close()
    if same:
        shutil.rmtree(folder)
    else:
        print(f"The runs are kept in {folder}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
