"""The dialogs round recipe files: open, save as, and what becomes of unsaved changes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine import paths
from gui.presenters.presets import PresetsPresenter
from gui.presenters.recipe import RecipePresenter

_KIND = "Recipes (*.yaml *.yml)"


class Files:
    """Asks the user and tells the presenter."""

    def __init__(self, window: QWidget, presets: PresetsPresenter, recipe: RecipePresenter) -> None:
        self._window = window
        self._presets = presets
        self._recipe = recipe

    def open_dialog(self) -> None:
        """Choose a recipe file and open it."""
        if not self.may_leave():
            return
        folder = self._presets.origin.path or paths.user_presets_dir()
        chosen, _kind = QFileDialog.getOpenFileName(
            self._window, "Open a recipe", str(folder), _KIND
        )
        if chosen:
            self._presets.open(chosen)

    def open_named(self, name_or_path: str) -> None:
        """Open a preset or file, unless the user would rather keep what is there."""
        if self.may_leave():
            self._presets.open(name_or_path)

    def save(self) -> bool:
        """Save to the file; ask for one if there is none, or if it is a shipped preset."""
        return self.save_as() if self._presets.needs_name else self._presets.save()

    def save_as(self) -> bool:
        """Ask for a file and save to it."""
        suggested = self._presets.suggested_path()
        suggested.parent.mkdir(parents=True, exist_ok=True)
        chosen, _kind = QFileDialog.getSaveFileName(
            self._window, "Save the recipe as", str(suggested), _KIND
        )
        return bool(chosen) and self._presets.save_as(Path(chosen))

    def may_leave(self) -> bool:
        """Whether the open recipe may be replaced: nothing unsaved, or the user has decided."""
        if not self._recipe.modified:
            return True
        box = QMessageBox(self._window)
        box.setObjectName("unsaved")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"Save the changes to {self._recipe.get('name')}?")
        possible = self._presets.can_save()
        box.setInformativeText("" if possible.enabled else f"{possible.why}.")
        save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton("Do not save", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        save.setEnabled(possible.enabled)
        save.setProperty("primary", True)
        box.exec()
        pressed = box.clickedButton()
        box.deleteLater()
        return pressed is leave or (pressed is save and self.save())
