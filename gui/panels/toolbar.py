"""The bar at the top: the recipe's file, what can be done with the training, and a menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gui.actions import Actions
from gui.controls import MenuButton, flat, set_look
from gui.theme import Theme

_TRAINING = ("start", "pause", "step", "stop")
_KEEPING = ("checkpoint", "export")
_TEXTS = {"start": ("Start", "Run again", "Start fork"), "pause": ("Pause", "Resume")}
HEIGHT = 48
PRESET_WIDTH = 300


class Toolbar(QWidget):
    """Buttons for the actions; the one that matters most now is in the accent colour."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("toolbar")
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._theme = theme
        self._actions = actions
        self._primary = ""
        self.preset_menu = QMenu(self)
        self.export_menu = QMenu(self)
        self.overflow_menu = QMenu(self)
        for menu in (self.preset_menu, self.export_menu, self.overflow_menu):
            menu.setToolTipsVisible(True)
        self._preset = self._as_menu(MenuButton(theme), "preset", self.preset_menu)
        self._overflow = self._as_menu(QToolButton(), "menu", self.overflow_menu)
        names = _TRAINING + _KEEPING + ("commands",)
        self._buttons = {name: self._action_button(name) for name in names}
        self._build()
        theme.changed.connect(self._tint)
        self._tint()

    def _action_button(self, name: str) -> QToolButton:
        button = MenuButton(self._theme) if name == "export" else QToolButton()
        button.setObjectName(f"button.{name}")
        button.setDefaultAction(self._actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self._actions[name].text())
        if name == "export":
            button.setMenu(self.export_menu)
            self._actions[name].triggered.connect(button.showMenu)
        return button

    def _as_menu(self, button: QToolButton, name: str, menu: QMenu) -> QToolButton:
        button.setObjectName(f"button.{name}")
        button.setProperty("role", "flat")
        button.setProperty("icon_name", name)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _build(self) -> None:
        self._preset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._preset.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._preset.setMaximumWidth(PRESET_WIDTH)
        self._overflow.setToolTip("Appearance, folders and more")
        self._overflow.setAccessibleName("Menu")
        self._buttons["commands"].setProperty("role", "flat")
        self._buttons["commands"].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        row = QHBoxLayout(self)
        flat(row, 8)
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self._preset)
        row.addSpacing(8)
        for name in _TRAINING:
            row.addWidget(self._buttons[name])
        row.addSpacing(16)
        for name in _KEEPING:
            row.addWidget(self._buttons[name])
        row.addStretch(1)
        row.addWidget(self._buttons["commands"])
        row.addWidget(self._overflow)

    def showEvent(self, event: QShowEvent) -> None:
        """Buttons whose text changes are from the start as wide as the widest of their texts."""
        super().showEvent(event)
        for name, others in _TEXTS.items():
            button = self._buttons[name]
            shown, primary = button.text(), button.property("primary")
            set_look(button, "primary", True)  # in bold, which is wider
            widths = []
            for text in (shown, *others):
                button.setText(text)
                widths.append(button.sizeHint().width())
            button.setText(shown)
            set_look(button, "primary", primary)
            button.setMinimumWidth(max(widths))

    # --- Showing -----------------------------------------------------------------------------

    def show_title(self, title: str, tip: str) -> None:
        """The open recipe's name."""
        metrics = self._preset.fontMetrics()
        room = PRESET_WIDTH - 64
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room)
        self._preset.setText(shown)
        self._preset.setToolTip(tip)
        self._preset.setAccessibleName(f"Recipe {title}")

    def show_primary(self, name: str) -> None:
        """Put one action in the accent colour; "" for none."""
        if name == self._primary:
            return
        self._primary = name
        for other, button in self._buttons.items():
            set_look(button, "primary", other == name)
            self._actions.tint(other, "on_accent" if other == name else "text")

    def _tint(self) -> None:
        for button in (self._preset, self._overflow):
            button.setIcon(self._theme.icon(str(button.property("icon_name")), "secondary"))
