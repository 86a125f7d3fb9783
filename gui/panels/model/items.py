"""What a graph is drawn with: boxes, frames round unfolded groups, and lines."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneMouseEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)

from engine.model.folding import Box
from engine.model.graph import Graph
from engine.model.layout import Line, Rect
from engine.model.words import subtitle, title
from gui.presenters.modelgraph import GraphPresenter
from gui.theme import BODY, TINY, Theme

HEIGHT, LEAST, SIGN = 42.0, 84.0, 16.0
"""A box, and the sign in its corner, or in that of a frame (see `engine.model.layout.SIGN`)."""
_READABLE = 0.4
"""The scale below which words are not drawn: they would be specks."""
_FILLS = {
    "input": "good_surface", "output": "good_surface", "layer": "info_surface",
    "parameter": "warning_surface", "function": "surface", "group": "hover",
}  # fmt: skip


class Fonts:
    """The fonts of a graph, and how large a box has to be for its words."""

    def __init__(self, font: QFont) -> None:
        self.title, self.small = QFont(font), QFont(font)
        self.title.setPixelSize(BODY)
        self.small.setPixelSize(TINY)
        self._title, self._small = QFontMetricsF(self.title), QFontMetricsF(self.small)

    def size_of(self, graph: Graph, box: Box) -> tuple[float, float]:
        """Width and height of a box."""
        wide = self._title.horizontalAdvance(title(graph, box))
        wide = max(wide, self._small.horizontalAdvance(subtitle(graph, box)))
        room = 24 + (2 * SIGN if box.group is not None else 0)
        return max(LEAST, float(round(wide)) + room), HEIGHT


class _Touchable(QGraphicsItem):
    """Something that is chosen by a click and folded by a second one, or on its sign."""

    def __init__(self, theme: Theme, presenter: GraphPresenter, box: Box, rect: Rect) -> None:
        super().__init__()
        self._theme, self._presenter, self._box = theme, presenter, box
        self._rect = QRectF(rect.x, rect.y, rect.width, rect.height)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def boundingRect(self) -> QRectF:
        """Room for the border and for the cards behind a repeated block."""
        return self._rect.adjusted(-3, -3, 7, 7)

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Choose; on the sign, fold or unfold."""
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
        elif self._box.group is not None and self._sign().contains(event.pos()):
            self._presenter.toggle(self._box)
        else:
            self._presenter.choose(self._box)

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Fold or unfold."""
        self._presenter.toggle(self._box)

    def _sign(self) -> QRectF:
        """Where the sign is that folds and unfolds."""
        return QRectF()

    def _pen(self, chosen: bool) -> QPen:
        colors = self._theme.colors
        return _visible(colors.accent if chosen else colors.border, chosen)

    def _paint_sign(self, painter: QPainter, unfolds: bool) -> None:
        painter.setPen(QPen(QColor(self._theme.colors.secondary), 1.5))
        middle = self._sign().center()
        painter.drawLine(middle - QPointF(4, 0), middle + QPointF(4, 0))
        if unfolds:
            painter.drawLine(middle - QPointF(0, 4), middle + QPointF(0, 4))

    def _chosen(self) -> bool:
        return self._presenter.chosen == self._box


class BoxItem(_Touchable):
    """An operation, or a group that is folded up; a repeated block looks like several cards."""

    def __init__(
        self, theme: Theme, presenter: GraphPresenter, fonts: Fonts, box: Box, rect: Rect
    ) -> None:
        super().__init__(theme, presenter, box, rect)
        graph = presenter.graph
        assert graph is not None
        self._fonts = fonts
        self._words = title(graph, box), subtitle(graph, box)
        self._kind = "group" if box.group is not None else graph.nodes[box.node or 0].kind
        self._cards = 2 if box.group is not None and graph.groups[box.group].count > 1 else 0
        self.setToolTip(self._words[0])

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Cards, box, words, sign."""
        colors = self._theme.colors
        fill = QColor(str(getattr(colors, _FILLS[self._kind])))
        radius = 18 if self._kind == "parameter" else 6
        painter.setPen(self._pen(False))
        painter.setBrush(fill)
        for card in range(self._cards, 0, -1):
            painter.drawRoundedRect(self._rect.translated(3 * card, 3 * card), radius, radius)
        painter.setPen(self._pen(self._chosen()))
        painter.drawRoundedRect(self._rect, radius, radius)
        if option.levelOfDetailFromTransform(painter.worldTransform()) >= _READABLE:
            self._paint_words(painter)
        if self._kind == "group":
            self._paint_sign(painter, unfolds=True)

    def _paint_words(self, painter: QPainter) -> None:
        colors = self._theme.colors
        above, below = self._words
        centre = Qt.AlignmentFlag.AlignCenter
        room = self._rect.adjusted(0, 5, 0, -20) if below else self._rect
        painter.setFont(self._fonts.title)
        painter.setPen(QColor(colors.text))
        painter.drawText(room, centre, above)
        painter.setFont(self._fonts.small)
        painter.setPen(QColor(colors.secondary))
        painter.drawText(self._rect.adjusted(0, 22, 0, -4), centre, below)

    def _sign(self) -> QRectF:
        return QRectF(self._rect.right() - SIGN - 4, self._rect.top() + 2, SIGN, SIGN)


