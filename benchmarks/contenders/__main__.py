"""One measurement in this process: `python -m benchmarks.contenders NAME TASK_JSON`.

Prints one JSON object as the last line of standard output.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.contenders.base import Contender, Task

CONTENDERS = {
    "headless": "headless:run",
    "window": "window:run",
    "lightning": "plain_lightning:with_transforms",
    "lightning_tensors": "plain_lightning:with_tensors",
    "hand": "hand:run",
}


def find(name: str) -> Contender:
    """The function of a contender."""
    module, _, function = CONTENDERS[name].partition(":")
    found: Contender = getattr(importlib.import_module(f"benchmarks.contenders.{module}"), function)
    return found


def main() -> None:
    name, text = sys.argv[1:]
    data: dict[str, Any] = json.loads(text)
    task = Task(**{**data, "data_dir": Path(data["data_dir"]), "work_dir": Path(data["work_dir"])})
    speed = find(name)(task)
    print(json.dumps(asdict(speed)), flush=True)


if __name__ == "__main__":
    main()
