"""How a training ends: the exceptions that end it from inside a hook, and what is said of each.

Lightning runs no further hook after an exception, so the session cleans up itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from engine.problems import Problem, ProblemError
from engine.runs.folder import RunFolder


class EndsTraining(Exception):  # noqa: N818  not every end is an error
    """Base of what must reach the session whatever stands between."""


class StopRun(EndsTraining):
    """The user wants no more."""


class NonFiniteLoss(EndsTraining):
    """A loss, or a weight, became nan or infinite at optimizer step `step`."""

    def __init__(self, step: int, value: float, what: str = "loss") -> None:
        super().__init__(f"The {what} became {value} at step {step}")
        self.step = step


_TRAINING = threading.Lock()


@contextmanager
def alone() -> Iterator[None]:
    """One training at a time in a process: two would draw from the same random state, and
    neither would be repeatable. Raises ProblemError when there is one already."""
    if not _TRAINING.acquire(blocking=False):
        sentence = "Another training is under way in this process"
        raise ProblemError(Problem("training", sentence, "wait for it, or use another process"))
    try:
        yield
    finally:
        _TRAINING.release()


def is_training() -> bool:
    """Whether a training is under way in this process."""
    return _TRAINING.locked()


def diverged(error: NonFiniteLoss, folder: RunFolder | None) -> Problem:
    """What to say of a loss that is no number, and what was kept."""
    files = (folder.best_checkpoint, folder.last_checkpoint) if folder is not None else ()
    kept = " and ".join(path.name for path in files if path.is_file())
    sentence = f"{error}; {f'kept from before: {kept}' if kept else 'there was no checkpoint yet'}"
    hint = "try a lower optimizer.lr, a warm-up, or set regularization.clip_norm to 1"
    return Problem("training", sentence, hint)


def end_not_saved() -> Problem:
    """What to say when a disk was full to the very end."""
    sentence = "The training is finished, but its end could not be saved"
    hint = "free space, then resume the run: it makes its end again"
    return Problem("checkpoint", sentence, hint)


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out; on the CPU torch says so in a plain RuntimeError."""
    phrases = ("can't allocate memory", "not enough memory", "out of memory")
    said = isinstance(error, RuntimeError) and any(phrase in str(error) for phrase in phrases)
    return said or isinstance(error, torch.OutOfMemoryError | MemoryError)


def unexpected(error: Exception, folder: RunFolder | None) -> Problem:
    """What to say of a device out of memory, or of a bug."""
    if is_out_of_memory(error):
        hint = "make the network or training.batch_size smaller"
        return Problem("training", "There is not enough memory for this training", hint)
    hint = "the details are in the run's log.txt" if folder is not None else ""
    sentence = f"The training failed: {type(error).__name__}: {error}"
    return Problem("training", sentence, hint)
