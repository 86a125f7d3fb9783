"""What happens to a training when the window is to be closed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

Choice = Literal["keep", "save", "discard"]


def ask(window: QWidget, run_name: str, may_discard: bool = True) -> Choice:
    """Keep training (the window stays), stop and save, or discard the run if that is offered."""
    box = QMessageBox(window)
    box.setObjectName("closing")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("A training is running")
    box.setText("A training is running. What should become of it?")
    named = f" ({run_name})" if run_name else ""
    about = "Stop and save keeps a checkpoint of this moment."
    if may_discard:
        about += f" Discard stops it and deletes the folder of this run{named}."
    box.setInformativeText(about)
    keep = box.addButton("Keep training", QMessageBox.ButtonRole.RejectRole)
    save = box.addButton("Stop and save", QMessageBox.ButtonRole.AcceptRole)
    discard = None
    if may_discard:
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
    keep.setProperty("primary", True)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    pressed = box.clickedButton()
    box.deleteLater()
    if pressed is save:
        return "save"
    return "discard" if discard is not None and pressed is discard else "keep"
