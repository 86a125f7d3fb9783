"""The entry of a path: typed, or chosen in a dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from gui.forms.entries import TextBox
from gui.theme import Theme


class PathBox(TextBox):
    """A path, typed or chosen in a dialog."""

    def __init__(
        self,
        theme: Theme,
        folder: bool = False,
        empty: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(empty, parent)
        self._theme = theme
        self._asks = "Choose a folder" if folder else "Choose a file"
        self._folder = folder
        where = QLineEdit.ActionPosition.TrailingPosition
        self._browse = self.addAction(theme.icon("folder", "secondary"), where)
        self._browse.setToolTip(self._asks)
        self._browse.triggered.connect(self._on_browse)
        theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self._browse.setIcon(self._theme.icon("folder", "secondary"))

    def _on_browse(self) -> None:
        if self._folder:
            chosen = QFileDialog.getExistingDirectory(self, self._asks, self.text())
        else:
            chosen, _kind = QFileDialog.getOpenFileName(self, self._asks, self.text())
        if chosen:
            self.setText(chosen)
            self.edited.emit(chosen)
