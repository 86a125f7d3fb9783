"""A run's `log.txt`: what happened, in lines. A line that cannot be written disturbs nothing."""

from __future__ import annotations

import contextlib
import logging
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path

from engine.plaintext import printable


class RunLog(WatchedFileHandler):
    """Appends to the file, and to a new one when it was deleted. Whoever logs that a disk is full
    must not fail because of that: such a line waits in memory or, without a folder, is lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def format(self, record: logging.LogRecord) -> str:
        """Without the characters with which a file's name could move a reader's cursor."""
        return printable(super().format(record))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line if that is possible."""
        with contextlib.suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Python's own prints a traceback to standard error: right for a bug, not for a disk."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)

    def close(self) -> None:
        """Write what waits if that is possible."""
        with contextlib.suppress(OSError):
            super().close()
