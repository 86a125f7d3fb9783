"""The entries of device and precision, which depend on the machine."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from gui.forms.entries import ChoiceBox, TextBox
from gui.presenters.machine import Machine
from gui.theme import Theme

DEVICE, PRECISION = "training.device", "training.precision"


class DeviceBox(TextBox):
    """A device: typed, or chosen among those of this machine, shown with name and memory."""

    def __init__(self, theme: Theme, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._theme, self._machine = theme, machine
        where = QLineEdit.ActionPosition.TrailingPosition
        self._every = self.addAction(theme.icon("chevron-down", "secondary"), where)
        self._every.setToolTip("Devices of this machine")
        self._every.triggered.connect(self._on_asked)
        theme.changed.connect(self._on_theme_changed)

    def menu(self) -> QMenu:
        """What can be chosen now."""
        menu = QMenu(self)
        for name, about in self._machine.offers():
            action = menu.addAction(f"{name}   {about}")
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == self.text())
            action.triggered.connect(lambda _checked=False, name=name: self._take(name))
        return menu

    def _on_asked(self) -> None:
        menu = self.menu()
        menu.exec(self.mapToGlobal(self.rect().bottomLeft()))
        menu.deleteLater()

    def _take(self, name: str) -> None:
        self.setText(name)
        self.edited.emit(name)
        self.left.emit()

    def _on_theme_changed(self) -> None:
        self._every.setIcon(self._theme.icon("chevron-down", "secondary"))


def grey_out(box: ChoiceBox, lacking: dict[str, str]) -> None:
    """Let no value be chosen that the device lacks; its tooltip says why."""
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    for row in range(box.count()):
        reason = lacking.get(str(box.itemData(row)), "")
        model.item(row).setEnabled(not reason)
        box.setItemData(row, reason, Qt.ItemDataRole.ToolTipRole)
