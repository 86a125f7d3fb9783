"""The run library as Qt's views see it: a tree of runs and headings, one column a fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor

from engine.runs.info import RunInfo
from gui.panels.runs_boxes import COLOR_ROLE
from gui.presenters import run_texts as say
from gui.presenters.compared import ComparedPresenter
from gui.presenters.run_columns import COLUMNS, NAME, PLACES, STAR, STATE, TAGS, TICK
from gui.presenters.run_order import Node
from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ROW = 30
"""The height of every row."""

_ROLE = Qt.ItemDataRole
_FLAG = Qt.ItemFlag
_HEADING = _FLAG.ItemIsEnabled
_CELL = (
    _HEADING | _FLAG.ItemIsSelectable,
    _HEADING | _FLAG.ItemIsSelectable | _FLAG.ItemIsEditable,
)
_LEAF = tuple(flags | _FLAG.ItemNeverHasChildren for flags in _CELL)
"""What can be done with a cell, not editable and editable; put together once, for Qt asks often."""

_EDITABLE = frozenset((PLACES[NAME], PLACES[TAGS]))
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Tree:
    """Nodes by number: the topmost ones first, children side by side."""

    def __init__(self, top: list[Node]) -> None:
        self.nodes = list(top)
        self.above = [-1] * len(top)
        self.rows = list(range(len(top)))
        self.first: list[int] = []
        self.top = len(top)
        for at, node in enumerate(self.nodes):  # grows while it is walked through
            self.first.append(len(self.nodes))
            self.nodes += node.children
            self.above += [at] * len(node.children)
            self.rows += range(len(node.children))
        self.numbers = {node.key: at for at, node in enumerate(self.nodes)}


class RunsModel(QAbstractItemModel):
    """Shows nodes in the order given. What is edited is told, not changed here."""

    ticked = Signal(object, bool)
    """(a RunInfo, whether it is to be compared)."""
    renamed = Signal(object, str)
    """(a RunInfo, its new title)."""
    tagged = Signal(object, object)
    """(a RunInfo, its new tags as a tuple)."""

    def __init__(self, theme: Theme, compared: ComparedPresenter) -> None:
        super().__init__()
        self._theme = theme
        self._compared = compared
        self._tree = Tree([])
        self._arrows: dict[int, str] = {}
        self._roles: dict[int, Callable[[Node, int], object]] = {
            _ROLE.DisplayRole: self._text,
            _ROLE.EditRole: self._text,
            _ROLE.DecorationRole: self._icon,
            _ROLE.ForegroundRole: self._ink,
            _ROLE.ToolTipRole: self._tip,
            _ROLE.CheckStateRole: self._check,
            _ROLE.AccessibleTextRole: self._spoken,
            COLOR_ROLE: self._color,
        }

    # --- Contents -----------------------------------------------------------------------------

    def show_nodes(self, nodes: list[Node]) -> None:
        """Show these; all indices are void."""
        self.beginResetModel()
        self._tree = Tree(nodes)
        self.endResetModel()

    def show_values(self, runs: tuple[RunInfo, ...]) -> None:
        """Newer values of the runs that are shown; the order stays."""
        for run in runs:
            at = self._tree.numbers.get(say.key_of(run))
            if at is not None and self._tree.nodes[at].run is not run:
                self._tree.nodes[at].run = run
                self.dataChanged.emit(self._index(at, 0), self._index(at, len(COLUMNS) - 1))

    def show_order(self, column: str, descending: bool) -> None:
        """Mark the heading that the runs are sorted by."""
        self._arrows = {PLACES[column]: " ↓" if descending else " ↑"}
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def repaint(self) -> None:
        """Other runs are compared, or the colours are others."""
        if self._tree.top:
            last = self._index(self._tree.top - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self._index(0, 0), last)

    def node(self, index: Index) -> Node | None:
        """What stands in a row."""
        return self._tree.nodes[index.internalId()] if index.isValid() else None

    def run(self, index: Index) -> RunInfo | None:
        """The run of a row; None for a heading."""
        node = self.node(index)
        return node.run if node is not None else None

    def index_of(self, key: str, column: int = 0) -> QModelIndex:
        """The index of a row by its key; invalid if it is not shown."""
        at = self._tree.numbers.get(key)
        return QModelIndex() if at is None else self._index(at, column)

    def foldable(self) -> list[QModelIndex]:
        """The rows that something stands below."""
        nodes = enumerate(self._tree.nodes)
        return [self._index(at, 0) for at, node in nodes if node.children]

    @property
    def count(self) -> int:
        """How many runs are shown, headings and mere ancestors left out."""
        return sum(node.run is not None and node.matching for node in self._tree.nodes)

    def _index(self, at: int, column: int) -> QModelIndex:
        return self.createIndex(self._tree.rows[at], column, at)

    # --- Structure (overrides) ----------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """A cell, by the row above it."""
        first = self._tree.first[parent.internalId()] if parent.isValid() else 0
        return self.createIndex(row, column, first + row)

    def parent(self, index: Index | None = None) -> Any:
        """The row above; QObject's own parent without an index."""
        if index is None:
            return super().parent()
        above = self._tree.above[index.internalId()] if index.isValid() else -1
        return QModelIndex() if above < 0 else self._index(above, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many stand below a row."""
        if not parent.isValid():
            return self._tree.top
        return 0 if parent.column() > 0 else len(self._tree.nodes[parent.internalId()].children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The same everywhere."""
        return len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen; title and tags can be edited (override)."""
        if not index.isValid():
            return _HEADING
        node = self._tree.nodes[index.internalId()]
        if node.run is None:
            return _HEADING
        return (_CELL if node.children else _LEAF)[index.column() in _EDITABLE]

    # --- Cells --------------------------------------------------------------------------------

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> object:
        """One fact of one run (override)."""
        if role == _ROLE.TextAlignmentRole:
            return _RIGHT if COLUMNS[index.column()].figures else _LEFT
        answer = self._roles.get(role)
        node = self.node(index) if answer is not None else None
        return None if answer is None or node is None else answer(node, index.column())

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Tell what was typed (override); it is shown when the library has taken it."""
        run = self.run(index)
        if run is None or role != _ROLE.EditRole:
            return False
        if COLUMNS[index.column()].name == NAME:
            title = " ".join(str(value).split())
            if title != say.title_of(run):
                self.renamed.emit(run, title)
        elif (tags := say.tags_from(str(value))) != run.tags:
            self.tagged.emit(run, tags)
        return True

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> object:
        """The columns' names (override)."""
        if role == _ROLE.DisplayRole:
            return f"{COLUMNS[section].title}{self._arrows.get(section, '')}"
        if role == _ROLE.TextAlignmentRole:
            return _RIGHT if COLUMNS[section].figures else _LEFT
        if role == _ROLE.ToolTipRole:
            return COLUMNS[section].tip
        return QSize(0, ROW) if role == _ROLE.SizeHintRole else None

    def _text(self, node: Node, column: int) -> object:
        if node.run is not None:
            return COLUMNS[column].text(node.run)
        return node.title if COLUMNS[column].name == NAME else ""

    def _icon(self, node: Node, column: int) -> object:
        if node.run is None or COLUMNS[column].name != STATE:
            return None
        return self._theme.icon(*say.STATE_LOOKS.get(node.run.state, ("info", "secondary")))

    def _ink(self, node: Node, column: int) -> object:
        run, colors = node.run, self._theme.colors
        quiet = run is not None and (run.archived or not node.matching)
        return QColor(colors.secondary) if quiet else None

    def _tip(self, node: Node, column: int) -> object:
        run, name = node.run, COLUMNS[column].name
        if run is None:
            return None
        if name == TICK:
            return say.compare_tip(run, self._compared.color(node.key) is not None)
        if name == STAR:
            return "No favourite any more" if run.favourite else "Make it a favourite"
        return say.TIPS[name](run) if name in say.TIPS else self._text(node, column)

    def _check(self, node: Node, column: int) -> object:
        run, name = node.run, COLUMNS[column].name
        if run is None or name not in (TICK, STAR):
            return None
        on = run.favourite if name == STAR else self._compared.color(node.key) is not None
        return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked

    def _color(self, node: Node, column: int) -> object:
        number = self._compared.color(node.key) if COLUMNS[column].name == TICK else None
        return None if number is None else self._theme.colors.of_run(number)

    def _spoken(self, node: Node, column: int) -> object:
        """Icons in words, for screen readers."""
        if node.run is None or COLUMNS[column].name not in (TICK, STAR):
            return self._text(node, column)
        on = self._check(node, column) == Qt.CheckState.Checked
        what = "compared" if COLUMNS[column].name == TICK else "favourite"
        return what if on else f"not {what}"
