"""The two small columns before a run's name: the box that compares it, and the star."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
COLOR_ROLE = Qt.ItemDataRole.UserRole
"""Under this role the model gives the colour of a compared run, None for any other."""

_BOX, _ICON = 16, 16


class TickDelegate(QStyledItemDelegate):
    """A box; ticked, it has the colour of the run's curves."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground of the row, then the box (override)."""
        _paint_ground(painter, option, index)
        if index.data(Qt.ItemDataRole.CheckStateRole) is None:
            return
        color = index.data(COLOR_ROLE)
        box = QRectF(_centred(option.rect, _BOX)).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(color or self._theme.colors.border))
        painter.setBrush(QColor(color or self._theme.colors.surface))
        painter.drawRoundedRect(box, 4, 4)
        if color is not None:
            painter.setPen(QPen(_ink_on(QColor(color)), 1.8))
            places = ((0.24, 0.52), (0.43, 0.72), (0.78, 0.30))
            painter.drawPolyline(QPolygonF([_within(box, *place) for place in places]))
        painter.restore()


class StarDelegate(QStyledItemDelegate):
    """A star: full for a favourite, only hinted at where the mouse is, none elsewhere."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground of the row, then the star (override)."""
        _paint_ground(painter, option, index)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        pointed_at = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if state == Qt.CheckState.Checked:
            icon = self._theme.icon("star-full", "warning")
        elif state is not None and pointed_at:
            icon = self._theme.icon("star", "secondary")
        else:
            return
        icon.paint(painter, _centred(option.rect, _ICON))


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
    """What the style sheet gives every cell: the selection, the line below."""
    style = option.widget.style()
    style.drawPrimitive(
        QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
    )


def _centred(place: QRect, size: int) -> QRect:
    found = QRect(0, 0, size, size)
    found.moveCenter(place.center())
    return found


def _within(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.left() + x * box.width(), box.top() + y * box.height())


def _ink_on(ground: QColor) -> QColor:
    """Black or white, whichever is read better on a colour."""
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return QColor(Qt.GlobalColor.black if light > 0.55 else Qt.GlobalColor.white)
