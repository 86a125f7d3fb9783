"""Every column in one row: kind, gaps, figures, and how its values are spread, drawn small."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from engine.views import ColumnView
from gui import texts
from gui.panels.look.painting import LEFT, RIGHT, draw_histogram, small_font
from gui.panels.look.rows import ROW, fit_columns, quiet
from gui.presenters.datafacts import value_of
from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NONE = "–"
_SPREAD_ROW = 44
_SPREAD = 220
_MOST_SAID = 3
_MOST_ROWS = 12


def _number(value: float | None) -> str:
    return NONE if value is None else value_of(value)


_CELLS: dict[str, Callable[[ColumnView], str]] = {
    "Column": lambda column: column.name,
    "Kind": lambda column: column.kind,
    "Gaps": lambda column: texts.whole(column.gaps) if column.gaps else NONE,
    "Different": lambda column: texts.whole(column.distinct),
    "Smallest": lambda column: _number(column.low),
    "Mean": lambda column: _number(column.mean),
    "Median": lambda column: _number(column.median),
    "Largest": lambda column: _number(column.high),
    "Spread": lambda column: most_frequent(column),
}
_HEADS = tuple(_CELLS)
_FIRST_NUMBER, _DRAWN = 2, len(_HEADS) - 1


def most_frequent(column: ColumnView) -> str:
    """`male 577, female 314`, "" for numbers."""
    said = [f"{name} {texts.whole(count)}" for name, count in column.frequent[:_MOST_SAID]]
    return ", ".join(said)


class ColumnsModel(QAbstractTableModel):
    """One row a column of the table, or a channel of the series."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: tuple[ColumnView, ...] = ()

    def show_columns(self, columns: tuple[ColumnView, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self._columns = columns
        self.endResetModel()

    def column(self, row: int) -> ColumnView:
        """What is in a row."""
        return self._columns[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row a column."""
        return 0 if parent.isValid() else len(self._columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As the header says."""
        return 0 if parent.isValid() else len(_HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell; the spread is drawn, and told to who cannot see it."""
        column = self._columns[index.row()]
        drawn = index.column() == _DRAWN
        if role == Qt.ItemDataRole.DisplayRole and not drawn:
            return _CELLS[_HEADS[index.column()]](column)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return spread_words(column) if drawn else _CELLS[_HEADS[index.column()]](column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """What is told of a column."""
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None


def spread_words(column: ColumnView) -> str:
    """How values are spread, in words."""
    if column.frequent:
        return "\n".join(f"{name}: {texts.whole(count)}" for name, count in column.frequent)
    if column.low is None or column.high is None:
        return ""
    deviation = f", deviation {_number(column.deviation)}" if column.deviation else ""
    return f"{_number(column.low)} to {_number(column.high)}{deviation}"


def _alignment(column: int) -> Qt.AlignmentFlag:
    return RIGHT if _FIRST_NUMBER <= column < _DRAWN else LEFT


class SpreadDelegate(QStyledItemDelegate):
    """Draws a histogram of numbers, and of categories how frequent the first ones are."""

    def __init__(self, theme: Theme, model: ColumnsModel, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for twenty bins."""
        return QSize(_SPREAD, _SPREAD_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell's ground, then its drawing."""
        super().paint(painter, option, index)
        column = self._model.column(index.row())
        room = QRectF(option.rect).adjusted(8, 6, -8, -7)
        painter.save()
        if column.histogram is not None:
            draw_histogram(painter, column.histogram, room, QColor(self._theme.colors.train))
        elif column.frequent:
            self._paint_categories(painter, column, room)
        painter.restore()

    def _paint_categories(self, painter: QPainter, column: ColumnView, room: QRectF) -> None:
        """Parts of one bar by frequency; below it the names of the first."""
        colors, left = self._theme.colors, room.left()
        for place, (_, count) in enumerate(column.frequent):
            width = room.width() * count / max(1, column.count)
            color = QColor(colors.curves[place % 4])
            painter.fillRect(QRectF(left, room.top(), max(1.0, width - 1), 10), color)
            left += width
        painter.setFont(small_font(painter))
        painter.setPen(QColor(colors.secondary))
        below = QRectF(room.left(), room.top() + 11, room.width(), room.height() - 9)
        metrics, mode = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        painter.drawText(below, LEFT, metrics.elidedText(most_frequent(column), mode,
                                                         int(room.width())))  # fmt: skip


class ColumnsTable(QTableView):
    """The table of columns, as high as a dozen of them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        quiet(self, "data.columns", "The columns in figures")
        self._columns = ColumnsModel()
        self.setModel(self._columns)
        self.setItemDelegateForColumn(_DRAWN, SpreadDelegate(theme, self._columns, self))
        self.verticalHeader().setDefaultSectionSize(_SPREAD_ROW)
        self.horizontalHeader().setSectionResizeMode(_DRAWN, QHeaderView.ResizeMode.Stretch)
        theme.changed.connect(self.viewport().update)

    def show_columns(self, columns: tuple[ColumnView, ...]) -> None:
        """Show these."""
        self._columns.show_columns(columns)
        fit_columns(self)
        rows = min(_MOST_ROWS, max(3, len(columns)))
        self.setMinimumHeight(ROW + 8 + rows * _SPREAD_ROW)
