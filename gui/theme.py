"""Light and dark: one source of colours, fonts and icons, following the system as it changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Literal, get_args

from PySide6.QtCore import QObject, QSettings, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from engine import paths
from gui import icons
from gui.colors import DARK, LIGHT, Colors

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = get_args(Mode)
ENVIRONMENT = "TRAINBOARD_THEME"
SETTING = "theme"

BODY, SMALL, TINY, TITLE, HEADLINE, HUGE = 13, 12, 11, 15, 24, 30
"""Type sizes in device-independent pixels."""

_SHEET_ICONS = {
    "chevron_down": ("chevron-down", "secondary"),
    "chevron_down_disabled": ("chevron-down", "disabled"),
    "chevron_up": ("chevron-up", "secondary"),
    "chevron_up_disabled": ("chevron-up", "disabled"),
    "chevron_right": ("chevron-right", "secondary"),
    "check": ("check", "on_accent"),
    "checked": ("check", "text"),
}


def figures(font: QFont) -> QFont:
    """The same font with figures of one width, so that changing numbers do not jump."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def monospace() -> QFont:
    """The system's fixed-width font in the small size."""
    font = QFont("monospace")
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(SMALL)
    return font


class Theme(QObject):
    """The look of the application. Plots and painted widgets read `colors` and hear `changed`."""

    changed = Signal()

    def __init__(
        self, app: QApplication, settings: QSettings | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._settings = settings
        self._images = QTemporaryDir()
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._mode = self._first_mode()
        self.colors: Colors = LIGHT
        app.setStyle("Fusion")
        font = app.font()
        font.setPixelSize(BODY)
        app.setFont(figures(font))
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._tell_system()
        self._apply()

    @property
    def mode(self) -> Mode:
        """What was chosen: to follow the system, or one of the two."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Choose and remember light, dark or the system's."""
        self._mode = mode
        if self._settings is not None:
            self._settings.setValue(SETTING, mode)
        self._tell_system()
        self._apply()

    def icon(self, name: str, role: str = "text") -> QIcon:
        """An icon of `resources/icons`, tinted by the colour token `role`."""
        key = (name, role)
        if key not in self._icons:
            color = str(getattr(self.colors, role))
            self._icons[key] = icons.icon(name, color, self.colors.disabled)
        return self._icons[key]

    def system_is_dark(self) -> bool:
        """Whether the system asks for light on dark; where it has no opinion, it does not."""
        return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark

    @contextmanager
    def undressed(self) -> Iterator[None]:
        """While many widgets are put together. Under a style sheet Qt looks up the style of a
        widget and of all its children each time it is put into another, which takes most of the
        time that the window needs; without it each of them is looked up once, in the end."""
        self._app.setStyleSheet("")
        try:
            yield
        finally:
            self._app.setStyleSheet(self._sheet())

    # --- Applying ----------------------------------------------------------------------------

    def _first_mode(self) -> Mode:
        remembered = self._settings.value(SETTING, "system") if self._settings else "system"
        wanted = os.environ.get(ENVIRONMENT) or str(remembered)
        return next((mode for mode in MODES if mode == wanted), "system")

    def _tell_system(self) -> None:
        """Let title bars and native dialogs follow the choice too."""
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        hints = self._app.styleHints()
        if self._mode in schemes:
            hints.setColorScheme(schemes[self._mode])
        else:
            hints.unsetColorScheme()

    def _on_system_changed(self) -> None:
        if self._mode == "system":
            self._apply()

    def _apply(self) -> None:
        dark = self._mode == "dark" or (self._mode == "system" and self.system_is_dark())
        colors = DARK if dark else LIGHT
        if colors is self.colors and self._app.styleSheet():
            return
        self.colors = colors
        self._icons.clear()
        self._app.setPalette(_palette(colors))
        self._app.setStyleSheet(self._sheet())
        self.changed.emit()

    def _sheet(self) -> str:
        folder = Path(self._images.path())
        values: dict[str, str] = {
            key: str(value) for key, value in vars(self.colors).items() if key != "curves"
        }
        for key, (name, role) in _SHEET_ICONS.items():
            path = icons.write_tinted(name, str(getattr(self.colors, role)), folder)
            values[f"image_{key}"] = path.as_posix()
        values |= {"body": f"{BODY}px", "small": f"{SMALL}px", "tiny": f"{TINY}px"}
        values |= {"title": f"{TITLE}px"}
        values |= {"headline": f"{HEADLINE}px", "huge": f"{HUGE}px"}
        template = (paths.bundled("resources") / "style.qss").read_text(encoding="utf-8")
        return Template(template).substitute(values)


def _palette(colors: Colors) -> QPalette:
    """What widgets without a rule in the style sheet use, dialogs of Qt among them."""
    role = QPalette.ColorRole
    table = {
        role.Window: colors.window, role.WindowText: colors.text, role.Base: colors.surface,
        role.AlternateBase: colors.window, role.Text: colors.text, role.Button: colors.window,
        role.ButtonText: colors.text, role.BrightText: colors.error,
        role.ToolTipBase: colors.surface, role.ToolTipText: colors.text,
        role.PlaceholderText: colors.secondary, role.Highlight: colors.accent,
        role.HighlightedText: colors.on_accent, role.Link: colors.link,
        role.LinkVisited: colors.link, role.Accent: colors.accent, role.Light: colors.surface,
        role.Midlight: colors.hairline, role.Mid: colors.border, role.Dark: colors.border,
    }  # fmt: skip
    palette = QPalette()
    for which, color in table.items():
        palette.setColor(which, QColor(color))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(colors.disabled))
    return palette
