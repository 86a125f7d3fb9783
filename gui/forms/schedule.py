"""The small curve below the schedule picker: the learning rate over the whole training."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.wording import counted
from gui import texts
from gui.controls import ElidedLabel, flat, show_in_place
from gui.presenters.recipe import RecipePresenter
from gui.presenters.schedule import ScheduleCurve, schedule_curve
from gui.theme import Theme


class SchedulePreview(QWidget):
    """The curve and one line of words about it; hidden while the rate cannot be computed."""

    def __init__(self, theme: Theme, presenter: RecipePresenter) -> None:
        super().__init__()
        self.setObjectName("optimizer.schedule.preview")
        self._presenter = presenter
        self._curve: ScheduleCurve | None = None
        self._drawing = _Drawing(theme)
        self._words = ElidedLabel("", "secondary")
        column = QVBoxLayout(self)
        flat(column, 2)
        column.setContentsMargins(8, 2, 0, 4)
        column.addWidget(self._drawing)
        column.addWidget(self._words)
        self.refresh()

    def refresh(self) -> None:
        """Compute the curve again if anything it depends on has changed."""
        curve = schedule_curve(self._presenter)
        show_in_place(self, curve is not None)
        if curve is None or curve == self._curve:
            return
        self._curve = curve
        self._drawing.show_rates(curve.rates)
        self._drawing.setVisible(len(set(curve.rates)) > 1)
        self._words.set_whole(in_words(curve))
        self.setAccessibleName(f"Learning rate: {self._words.whole()}")


def in_words(curve: ScheduleCurve) -> str:
    """`4.8e-5 → 0.001 → 0, ≈ 630 steps`: the ends, and the peak where it is between them."""
    first, peak, last = curve.rates[0], max(curve.rates), curve.rates[-1]
    course = [first, peak, last] if peak > 1.02 * max(first, last) else [first, last]
    shown = [_short(rate, peak) for rate in course]
    words = shown[0] if len(set(shown)) == 1 else " → ".join(shown)
    return f"{words}, ≈ {counted(curve.steps, 'step')}"


def _short(rate: float, peak: float) -> str:
    """Two digits; what is far below the peak is nothing."""
    return texts.decimal(float(f"{rate:.2g}")) if rate > 1e-4 * peak else "0"


class _Drawing(QWidget):
    """A line over a baseline, from zero up."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rates: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_rates(self, rates: tuple[float, ...]) -> None:
        """Draw these, evenly spaced."""
        self._rates = rates
        self.update()

    def sizeHint(self) -> QSize:
        """Three rows of the grid."""
        return QSize(120, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The baseline and the curve."""
        colors, area = self._theme.colors, QRectF(self.rect()).adjusted(1, 3, -1, -2)
        painter = QPainter(self)
        painter.setPen(QColor(colors.border))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        highest = max(self._rates, default=0.0)
        if highest <= 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = area.width() / (len(self._rates) - 1), area.height() - 1
        points = [
            QPointF(area.left() + i * width, area.bottom() - 1 - height * rate / highest)
            for i, rate in enumerate(self._rates)
        ]
        painter.setPen(QPen(QColor(colors.link), 1.5, Qt.PenStyle.SolidLine))
        painter.drawPolyline(QPolygonF(points))
