"""What is marked on the curves of the run that is shown: changes, checkpoints, where it forked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.runs.checkpointfile import read_stamp
from engine.runs.folder import RunFolder
from engine.training import events as e
from engine.training.begin import New
from gui.presenters.runs import mark_of, marks_of
from gui.presenters.training import TrainingPresenter


class Marking(QObject):
    """Says each mark once: a run that goes on makes the changes of its log again."""

    marked = Signal(int, str)
    """The optimizer step, and what happened there."""

    def __init__(self, training: TrainingPresenter) -> None:
        super().__init__()
        self._training = training
        self._said: set[tuple[int, str]] = set()

    def begin(self) -> None:
        """Something else is shown: say what is to be marked on its curves already. To be called
        when the curves have been taken off the screen."""
        self._said.clear()
        folder = self._training.folder
        if folder is not None and not self._training.active:
            self._say_past(folder)

    def note(self, event: e.Event) -> None:
        """Say what has happened in the training, if it is to be marked."""
        if isinstance(event, e.Intervened):
            self._say(event.intervention.step, mark_of(event.intervention))
        elif isinstance(event, e.CheckpointSaved) and event.reason == "asked":
            self._say(event.step, "checkpoint")
        elif isinstance(event, e.Started) and not isinstance(self._training.begun, New):
            self._say_past(RunFolder(event.run), self._begun_at())

    def _begun_at(self) -> int | None:
        """The step of the checkpoint that the training was begun with, if one was given."""
        path = getattr(self._training.begun, "checkpoint", None)
        stamp = read_stamp(path) if path is not None else None
        return stamp.step if stamp is not None else None

    def _say_past(self, folder: RunFolder, until: int | None = None) -> None:
        for step, words in marks_of(folder, until):
            self._say(step, words)

    def _say(self, step: int, words: str) -> None:
        if (step, words) not in self._said:
            self._said.add((step, words))
            self.marked.emit(step, words)
