"""Processes that run `main.py` and can be killed, without the seconds that its imports take.

`python -m tests.zygote` imports everything once, computes nothing, and forks a process for every
command line it is given: a process of its own like any other, that runs `main.main()` and writes to
a board, shared with whoever looks on, what it is doing at the moment.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import mmap
import os
import signal
import struct
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PHASES = ("starting", "preparing", "training", "validating", "testing", "paused", "ended")
_BOARD = struct.Struct("<Bq")
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux."""


@dataclass
class Child:
    """A process that runs main.py; its standard output and error are files."""

    zygote: Zygote
    pid: int
    out: Path
    err: Path
    status: int | None = None

    @property
    def phase(self) -> str:
        """What it is doing at this moment, or did last."""
        return PHASES[self.zygote.look()[0]]

    @property
    def step(self) -> int:
        """The optimizer steps it has done, or that were done before by others."""
        return self.zygote.look()[1]

    def begun(self) -> bool:
        """Whether it trains, or has done so."""
        return self.phase not in ("starting", "preparing")

    def lines(self) -> list[dict[str, Any]]:
        """What it has printed so far, one JSON object a line."""
        whole = self.out.read_text().rpartition("\n")[0] if self.out.exists() else ""
        return [json.loads(line) for line in whole.splitlines()]

    def ended(self) -> bool:
        """Whether it has come to its end."""
        if self.status is None:
            self.status = self.zygote.ask(poll=self.pid)
        return self.status is not None

    def wait(self) -> int:
        """Its exit status, once it has ended; minus the signal's number if one has ended it."""
        if self.status is None:
            self.status = self.zygote.ask(wait=self.pid)
        return int(self.status or 0)

    def kill(self) -> int:
        """Kill -9, unless it has come to its end; the exit status."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()


class Zygote:
    """The process that forks. One child at a time may use the board."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = 0
        board = folder / "board"
        board.write_bytes(bytes(_BOARD.size))
        self._board = _mapped(board)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote", str(board)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "TRAINBOARD_HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"},
        )  # fmt: skip

    def run(self, *arguments: object) -> Child:
        """Begin `main.py ARGUMENTS...`."""
        self._count += 1
        out, err = (self._folder / f"{self._count}.{name}" for name in ("out", "err"))
        self._board[:] = bytes(_BOARD.size)
        pid = self.ask(run=[str(a) for a in arguments], out=str(out), err=str(err))
        return Child(self, int(pid or 0), out, err)

    def look(self) -> tuple[int, int]:
        """The board: the number of the phase, and the step."""
        phase, step = _BOARD.unpack(self._board[:])
        return int(phase), int(step)

    def ask(self, **question: Any) -> int | None:
        """Have something done and wait for the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        return None if answer is None else int(answer)

    def close(self) -> None:
        """End the process, and with it those that it has forked."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._board.close()


def _mapped(board: Path) -> mmap.mmap:
    with open(board, "r+b") as file:
        return mmap.mmap(file.fileno(), _BOARD.size)


# --- In the zygote and its children --------------------------------------------------------------


WARM = ("main", "gui.launch", "engine.cli.headless", "engine.training.session",
        "torchmetrics.classification", "sklearn.datasets", "sklearn.model_selection")  # fmt: skip
"""What a training imports; nothing of it computes anything yet."""


def _serve(board: Path) -> None:
    for module in WARM:
        importlib.import_module(module)
    for line in sys.stdin:
        question = json.loads(line)
        if "run" in question:
            answer = os.fork() or _be_child(board, **question)
        else:
            asked, how = ("wait", 0) if "wait" in question else ("poll", os.WNOHANG)
            pid, status = os.waitpid(question[asked], how)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        print(json.dumps(answer), flush=True)


def _be_child(board: Path, run: list[str], out: str, err: str) -> Any:
    import main

    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    for number, path in ((0, os.devnull), (1, out), (2, err)):
        handle = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(handle, number)
        os.close(handle)
    _write_to(board)
    sys.argv = ["main.py", *run]
    status = 1
    try:
        status = main.main()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _write_to(board: Path) -> None:
    """From now on a training writes its phase and step to the board."""
    from engine.training import channel
    from engine.training.events import Progress

    shared = _mapped(board)

    class Watched(Progress):
        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name in ("phase", "step"):
                shared[:] = _BOARD.pack(PHASES.index(self.phase), self.step)

    channel.Progress = Watched  # type: ignore[misc]


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
