"""Sentences for the message area and the log; who shows them is not known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.problems import Problem, ProblemError

Level = Literal["info", "good", "warning", "error"]


@dataclass(frozen=True)
class Message:
    """One sentence at one moment."""

    level: Level
    text: str
    time: datetime


class Messages(QObject):
    """The one place to which everything is said that the user should read at leisure."""

    said = Signal(object)
    """A `Message`."""

    def say(self, text: str, level: Level = "info") -> None:
        """Say one sentence."""
        self.said.emit(Message(level, text, datetime.now()))

    def problem(self, problem: Problem, level: Level = "error") -> None:
        """Say what is wrong and what to do about it."""
        self.say(str(problem), level)

    def problems(self, error: ProblemError) -> None:
        """Say everything that is wrong."""
        for problem in error.problems:
            self.problem(problem)
