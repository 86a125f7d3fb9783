"""The bar above the recipe when a person's own file was edited: it can be taken in with a press."""

from __future__ import annotations

from PySide6.QtCore import Signal

from gui.panels.note import Note, link
from gui.presenters.ownfiles import OwnFiles


class EditedBar(Note):
    """Shown until the file is reloaded, or is again as it was."""

    reloaded = Signal()
    """The recipe was judged by the files as they are now: who has not allowed them is asked."""

    def __init__(self, presenter: OwnFiles) -> None:
        super().__init__("edited")
        self._presenter = presenter
        self.add_line("what")
        self._reload = link("Reload", "edited.reload")
        self._reload.setToolTip("Read its options again; it is shown before it may run")
        self._reload.clicked.connect(self._on_reload)
        self.add_beside(self._reload)
        presenter.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.say("what", self._presenter.words)
        self.setVisible(bool(self._presenter.words))

    def _on_reload(self) -> None:
        self._presenter.reload()
        self.reloaded.emit()
