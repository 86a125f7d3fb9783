"""The line above a plot: its title, and a legend whose entries carry the values and are switches.

Painted by hand: a label that changes its text twenty times a second lays the window out again.
"""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from gui.controls import discard, label
from gui.plots.curve import CurveInfo
from gui.plots.style import Dash, PlotStyle, small_font
from gui.plots.text import FORMATTERS

HEIGHT = 28
_SAMPLE, _GAP, _MARGIN = 18, 6, 6
_HIDDEN = "hidden"
"""Stands in place of the value of a curve that is switched off."""
_CENTER_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTER_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class LegendEntry(QAbstractButton):
    """One curve: a sample of its line, its name and its value. Click to hide or show it."""

    def __init__(self, info: CurveInfo, style: PlotStyle) -> None:
        super().__init__()
        self.info = info
        self._style = style
        self._value = ""
        self._value_room = 0
        self.setCheckable(True)
        self.setChecked(True)
        self._font = small_font(self.font())  # the style sheet would overrule setFont
        self._metrics = QFontMetrics(self._font)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setObjectName(f"legend.{info.key}")
        self.setToolTip(f"Hide or show {info.key}")
        self.setAccessibleName(f"{info.key} curve")
        self.toggled.connect(self.updateGeometry)  # "hidden" may need more room than the value

    @property
    def value(self) -> str:
        """The value beside the name, as it is written."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show a value; None for none."""
        text = "" if value is None else FORMATTERS[self.info.format](value)
        if text == self._value:
            return
        self._value = text
        wanted = self._metrics.horizontalAdvance(text)
        if wanted > self._value_room:  # never back: what stands beside must not move
            self._value_room = wanted
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the widest value so far (override)."""
        return self.minimumSizeHint() + QSize(self._label_room(), 0)

    def minimumSizeHint(self) -> QSize:
        """The sample and the value; the name can go (override)."""
        value = self._tail_room() + _GAP if self._tail_room() else 0
        return QSize(2 * _MARGIN + _SAMPLE + value, HEIGHT - 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sample, the name, the value (override)."""
        painter = QPainter(self)
        colors, on = self._style.colors, self.isChecked()
        if self.underMouse() or self.hasFocus():
            self._paint_ground(painter)
        painter.setFont(self._font)
        self._paint_sample(painter, on)
        left = _MARGIN + _SAMPLE
        place = QRectF(left + _GAP, 0, self.width() - left - _GAP - _MARGIN, self.height())
        painter.setPen(self._style.text("secondary" if on else "disabled"))
        room = place.width() - self._tail_room() - _GAP + 2  # advances are rounded
        name = self._metrics.elidedText(self.info.label, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(place, int(_CENTER_LEFT), name)
        painter.setPen(QPen(colors.text if on else colors.disabled))
        painter.drawText(place, int(_CENTER_RIGHT), self._value if on else _HIDDEN)
        painter.end()

    def _label_room(self) -> int:
        """The label with the gap before it; nothing where the title says it already."""
        return _GAP + self._metrics.horizontalAdvance(self.info.label) if self.info.label else 0

    def _tail_room(self) -> int:
        """Room for what stands at the end: the widest value so far, or that there is none."""
        hidden = 0 if self.isChecked() else self._metrics.horizontalAdvance(_HIDDEN)
        return max(self._value_room, hidden)

    def _paint_ground(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._style.line("accent") if self.hasFocus() else Qt.PenStyle.NoPen
        painter.setPen(edge)
        painter.setBrush(QPen(self._style.colors.hover).brush())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_sample(self, painter: QPainter, on: bool) -> None:
        look, middle = self.info.look, self.height() // 2
        dash: Dash = "dashed" if look.dashed else "solid"
        pen = self._style.pen(look) if on else self._style.line("disabled", dash)
        painter.setPen(pen)
        painter.drawLine(QLineF(_MARGIN, middle + 0.5, _MARGIN + _SAMPLE, middle + 0.5))
        if look.dashed:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            color, cap = pen.color(), Qt.PenCapStyle.RoundCap
            painter.setPen(QPen(color, 5.0, Qt.PenStyle.SolidLine, cap))
            painter.drawPoint(QPointF(_MARGIN + _SAMPLE / 2, middle + 0.5))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class Line(QWidget):
    """A line of small text. Unless `fitted` it can change at any rate and lays nothing out."""

    def __init__(self, style: PlotStyle, fitted: bool = False) -> None:
        super().__init__()
        self._style = style
        self._fitted = fitted
        self._text = ""
        self._font = small_font(self.font())
        self._metrics = QFontMetrics(self._font)
        width = QSizePolicy.Policy.Fixed if fitted else QSizePolicy.Policy.Ignored
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What is written."""
        return self._text

    def set_text(self, text: str) -> None:
        """Write something else."""
        if text != self._text:
            self._text = text
            self.update()
            if self._fitted:
                self.updateGeometry()

    def sizeHint(self) -> QSize:
        """One line; as wide as its text if it is fitted to that (override)."""
        room = self._metrics.horizontalAdvance(self._text) + 8 if self._text else 0
        return QSize(room if self._fitted else 0, HEIGHT - 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text, shortened at its end where there is no room (override)."""
        if not self._text:
            return
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(self._style.text())
        mode = Qt.TextElideMode.ElideRight
        shown = self._metrics.elidedText(self._text, mode, self.width())
        painter.drawText(QRectF(self.rect()), int(_CENTER_LEFT), shown)
        painter.end()


class Header(QWidget):
    """Title, what the crosshair stands on, legend, best value."""

    toggled = Signal(str, bool)
    """(key of the curve, whether it is to be shown)."""

    def __init__(self, title: str, style: PlotStyle) -> None:
        super().__init__()
        self._style = style
        self.entries: dict[str, LegendEntry] = {}
        self.title = label(title, "heading")
        self.readout = Line(style)
        self.best = Line(style, fitted=True)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(16, 0, 16, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self.title)
        self._layout.addSpacing(12)
        self._layout.addWidget(self.readout, 1)
        self._layout.addSpacing(8)
        self._layout.addWidget(self.best)
        self.setFixedHeight(HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the legend goes before the best value (override)."""
        super().resizeEvent(event)
        self._make_room()

    def set_best(self, text: str) -> None:
        """Say what was best and when; empty for nothing."""
        self.best.set_text(text)
        self._make_room()

    def _make_room(self) -> None:
        if not self.best.text:
            return  # takes no room
        parts = [self.title, self.best, *self.entries.values()]
        needed = sum(part.sizeHint().width() + 4 for part in parts) + 56
        self.best.setVisible(needed <= self.width())

    def repaint_parts(self) -> None:
        """Paint anew, in the colours that the theme has now."""
        for painted in (self.readout, self.best, *self.entries.values()):
            painted.update()

    def set_curves(self, infos: list[CurveInfo], shown: dict[str, bool]) -> None:
        """One entry a curve, in this order; entries that stay keep their value."""
        wanted = {info.key: info for info in infos}
        for key in [key for key, held in self.entries.items() if wanted.get(key) != held.info]:
            entry = self.entries.pop(key)
            self._layout.removeWidget(entry)
            discard(entry)
        for info in infos:
            if info.key not in self.entries:
                self.entries[info.key] = self._make_entry(info)
            self.entries[info.key].setChecked(shown.get(info.key, True))
            self._layout.removeWidget(self.entries[info.key])
            self._layout.insertWidget(self._layout.count() - 2, self.entries[info.key])

    def _make_entry(self, info: CurveInfo) -> LegendEntry:
        entry = LegendEntry(info, self._style)
        entry.toggled.connect(lambda on, key=info.key: self.toggled.emit(key, on))
        entry.toggled.connect(self._make_room)
        return entry
