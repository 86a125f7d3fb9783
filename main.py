"""The front door: opens the dashboard, or runs one headless command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO


def main() -> int:
    """Carry out the command line; the exit status of the process."""
    from engine import collector, heap

    heap.keep()
    with collector.at_rest():
        from engine.cli import run
        from gui.launch import open_window

    return run(sys.argv[1:], open_window, Path(sys.argv[0]).name)


def main_gui() -> int:
    """The same without a console: what would be printed goes into a file."""
    if sys.stdout is None or sys.stderr is None:  # pythonw and Windows gui-scripts
        sys.stdout = sys.stderr = _open_log()
    return main()


def _open_log() -> TextIO:
    from engine import paths

    try:
        paths.home().mkdir(parents=True, exist_ok=True)
        return open(paths.home() / "window.log", "w", encoding="utf-8", buffering=1)
    except OSError:
        return open(os.devnull, "w", encoding="utf-8")


# Processes that prepare batches import this file again; only the first one opens the door.
if __name__ == "__main__":
    sys.exit(main())
