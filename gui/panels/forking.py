"""The bar above the recipe while a fork is prepared: of which run, from where, what starts anew."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from gui.controls import flat, label
from gui.forms.entries import ChoiceBox
from gui.panels.note import Note, link
from gui.presenters.fork import ForkPresenter

WHAT_NOW = "Change what you like, then press Start fork."


class ForkBar(Note):
    """Shown until the fork is started or thought better of."""

    def __init__(self, presenter: ForkPresenter) -> None:
        super().__init__("fork")
        self._presenter = presenter
        self._choices: object = None
        self.add_line("title", "heading")
        self._checkpoints = ChoiceBox()
        self._checkpoints.setObjectName("fork.checkpoint")
        self._checkpoints.setAccessibleName("Checkpoint that the fork begins with")
        self._checkpoints.edited.connect(presenter.choose)
        row = QHBoxLayout()
        flat(row, 8)
        row.addWidget(label("from", "secondary"))
        row.addWidget(self._checkpoints, 1)
        self.add_row(row)
        self.add_line("what", "secondary")
        self.add_line("notes")
        self.add_line("problem", "problem")
        cancel = link("Cancel fork", "fork.cancel")
        cancel.setToolTip("The recipe stays open; Start then trains it from the beginning")
        cancel.clicked.connect(presenter.cancel)
        self.add_button(cancel)
        presenter.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        view = self._presenter.view()
        self.setVisible(view is not None)
        if view is None:
            return
        if view.choices != self._choices:
            self._choices = view.choices
            self._checkpoints.offer([(path, words, path.name) for path, words in view.choices])
        self._checkpoints.show_value(view.chosen)
        self.say("title", view.title)
        self.say("what", WHAT_NOW)
        self.say("notes", "\n".join(view.notes))
        self.say("problem", view.problem)
