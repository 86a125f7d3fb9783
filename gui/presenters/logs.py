"""What happened, line by line: the training's events, messages, and the engine's own log."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from engine.training import events as e
from engine.wording import counted
from gui import texts
from gui.presenters.messages import Level, Message, Messages

LIMIT = 5000
_RANK = {"info": 0, "good": 0, "warning": 1, "error": 2}


@dataclass(frozen=True)
class Line:
    """One line of the log."""

    time: datetime
    level: Level
    text: str

    def as_text(self) -> str:
        """The line as it is copied."""
        mark = "" if self.level in ("info", "good") else f"{self.level.upper()}: "
        return f"{self.time:%H:%M:%S}  {mark}{self.text}"


class _Relay(logging.Handler):
    """Hands the engine's records on, on whatever thread they are made."""

    def __init__(self, pass_on: Callable[[str, str, float], None]) -> None:
        super().__init__(logging.INFO)
        self._pass_on = pass_on

    def emit(self, record: logging.LogRecord) -> None:
        """One record (called by logging)."""
        ranks = ((logging.ERROR, "error"), (logging.WARNING, "warning"), (0, "info"))
        level = next(name for least, name in ranks if record.levelno >= least)
        self._pass_on(level, record.getMessage(), record.created)


class LogPresenter(QObject):
    """Keeps the last lines; the panel asks for those of a level."""

    added = Signal(object)
    """A `Line`."""
    _recorded = Signal(str, str, float)
    """Carries a record from the thread that logs to the window's."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self._lines: deque[Line] = deque(maxlen=LIMIT)
        messages.said.connect(self._on_said)
        self._recorded.connect(self._on_recorded)
        self._relay = _Relay(self._recorded.emit)
        logging.getLogger("engine").addHandler(self._relay)

    def lines(self, least: Level = "info") -> list[Line]:
        """The lines of at least this level, oldest first."""
        return [line for line in self._lines if passes(line, least)]

    def close(self) -> None:
        """Hear the engine's log no longer."""
        logging.getLogger("engine").removeHandler(self._relay)

    def note(self, event: e.Event) -> None:
        """Write down an event of the training, if it is one to remember."""
        said = _sentence(event)
        if said:
            level: Level = "error" if isinstance(event, e.Ended) and event.problems else "info"
            self._add(Line(datetime.now(), level, said))

    def _on_said(self, message: Message) -> None:
        self._add(Line(message.time, message.level, message.text))

    def _on_recorded(self, level: Level, text: str, created: float) -> None:
        self._add(Line(datetime.fromtimestamp(created), level, text))

    def _add(self, line: Line) -> None:
        if self._lines and _said_again(line, self._lines[-1]):
            return
        self._lines.append(line)
        self.added.emit(line)


def _said_again(line: Line, before: Line) -> bool:
    """Whether the engine's log and a message say the same of the same moment."""
    soon = abs((line.time - before.time).total_seconds()) < 1
    return soon and line.text == before.text and _RANK[line.level] <= _RANK[before.level]


def passes(line: Line, least: Level) -> bool:
    """Whether a line is at least of this level."""
    return _RANK[line.level] >= _RANK[least]


def _sentence(event: e.Event) -> str:
    """An event in one line; nothing for what is told as a message anyway."""
    if isinstance(event, e.Preparing):
        return event.message if event.fraction in (None, 0.0) else ""
    if isinstance(event, e.Started):
        threads = counted(event.threads, "thread")
        return (
            f"Started on {event.device} with {threads}: {counted(event.parameters, 'parameter')},"
            f" {counted(event.total_steps, 'step')}; run {event.run}"
        )
    if isinstance(event, e.Paused):
        return f"Paused in epoch {event.epoch} after batch {event.batch} (step {event.step})"
    if isinstance(event, e.Resumed):
        return "Resumed"
    if isinstance(event, e.Evaluated):
        values = ", ".join(
            f"{texts.title(name.removeprefix('val_'))} {texts.metric(name, value)}"
            for name, value in event.metrics.items()
        )
        best = " (best so far)" if event.best else ""
        return f"Validation at epoch {texts.plain(round(event.epoch, 2))}: {values}{best}"
    if isinstance(event, e.CheckpointSaved):
        return f"Checkpoint {event.path.name} at step {event.step} ({event.reason})"
    if isinstance(event, e.Ended) and not event.result.steps:
        return _ending(event)  # otherwise the engine has logged its summary itself
    return ""


def _ending(event: e.Ended) -> str:
    result = event.result
    told = (
        f"{result.status.capitalize()} after {counted(result.steps, 'step')},"
        f" {texts.duration(result.seconds)}"
    )
    return "; ".join([told, *(str(problem) for problem in event.problems)])
