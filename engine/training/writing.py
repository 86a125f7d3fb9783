"""Writes serialised checkpoints to the disk on a thread of its own; the training goes on."""

from __future__ import annotations

import io
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from engine.runs.atomic import sweep_temporaries, write_atomically
from engine.runs.checkpointfile import Stamp, stamped
from engine.training.keeper import Keeper
from engine.training.lightning import TorchCheckpointIO

logger = logging.getLogger(__name__)

RETRY = 5.0
"""Seconds until a checkpoint that could not be written is tried again."""

WAITING = 2
"""Checkpoints that may wait for the disk; then the training waits, or memory would fill up."""


@dataclass
class Job:
    """One checkpoint on its way to the disk. The future gets None, or what went wrong."""

    path: Path
    content: bytes
    stamp: Stamp
    done: Future[None] = field(default_factory=Future)


class CheckpointWriter(threading.Thread):
    """Writes in the order given. What failed is kept in memory, for each file the latest, and tried
    again until it succeeds: the best weights of a run are not lost to a disk that was full."""

    def __init__(
        self, keeper: Keeper, before: Callable[[], None], written: Callable[[Job], None]
    ) -> None:
        super().__init__(name="checkpoint-writer", daemon=True)
        self._keeper = keeper
        self._before = before
        self._written = written
        self._jobs: queue.Queue[Job | None] = queue.Queue(maxsize=WAITING)
        self._failed: dict[Path, Job] = {}
        self._tried = 0.0

    def submit(self, job: Job) -> None:
        """Have it written; blocks while `WAITING` others wait."""
        self._jobs.put(job)

    def run(self) -> None:
        """Write until ended (thread's main loop)."""
        while True:
            try:
                job = self._jobs.get(timeout=RETRY)
            except queue.Empty:
                self._try_again()
                continue
            if job is not None:
                self._write(job)
            if job is None or time.monotonic() - self._tried > RETRY:
                self._try_again()
            self._jobs.task_done()
            if job is None:
                return

    def drain(self) -> None:
        """Wait until everything submitted was written, or could not be."""
        if self.is_alive():
            self._jobs.join()

    def end(self) -> None:
        """Write what waits, then end the thread."""
        if self.is_alive():
            self._jobs.put(None)
            self.join()

    @property
    def unwritten(self) -> tuple[Path, ...]:
        """The files of which the latest state is in memory only."""
        return tuple(self._failed)

    def _try_again(self) -> None:
        self._tried = time.monotonic()
        for job in list(self._failed.values()):
            self._write(job)

    def _write(self, job: Job) -> None:
        """Nothing that goes wrong ends this thread: the training would wait for it forever."""
        try:
            try:
                self._write_file(job)
            except FileNotFoundError:
                self._write_file(job)  # the folder was deleted at this very moment
        except OSError as error:
            self._failed[job.path] = job
            self._keeper.failed("Checkpoints", error)
            _settle(job, error)
            return
        except Exception as error:
            logger.exception("%s could not be written", job.path.name)
            _settle(job, error)
            return
        failed_before = bool(self._failed)
        self._failed.pop(job.path, None)
        if not self._failed:
            if failed_before:
                sweep_temporaries(job.path.parent)  # where nothing could be deleted either
            self._keeper.worked("Checkpoints")
        try:
            self._written(job)
        except OSError:
            logger.exception("Older checkpoints could not be deleted")
        _settle(job, None)

    def _write_file(self, job: Job) -> None:
        self._keeper.restore_if_gone()
        self._before()
        job.path.parent.mkdir(exist_ok=True)
        write_atomically(job.path, stamped(job.content, job.stamp))


def _settle(job: Job, error: Exception | None) -> None:
    """Whoever waits for the first attempt hears how it went; later ones nobody waits for."""
    if job.done.done():
        return
    if error is None:
        job.done.set_result(None)
    else:
        job.done.set_exception(error)


class HandingCheckpointIO(TorchCheckpointIO):
    """Lightning's own writing is not atomic when the temporary folder lies on another file system,
    and swallows a lack of permission. This one makes bytes of a checkpoint and hands them on; and
    it gives what was loaded already instead of reading the file a second time."""

    def __init__(self, hand_on: Callable[[Path, bytes], None]) -> None:
        super().__init__()
        self._hand_on = hand_on
        self.loaded: dict[str, Any] | None = None

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None):  # type: ignore[no-untyped-def]
        """Serialise now: from here on the training may change its tensors."""
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        self._hand_on(Path(path), buffer.getvalue())

    def load_checkpoint(self, path: Any, *_: Any, **__: Any) -> dict[str, Any]:
        """What `loaded` was set to."""
        if self.loaded is None:
            raise RuntimeError("No checkpoint was loaded")
        loaded, self.loaded = self.loaded, None  # the tensors are in use from now on
        return loaded
