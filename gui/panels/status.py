"""The strip at the bottom: device and threads, what the process uses, the last message."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.controls import ElidedLabel, flat, label, set_look
from gui.presenters.messages import Message
from gui.presenters.system import SystemReader
from gui.theme import Theme

HEIGHT = 28
_ICONS = {"info": "info", "good": "done", "warning": "warning", "error": "error"}


class StatusStrip(QWidget):
    """Reads the process's use once a second while it is in sight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setProperty("role", "bar")
        self.setFixedHeight(HEIGHT)
        self._theme = theme
        self._reader = SystemReader()
        self._device = label("", "secondary")
        self._device.setObjectName("status.device")
        self._use = label("", "secondary")
        self._use.setObjectName("status.use")
        self._use.setToolTip("Processor and memory that this program uses")
        self._icon = QLabel()
        self._message = ElidedLabel("", "secondary")
        self._message.setObjectName("status.message")
        self._level = "info"
        row = QHBoxLayout(self)
        flat(row, 16)
        row.setContentsMargins(16, 0, 16, 0)
        row.addWidget(self._device)
        row.addWidget(self._use)
        row.addSpacing(8)
        words = QHBoxLayout()
        flat(words, 6)
        words.addWidget(self._icon)
        words.addWidget(self._message, 1)
        row.addLayout(words, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._read)
        theme.changed.connect(self._show_icon)

    def show_device(self, text: str) -> None:
        """Where the training computes: `cpu, 2 threads`."""
        self._device.setText(text)

    def show_message(self, message: Message) -> None:
        """The last thing that was said stays until the next."""
        self._level = message.level
        self._message.set_whole(message.text)
        set_look(self._message, "level", message.level)
        self._show_icon()

    def clear_message(self) -> None:
        """Nothing has been said yet."""
        self._level = "info"
        self._message.set_whole("")
        self._show_icon()

    def watch(self, on: bool) -> None:
        """Read once a second, or rest."""
        if on and not self._timer.isActive():
            self._read()
            self._timer.start()
        elif not on:
            self._timer.stop()

    def _read(self) -> None:
        self._use.setText(self._reader.read())

    def _show_icon(self) -> None:
        shown = bool(self._message.whole())
        self._icon.setVisible(shown)
        role = self._level if self._level != "info" else "secondary"
        icon = self._theme.icon(_ICONS[self._level], role)
        self._icon.setPixmap(icon.pixmap(16, 16))
