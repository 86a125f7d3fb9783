"""Runs measurements in processes of their own, in turns, and takes medians.

A process each, because thread pools and imports of one contender would change the next; in
turns, because a machine that slows down then slows all of them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STARTED = "TRAINBOARD_BENCH_STARTED"
"""When the process was started, in the environment: `time.monotonic` is the same for all."""


@dataclass(frozen=True)
class Spread:
    """Repeated measurements of one thing."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def as_json(self) -> dict[str, Any]:
        """Median, smallest, largest and all values."""
        low, high = min(self.values), max(self.values)
        return {"median": self.median, "min": low, "max": high, "values": list(self.values)}


Found = dict[str, dict[str, Spread]]
"""What was measured: by the measurement's name and the value's."""


def in_turns(
    jobs: Mapping[str, Callable[[], dict[str, float]]],
    repeats: int,
    tell: Callable[[str], None],
    once: Collection[str] = (),
) -> Found:
    """Every job once, then every job again, but for those that are measured `once`; what each
    answered, by job and name of the value. One that fails is told of and left out from then on."""
    found: dict[str, list[dict[str, float]]] = {}
    waiting = dict(jobs)
    for number in range(1, repeats + 1):
        for name, job in list(waiting.items()):
            if number > 1 and name in once:
                continue
            tell(f"{name} ({number} of {1 if name in once else repeats})")
            try:
                found.setdefault(name, []).append(job())
            except FailedError as error:
                tell(str(error))
                found.pop(name)
                del waiting[name]
    return {
        name: {key: Spread(tuple(answer[key] for answer in answers)) for key in answers[0]}
        for name, answers in found.items()
    }


class FailedError(RuntimeError):
    """A measurement did not come to its end; its text is the end of what it said."""


def ratios(of: Spread, to: Spread) -> Spread:
    """Ratios of the measurements that were made in the same turn."""
    return Spread(tuple(a / b for a, b in zip(of.values, to.values, strict=False)))


def child(module: str, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Run `python -m module`; the JSON object that it prints last.

    It gets a home of its own, so that no run, setting or window layout of the user is touched.
    Raises FailedError with the end of its messages when it fails.
    """
    with tempfile.TemporaryDirectory(prefix="trainboard-bench-") as home:
        environment = {
            **os.environ,
            "TRAINBOARD_HOME": home,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONWARNINGS": "ignore",
            STARTED: repr(time.monotonic()),
        }
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        end = "\n".join(done.stderr.strip().splitlines()[-15:])
        raise FailedError(f"{module} {' '.join(arguments)} failed ({done.returncode}):\n{end}")
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer
