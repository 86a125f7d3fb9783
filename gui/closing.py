"""What happens to a training when the window is to be closed."""

from __future__ import annotations

import os
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


def ask_end(window: QWidget) -> bool:
    """Whether to end the program although the training does not come to an end."""
    box = QMessageBox(window)
    box.setObjectName("ending")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("The training has not ended yet")
    box.setText("The training has not come to the end of its batch. Wait for it?")
    box.setInformativeText("Ending the program now loses what came after the last checkpoint.")
    wait = box.addButton("Wait", QMessageBox.ButtonRole.RejectRole)
    end = box.addButton("End the program", QMessageBox.ButtonRole.DestructiveRole)
    wait.setProperty("primary", True)
    box.setDefaultButton(wait)
    box.setEscapeButton(wait)
    box.exec()
    ended = box.clickedButton() is end
    box.deleteLater()
    return ended


def end_process() -> None:
    """At once: a thread that never ends cannot be waited for."""
    os._exit(1)
