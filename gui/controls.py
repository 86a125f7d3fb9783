"""Small widgets that the whole window shares."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QIcon,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui.colors import Colors
from gui.theme import Theme


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and let it look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def label(text: str = "", role: str = "", wrap: bool = False) -> QLabel:
    """A label in one of the style sheet's roles."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def hairline() -> QFrame:
    """A separating line of one pixel."""
    line = QFrame()
    line.setProperty("role", "hairline")
    line.setFixedHeight(1)
    return line


def flat(layout: QLayout, spacing: int = 0) -> None:
    """No margins round a layout."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)


def narrowing(widget: QWidget, narrowest: int, widest: int) -> None:
    """Let a widget give way where there is little room, and never take more than it needs."""
    policy = widget.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
    widget.setSizePolicy(policy)
    widget.setMinimumWidth(narrowest)
    widget.setMaximumWidth(widest)


def show_in_place(widget: QWidget, yes: bool) -> None:
    """Show or hide a widget. One that nothing holds yet is not opened as a window of its own: it
    will be seen where it is put."""
    if not yes or widget.parentWidget() is not None:
        widget.setVisible(yes)


def lay_out_anew(window: QWidget) -> None:
    """Forget the sizes that have been measured in a window, those of hidden pages too."""
    for widget in window.findChildren(QWidget):
        widget.updateGeometry()
    for layout in window.findChildren(QLayout):
        layout.invalidate()


def keep_room(widget: QWidget) -> None:
    """A hidden widget keeps its place, so that nothing moves when it appears."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def wrap_anywhere(made: QLabel) -> None:
    """Let a wrapped label be narrower than its longest word: a path asks for no more room."""
    policy = made.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    made.setSizePolicy(policy)


def never_taller(widget: QWidget) -> None:
    """Let a widget take the height that it needs and no more."""
    widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)


def tab_stops(widget: QWidget) -> list[QWidget]:
    """What Tab can reach in a widget, in the order in which the layouts put it."""
    if isinstance(widget, QScrollArea) and (content := widget.widget()) is not None:
        return tab_stops(content)
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return [widget]
    layout = widget.layout()
    return _stops_in(layout) if layout is not None else []


def _stops_in(layout: QLayout) -> list[QWidget]:
    """`itemAt` would be simpler, but the layout keeps the Python object of each item beyond the
    item, which Qt deletes with its widget: whatever is made at the same address next is taken for
    that object."""
    parent = layout.parentWidget()
    assert parent is not None
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    parts: list[QWidget | QLayout] = list(parent.findChildren(QWidget, options=direct))
    parts += [part for part in layout.children() if isinstance(part, QLayout)]
    placed = [(layout.indexOf(part), part) for part in parts]
    found: list[QWidget] = []
    for _, part in sorted((place for place in placed if place[0] >= 0), key=lambda place: place[0]):
        found += _stops_in(part) if isinstance(part, QLayout) else tab_stops(part)
    return found


def is_undo_or_redo(event: QKeyEvent) -> bool:
    """Whether a key is for the recipe's own undo, not for the entry's."""
    keys = QKeySequence.StandardKey
    return event.matches(keys.Undo) or event.matches(keys.Redo)


class ElidedLabel(QLabel):
    """A label of one line that ends in an ellipsis when there is no room; its tooltip tells all."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self._needed = 0
        self._is_cut = False
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_whole(text)

    def set_whole(self, text: str) -> None:
        """Show this text, as much of it as there is room for."""
        if text != self._whole:
            self._whole = text
            self._measure()

    def whole(self) -> str:
        """The text without the ellipsis."""
        return self._whole

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Elide again in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again at another width."""
        super().resizeEvent(event)
        if self._is_cut or event.size().width() <= self._needed + 1:  # advances are rounded
            self._elide()

    def _measure(self) -> None:
        self._needed = self.fontMetrics().horizontalAdvance(self._whole)
        self._elide()

    def _elide(self) -> None:
        mode = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self._whole, mode, max(self.width(), 24))
        if shown != self.text():
            self.setText(shown)
        self._is_cut = shown != self._whole
        tip = self._whole if self._is_cut else ""
        if tip != self.toolTip():
            self.setToolTip(tip)


class IconButton(QToolButton):
    """A small flat button with an icon that follows the theme."""

    def __init__(self, theme: Theme, icon: str, tip: str, role: str = "mini") -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.setProperty("role", role)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        self.setIcon(self._theme.icon(self._icon, "secondary"))


class MenuButton(QToolButton):
    """A button that opens a menu, with a chevron at its right end."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("arrow", True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(16, 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, then the chevron."""
        super().paintEvent(event)
        role = "on_accent" if self.property("primary") else "secondary"
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        place = QRect(self.width() - 22, (self.height() - 14) // 2, 14, 14)
        painter = QPainter(self)
        self._theme.icon("chevron-down", role).paint(painter, place, mode=mode)


class Switch(QCheckBox):
    """On or off, drawn as a sliding knob. To the keyboard and to screen readers a check box."""

    _TRACK = QSize(32, 18)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures: dict[tuple[object, ...], QImage] = {}
        self.setFixedSize(QSize(36, 24))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for the track and the focus ring."""
        return QSize(36, 24)

    def hitButton(self, pos: object) -> bool:
        """The whole of it can be pressed."""
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter switches as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its picture, which is kept for each state."""
        on, enabled, focus = self.isChecked(), self.isEnabled(), self.hasFocus()
        key = (self._theme.colors.name, self.devicePixelRatioF(), on, enabled, focus)
        if key not in self._pictures:
            self._pictures[key] = self._picture()
        painter = QPainter(self)
        painter.drawImage(0, 0, self._pictures[key])
        painter.end()

    def _picture(self) -> QImage:
        """A rounded track, a knob, a ring when focused."""
        ratio, colors = self.devicePixelRatioF(), self._theme.colors
        picture = QImage(self.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(
            (self.width() - self._TRACK.width()) / 2,
            (self.height() - self._TRACK.height()) / 2,
            self._TRACK.width(),
            self._TRACK.height(),
        )
        self._paint_track(painter, track, colors)
        knob = track.height() - 6
        left = track.right() - 3 - knob if self.isChecked() else track.left() + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.on_accent if self.isChecked() else colors.secondary))
        painter.drawEllipse(QRectF(left, track.top() + 3, knob, knob))
        painter.end()
        return picture

    def _paint_track(self, painter: QPainter, track: QRectF, colors: Colors) -> None:
        radius = track.height() / 2
        if self.hasFocus():
            painter.setPen(QColor(colors.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-1.5, -2, 1.5, 2), radius + 2, radius + 2)
        on = self.isChecked() and self.isEnabled()
        painter.setPen(QColor(colors.accent if on else colors.border))
        painter.setBrush(QColor(colors.accent if on else colors.surface))
        painter.drawRoundedRect(track, radius, radius)


def discard(widget: QWidget) -> None:
    """Take a widget out of sight at once; delete it when its own signals have been worked off.

    All that Python knows of it is held until then: where the garbage collector frees a part of it
    while Qt deletes the rest, the bindings reach for memory that is gone.
    """
    widget.hide()
    widget.setParent(None)
    held = [widget, *widget.findChildren(QObject)]
    QTimer.singleShot(0, lambda: _delete(held))


def _delete(held: list[QObject]) -> None:
    if shiboken6.isValid(held[0]):
        shiboken6.delete(held[0])
    held.clear()
