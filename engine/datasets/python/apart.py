"""Starts the process in which a person's file runs, and takes over what it wrote.

Apart, because such a file may draw random numbers, set threads, print or crash: a training in
this process must not notice, and the window and the terminal must get the same numbers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import mistakes
from engine.consent import Code
from engine.datasets.base import Progress
from engine.problems import Problem, ProblemError

Array = npt.NDArray[Any]
_ROOT = Path(__file__).resolve().parents[3]
_BOOT = (
    "import sys; from pathlib import Path; sys.path.append(sys.argv[1]); "
    "from engine.datasets.python.child import main; sys.exit(main(Path(sys.argv[2])))"
)


@dataclass(frozen=True)
class Call:
    """Which function is called, and with what."""

    function: str
    arguments: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Part:
    """One part as it came back: inputs (N, ...) and targets (N, ...)."""

    inputs: Array
    targets: Array
    picture: bool = False
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """What it weighs in memory."""
        return self.inputs.nbytes + self.targets.nbytes


@dataclass(frozen=True, eq=False)
class Loaded:
    """What a function returned, by part; "train" alone when it was one dataset."""

    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """What all of it weighs in memory."""
        return sum(part.bytes for part in self.parts.values())


def run_apart(code: Code, call: Call, progress: Progress) -> Loaded:
    """Run an allowed file. What `progress` raises ends it. Raises ProblemError."""
    progress(f"Running {code.path.name}", None)
    with tempfile.TemporaryDirectory(prefix="trainboard-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        request = {"path": str(code.path), "function": call.function, "arguments": call.arguments}
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        (folder / "code").write_bytes(code.content)
        status = _wait(folder, code.path.name, progress)
        if status == 0:
            return _taken_over(folder)
        raise ProblemError(_failed(folder, code.path, status))


def _wait(folder: Path, name: str, progress: Progress) -> int:
    """Run the process to its end, telling what it tells; its exit status."""
    with _process(folder) as process:
        assert process.stdout is not None
        for line in process.stdout:
            words, fraction = json.loads(line)
            progress(f"{words} of {name}", fraction)
        return process.wait()


@contextmanager
def _process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The process, which does not outlive the block."""
    command = [sys.executable, "-P", "-c", _BOOT, str(_ROOT), str(folder)]
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment, text=True,
        encoding="utf-8",
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def _taken_over(folder: Path) -> Loaded:
    about = json.loads((folder / "result.json").read_text(encoding="utf-8"))["parts"]
    return Loaded({name: _part(folder, name, known) for name, known in about.items()})


def _part(folder: Path, name: str, known: dict[str, Any]) -> Part:
    inputs, targets = (
        np.load(folder / f"{name}-{what}.npy", allow_pickle=False) for what in ("inputs", "targets")
    )
    return Part(inputs, targets, known["picture"], tuple(known["classes"] or ()),
                tuple(known["columns"] or ()))  # fmt: skip


def _failed(folder: Path, path: Path, status: int) -> Problem:
    try:
        told = json.loads((folder / "error.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        sentence = f"{path.name} ended the process in which it ran, with status {status}"
        return Problem("dataset.path", sentence, "what it printed may tell why")
    hint = str(told["hint"])
    if told["traceback"] and (log := mistakes.keep(told["traceback"])):
        hint += f"; the traceback is in {log}"
    return Problem("dataset.path", str(told["sentence"]), hint)
