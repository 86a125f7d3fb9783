"""The row below the live plots: x axis, log, smoothing, compared runs, metrics, fit, export."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from gui.controls import ElidedLabel, flat, label, set_look
from gui.presenters.curves import SLIDER, position_of, weight_of
from gui.presenters.feeds import X_AXES
from gui.theme import Theme

_AXIS_TIPS = {
    "step": "x counts optimizer steps",
    "epoch": "x counts epochs",
    "time": "x is the time spent training, pauses left out",
}
_EXPORTS = {
    "png": ("PNG picture...", "The plots as they are now, at twice the size"),
    "svg": ("SVG drawing...", "The plots as they are now, as lines and text"),
    "csv": ("CSV table...", "All recorded values of all curves, not smoothed"),
}
_COMPARE_TIP = "Compare with other runs: their curves are laid over these"
_NARROWEST, _ROOMY, _WIDE = 600, 668, 900
"""Pixels that the row needs with icons alone, with a word before the slider, and with words beside
the icons."""

_FIT_TIP = (
    "Show everything and follow the training again (double click in a plot)\n"
    "Wheel: zoom x, over the left axis y. Drag: move. Shift and drag: zoom to a rectangle."
)


class LiveControls(QWidget):
    """Emits what the user wants; the panel does it."""

    x_axis_chosen = Signal(str)
    log_toggled = Signal(bool)
    smoothing_moved = Signal(float)
    extra_toggled = Signal(str, bool)
    compare_clicked = Signal()
    fit_clicked = Signal()
    export_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._room: tuple[bool, bool] | None = None
        self._axes: dict[str, QToolButton] = {}
        self._log = _button("log", "Logarithmic scale of the loss", "live.log", "toggle")
        self._log.setCheckable(True)
        self._slider = self._make_slider()
        self._word = label("smoothing", "secondary")
        self._weight = label("", "secondary")
        self._weight.setObjectName("live.smoothing_value")
        self.compare = _button("compare", _COMPARE_TIP, "live.compare")
        self._metrics = _button("metrics", "Show more of what is measured", "live.metrics")
        self._fit = _button("fit", _FIT_TIP, "live.fit")
        self._export = _button("export", "Save the plots or their values", "live.export")
        self._message = ElidedLabel("", "secondary")
        self._message.setObjectName("live.message")
        self._build()
        self._connect()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --- Showing ------------------------------------------------------------------------------

    def show_choices(self, x_axis: str, log: bool, smoothing: float) -> None:
        """Set the controls to what is chosen, without saying so."""
        for widget in (self._log, self._slider):
            widget.blockSignals(True)
        self._axes[x_axis].setChecked(True)
        self._log.setChecked(log)
        self._slider.setValue(position_of(smoothing))
        for widget in (self._log, self._slider):
            widget.blockSignals(False)
        self._show_weight(smoothing)

    def show_metrics(self, offered: list[tuple[str, str]], chosen: set[str]) -> None:
        """Offer these metrics, as (name, text)."""
        menu = self._metrics.menu()
        menu.clear()
        for base, text in offered:
            action = QAction(text, menu, checkable=True, checked=base in chosen)
            action.setObjectName(f"live.metrics.{base}")
            action.toggled.connect(lambda on, name=base: self.extra_toggled.emit(name, on))
            menu.addAction(action)
        self._metrics.setEnabled(bool(offered))
        self._metrics.setToolTip(
            "Show more of what is measured" if offered else "Nothing else is measured in this run"
        )

    def show_fit(self, needed: bool) -> None:
        """Whether the user has zoomed, so that there is something to fit."""
        self._fit.setEnabled(needed)
        self._fit.setToolTip(_FIT_TIP if needed else f"Everything is shown\n{_FIT_TIP}")

    def show_exportable(self, exportable: bool, table: bool = True) -> None:
        """Whether there is something to save, and whether as a `table`: of the open run alone."""
        self._export.setEnabled(exportable)
        for action in self._export.menu().actions():
            action.setEnabled(table or action.objectName() != "live.export.csv")
        tip = "Save the plots or their values" if exportable else "There is nothing to save yet"
        self._export.setToolTip(tip)

    def say(self, text: str, level: str = "") -> None:
        """A short message in the row; `level` is "error" or nothing."""
        self._message.set_whole(text)
        set_look(self._message, "level", level)

    def minimumSizeHint(self) -> QSize:
        """Room without the words of the buttons (override)."""
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the buttons are icons alone (override)."""
        super().resizeEvent(event)
        width = self.width()
        if (width >= _ROOMY, width >= _WIDE) != self._room:
            self._room = (width >= _ROOMY, width >= _WIDE)
            self._make_room(*self._room)

    def _make_room(self, roomy: bool, wide: bool) -> None:
        styles = Qt.ToolButtonStyle
        self._word.setVisible(roomy)
        style = styles.ToolButtonTextBesideIcon if wide else styles.ToolButtonIconOnly
        for button in (self.compare, self._metrics, self._fit, self._export):
            button.setToolButtonStyle(style)

    # --- Making -------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        flat(row, 8)
        row.setContentsMargins(16, 8, 16, 12)
        row.addWidget(self._make_axes())
        row.addWidget(self._log)
        row.addSpacing(4)
        row.addWidget(self._word)
        row.addWidget(self._slider)
        row.addWidget(self._weight)
        row.addWidget(self._message, 1)
        for button in (self.compare, self._metrics, self._fit, self._export):
            row.addWidget(button)
        self._metrics.setMenu(QMenu(self._metrics))
        self._metrics.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._export.setMenu(self._make_export_menu())
        self._export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._weight.setFixedWidth(self._weight.fontMetrics().horizontalAdvance("0.999") + 4)

    def _connect(self) -> None:
        self._log.toggled.connect(self.log_toggled)
        self._slider.valueChanged.connect(self._on_slider_moved)
        self.compare.clicked.connect(self.compare_clicked)
        self._fit.clicked.connect(self.fit_clicked)

    def _make_axes(self) -> QWidget:
        box = QWidget()
        box.setAccessibleName("x axis")
        row = QHBoxLayout(box)
        flat(row)
        group = QButtonGroup(box)
        for axis in X_AXES:
            button = _button(axis, _AXIS_TIPS[axis], f"live.x_{axis}", "segment")
            button.setCheckable(True)
            button.setAccessibleName(f"x axis: {axis}")
            button.setProperty("place", {X_AXES[0]: "first", X_AXES[-1]: "last"}.get(axis, ""))
            button.clicked.connect(lambda _on, name=axis: self.x_axis_chosen.emit(name))
            group.addButton(button)
            row.addWidget(button)
            self._axes[axis] = button
        return box

    def _make_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, SLIDER)
        slider.setObjectName("live.smoothing")
        slider.setAccessibleName("smoothing of the per-batch curves")
        slider.setToolTip(
            "Average the per-batch curves over their past; the raw values stay beneath.\n"
            "Validation values are exact and not averaged."
        )
        slider.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        slider.setMinimumWidth(64)
        slider.setMaximumWidth(140)
        slider.setPageStep(10)
        return slider

    def _make_export_menu(self) -> QMenu:
        menu = QMenu(self._export)
        menu.setToolTipsVisible(True)
        for kind, (text, tip) in _EXPORTS.items():
            action = QAction(text, menu)
            action.setObjectName(f"live.export.{kind}")
            action.setToolTip(tip)
            action.triggered.connect(lambda _on, name=kind: self.export_chosen.emit(name))
            menu.addAction(action)
        return menu

    # --- Reacting -----------------------------------------------------------------------------

    def _on_slider_moved(self, position: int) -> None:
        weight = weight_of(position)
        self._show_weight(weight)
        self.smoothing_moved.emit(weight)

    def _show_weight(self, weight: float) -> None:
        self._weight.setText(f"{weight:.3f}".rstrip("0").rstrip(".") if weight else "off")

    def _on_theme_changed(self) -> None:
        for button, icon in (
            (self.compare, "compare"),
            (self._export, "export"),
            (self._metrics, "chart"),
            (self._fit, "fit"),
        ):
            button.setIcon(self._theme.icon(icon, "secondary"))


def _button(text: str, tip: str, name: str, role: str = "flat") -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip.splitlines()[0])
    button.setObjectName(name)
    button.setProperty("role", role)
    button.setIconSize(QSize(16, 16))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
