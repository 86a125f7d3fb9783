"""A person's own code in the open recipe: what waits for a word, and the word that is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from engine import consent
from engine.consent import Code, NotAllowed
from engine.problems import Problem, ProblemError
from gui.presenters.messages import Messages
from gui.presenters.recipe import RecipePresenter

ASKS_FIRST = "Asks before it starts: your own code"
"""What is said where all that is missing is a person's word."""


class ConsentPresenter(QObject):
    """Knows which files may not run yet. Only `allow` changes that, with the content in hand."""

    allowed = Signal()
    """A file was allowed."""

    def __init__(self, recipe: RecipePresenter, messages: Messages) -> None:
        super().__init__()
        self._recipe = recipe
        self._messages = messages

    @property
    def waiting(self) -> list[NotAllowed]:
        """The files of the open recipe that may not run."""
        return not_allowed(self._recipe.problems)

    def look(self, problem: NotAllowed) -> Code | None:
        """The file as it is now, to be shown; None when it cannot be read, which is said."""
        try:
            return consent.read(problem.file, problem.path)
        except ProblemError as error:
            self._tell(error)
            return None

    def allow(self, code: Code) -> bool:
        """Let the file run as it was shown. False, and said, when it is another by now."""
        try:
            consent.allow(code.path, code.sha256)
        except ProblemError as error:
            self._tell(error)
            return False
        self._recipe.look_again()
        self.allowed.emit()
        return True

    def _tell(self, error: ProblemError) -> None:
        for problem in error.problems:
            self._messages.problem(problem, "warning")


def only_asked(problems: Sequence[Problem]) -> bool:
    """Whether nothing is wrong but that a person has not yet said that the own code may run."""
    return bool(problems) and all(isinstance(problem, NotAllowed) for problem in problems)


def not_allowed(problems: Iterable[Problem]) -> list[NotAllowed]:
    """Those of the problems that are files which may not run, each file once."""
    found = [problem for problem in problems if isinstance(problem, NotAllowed)]
    return list({problem.file: problem for problem in found}.values())