class FrameItem(_Touchable):
    """The frame round a group that is unfolded, with its name above."""

    def __init__(
        self, theme: Theme, presenter: GraphPresenter, fonts: Fonts, key: int, rect: Rect
    ) -> None:
        super().__init__(theme, presenter, Box(group=key), rect)
        graph = presenter.graph
        assert graph is not None
        group = graph.groups[key]
        self._words = title(graph, self._box), group.path if group.count == 1 else ""
        self._fonts = fonts

    def shape(self) -> QPainterPath:
        """Only its name can be touched: what is inside lies on it."""
        path = QPainterPath()
        path.addRect(QRectF(self._rect.left(), self._rect.top(), self._rect.width(), 22))
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Frame, name, sign."""
        painter.setPen(self._pen(self._chosen()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._rect, 8, 8)
        if option.levelOfDetailFromTransform(painter.worldTransform()) >= _READABLE:
            self._paint_name(painter)
        self._paint_sign(painter, unfolds=False)

    def _paint_name(self, painter: QPainter) -> None:
        """On the ground's colour: a line may run behind it."""
        colors = self._theme.colors
        metrics = QFontMetricsF(self._fonts.small)
        words = self._name(metrics, self._rect.width() - 34)
        left, top = self._rect.left() + 7, self._rect.top() + 3
        room = QRectF(left, top, metrics.horizontalAdvance(words) + 6, 18)
        painter.fillRect(room, QColor(colors.surface))
        painter.setFont(self._fonts.small)
        painter.setPen(QColor(colors.secondary))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _name(self, metrics: QFontMetricsF, most: float) -> str:
        """The type, and of the path as much of its end as there is room for."""
        kind, path = self._words
        room = most - metrics.horizontalAdvance(f"{kind}   ")
        shown = metrics.elidedText(path, Qt.TextElideMode.ElideLeft, room)
        if path and shown not in ("", "…"):
            return f"{kind}   {shown}"
        return metrics.elidedText(kind, Qt.TextElideMode.ElideRight, most)

    def _sign(self) -> QRectF:
        return QRectF(self._rect.right() - SIGN - 4, self._rect.top() + 3, SIGN, SIGN)


class LineItem(QGraphicsItem):
    """A line from one box to another; those of the chosen box stand out."""

    def __init__(self, theme: Theme, presenter: GraphPresenter, line: Line) -> None:
        super().__init__()
        self._theme, self._presenter, self._line = theme, presenter, line
        self._path = path_of(line)
        self._bounds = self._path.boundingRect().adjusted(-6, -2, 6, 2)
        self._boxes = {box for pair in line.pairs for box in pair}
        self.setZValue(-1)

    def boundingRect(self) -> QRectF:
        """Room for the arrow."""
        return self._bounds

    def shape(self) -> QPainterPath:
        """A line cannot be touched."""
        return QPainterPathStroker().createStroke(QPainterPath())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """The line and its arrow."""
        colors = self._theme.colors
        chosen = self._presenter.chosen in self._boxes
        color = QColor(colors.accent if chosen else colors.secondary)
        painter.setPen(_visible(color, chosen))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if self._line.ends:
            x, y = self._line.points[-1]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            corners = [QPointF(x, y), QPointF(x - 4, y - 7), QPointF(x + 4, y - 7)]
            painter.drawPolygon(QPolygonF(corners))


def _visible(color: QColor | str, chosen: bool) -> QPen:
    """A pen that is as wide on the screen however small the graph is shown."""
    pen = QPen(QColor(color), 2 if chosen else 1)
    pen.setCosmetic(True)
    return pen


def path_of(line: Line) -> QPainterPath:
    """Straight down, and in a soft curve from one layer to the next."""
    (x, y), *rest = line.points
    path = QPainterPath(QPointF(x, y))
    for to_x, to_y in rest:
        half = (y + to_y) / 2
        if abs(to_x - x) < 0.5:
            path.lineTo(to_x, to_y)
        else:
            path.cubicTo(x, half, to_x, half, to_x, to_y)
        x, y = to_x, to_y
    return path
