"""One measurement in this process: `python -m benchmarks.measure NAME TASK_JSON`.

Prints one JSON object as the last line of standard output.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from benchmarks.contenders.base import Contender, Task
from engine import heap

MEASURES = {
    "turns": "contenders.turns:run",
    "ways": "contenders.turns:ways",
    "hand": "contenders.hand:run",
    "headless": "contenders.headless:run",
    "window": "contenders.window:run",
    "tutorial": "contenders.plain_lightning:tutorial",
    "lightning": "contenders.plain_lightning:with_defaults",
    "lightning_quiet": "contenders.plain_lightning:quiet",
    "smooth": "window.smooth:run",
    "live": "window.live:run",
    "plots": "long.plots:run",
    "loading": "long.loading:run",
    "tensorboard": "long.loading:tensorboard",
    "memory": "long.memory:run",
    "growth": "long.growth:run",
    "recording": "long.recording:run",
}


def find(name: str) -> Contender:
    """The function that measures."""
    module, _, function = MEASURES[name].partition(":")
    found: Contender = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    return found


def main() -> None:
    name, text = sys.argv[1:]
    heap.keep()  # as main.py does
    data: dict[str, Any] = json.loads(text)
    task = Task(**{**data, "data_dir": Path(data["data_dir"]), "work_dir": Path(data["work_dir"])})
    status = 1
    try:
        values = find(name)(task)
        print(json.dumps(values), file=sys.__stdout__, flush=True)
        status = 0
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(status)  # a window's threads may still be at work: nobody waits for them


if __name__ == "__main__":
    main()
