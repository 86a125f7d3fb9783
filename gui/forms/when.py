"""Says at a field, picker or section when its edit takes effect on the training that runs."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from gui.controls import set_look
from gui.presenters.edits import When
from gui.presenters.recipe import RecipePresenter

_WORDS: dict[When, str] = {"": "", "now": "can apply now", "next": "next run"}
_TIPS: dict[When, str] = {
    "": "",
    "now": "Apply now gives this to the training that runs",
    "next": "This cannot change while training: it waits for the next run",
}


HEIGHT = 12
"""Just the letters: with the name above it a row stays as high as it is without."""


class WhenLabel(QLabel):
    """A quiet line; hidden while nothing trains, or nothing was edited."""

    def __init__(self, presenter: RecipePresenter, path: str) -> None:
        super().__init__()
        self._presenter = presenter
        self._path = path
        self._shown: When = ""
        self.setObjectName(f"{path}.when")
        self.setProperty("role", "when")
        self.setFixedHeight(HEIGHT)
        self.hide()

    def refresh(self) -> bool:
        """Show the presenter's state; whether there is anything to say."""
        when = self._presenter.when(self._path)
        if when != self._shown:
            self._shown = when
            self.setText(_WORDS[when])
            self.setToolTip(_TIPS[when])
            set_look(self, "level", when)
            self.setVisible(bool(when))
        return bool(when)
