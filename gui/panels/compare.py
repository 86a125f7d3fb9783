"""The compared runs side by side: only what differs, each run under its own colour."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from gui.controls import flat, label
from gui.presenters.compared import ComparedPresenter
from gui.presenters.differences import Differences
from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ROW, _LABELS, _COLUMN = 28, 220, 150
_ICON, _DOT = 16, 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class DifferencesModel(QAbstractTableModel):
    """The lines of the table; the first column says what they are of."""

    def __init__(self, theme: Theme, compared: ComparedPresenter) -> None:
        super().__init__()
        self._theme = theme
        self._compared = compared
        self.shown = Differences()
        self._bold = QFont()
        self._bold.setBold(True)

    def show_differences(self, differences: Differences) -> None:
        """Show these."""
        self.beginResetModel()
        self.shown = differences
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row a line."""
        return 0 if parent.isValid() else len(self.shown.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One column a run, after the labels."""
        return 0 if parent.isValid() else 1 + len(self.shown.titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A label or a value; the best one is bold."""
        row, place = self.shown.rows[index.row()], index.column() - 1
        text = row.label if place < 0 else "" if row.heading else row.texts[place]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.FontRole:
            return self._bold if row.heading or place in row.best else None
        if role == Qt.ItemDataRole.ForegroundRole and place < 0 and not row.heading:
            return QColor(self._theme.colors.secondary)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{text}, the best" if place in row.best else text
        return None

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The runs' titles, with a dot in the colour of their curves."""
        if way != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        if section == 0:
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.shown.heads or self.shown.titles)[section - 1]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.shown.titles[section - 1]
        if role == Qt.ItemDataRole.DecorationRole:
            number = self._compared.color(self.shown.keys[section - 1])
            return None if number is None else dot(self._theme.colors.of_run(number))
        return None


class CompareView(QWidget):
    """The table, or a sentence while there is nothing to compare."""

    def __init__(self, theme: Theme, compared: ComparedPresenter) -> None:
        super().__init__()
        self.setObjectName("compare")
        self.model = DifferencesModel(theme, compared)
        self._message = label("", "secondary", wrap=True)
        self._message.setObjectName("compare.message")
        self._message.setContentsMargins(16, 8, 16, 8)
        self._table = self._make_table()
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(self._message)
        column.addWidget(self._table, 1)
        theme.changed.connect(self._table.viewport().update)
        self.say("")

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("compare.table")
        table.setAccessibleName("Differences")
        table.setModel(self.model)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW)
        table.setShowGrid(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultSectionSize(_COLUMN)
        header.setMinimumSectionSize(_COLUMN)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        return table

    def show_differences(self, differences: Differences) -> None:
        """Show these."""
        self.model.show_differences(differences)
        header = self._table.horizontalHeader()
        if header.count():
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self._table.setColumnWidth(0, _LABELS)
        self._message.setVisible(False)
        self._table.setVisible(True)

    def say(self, words: str) -> None:
        """Say why there is no table."""
        self._message.setText(words)
        self._message.setVisible(True)
        self._table.setVisible(False)

    def copy(self, kind: str) -> None:
        """Put the table into the clipboard, as `text` or `csv`."""
        shown = self.model.shown
        QGuiApplication.clipboard().setText(shown.as_csv() if kind == "csv" else shown.as_text())


def dot(color: str, hollow: bool = False) -> QPixmap:
    """A dot in a run's colour, or a ring."""
    picture = QPixmap(2 * _ICON, 2 * _ICON)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(color))
    painter.setBrush(Qt.GlobalColor.transparent if hollow else QColor(color))
    edge = (_ICON - _DOT) / 2
    painter.drawEllipse(QRectF(edge, edge, _DOT, _DOT))
    painter.end()
    return picture
