"""The table of runs: keys, clicks, the order by a click on a heading, what is selected."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyleOptionViewItem,
    QTreeView,
)

from engine.runs.info import RunInfo
from engine.wording import counted
from gui.panels.runs_boxes import StarDelegate, TickDelegate
from gui.panels.runs_model import Index, RunsModel
from gui.presenters.run_columns import COLUMNS, NAME, PLACES, STAR, TICK
from gui.presenters.run_order import Node
from gui.presenters.run_texts import key_of
from gui.theme import Theme

_NARROWEST = 28
_BAR, _PADDING = 3, 11
_WORDS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_ALWAYS = (TICK, STAR, NAME)
"""Columns that cannot be hidden."""


class RunsView(QTreeView):
    """Tells what is wanted of the runs; the panel does it."""

    opened = Signal(object)
    """A RunInfo."""
    ticked = Signal(object)
    """The RunInfos whose boxes were clicked, or that were selected when Space was pressed."""
    starred = Signal(object)
    """A RunInfo whose star was clicked."""
    discarded = Signal(object)
    """The RunInfos that are to go to the trash."""
    copied = Signal(object)
    """The RunInfos whose paths are to be copied."""
    selected = Signal()
    """Other runs are selected."""
    sort_asked = Signal(str)
    """The name of the column that was clicked."""
    menu_asked = Signal(QPoint)
    """Where the menu of the selected runs is to open."""

    def __init__(self, theme: Theme, model: RunsModel) -> None:
        super().__init__()
        self.setObjectName("runs.table")
        self.setAccessibleName("Runs")
        self._theme = theme
        self._runs = model
        self._bold = QFont(self.font())
        self._bold.setBold(True)
        self._folded: set[str] = set()
        self._unfolded: set[str] = set()
        self._restoring = False
        self._boxes = (TickDelegate(theme), StarDelegate(theme))
        self.setModel(model)
        self._set_up()
        self._set_up_header()
        self._connect()

    def _set_up(self) -> None:
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setTreePosition(PLACES[NAME])
        self.setIndentation(16)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for name, delegate in zip((TICK, STAR), self._boxes, strict=True):
            self.setItemDelegateForColumn(PLACES[name], delegate)

    def _set_up_header(self) -> None:
        header = self.header()
        header.setObjectName("runs.header")
        header.setMinimumSectionSize(_NARROWEST)
        header.setStretchLastSection(False)
        header.setSectionsClickable(True)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setHighlightSections(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for place, column in enumerate(COLUMNS):
            header.resizeSection(place, column.width)
            if column.name in (TICK, STAR):
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)

    def _connect(self) -> None:
        self.clicked.connect(self._on_clicked)
        self.doubleClicked.connect(self._on_double_clicked)
        self.customContextMenuRequested.connect(self._on_menu_asked)
        self.header().sectionClicked.connect(self._on_heading_clicked)
        self.header().customContextMenuRequested.connect(self._on_columns_asked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.collapsed.connect(lambda index: self._remember_fold(index, True))
        self.expanded.connect(lambda index: self._remember_fold(index, False))

    # --- Contents -----------------------------------------------------------------------------

    def show_nodes(self, nodes: list[Node], unfold: bool, decorated: bool) -> None:
        """Show these; what was selected and where it was scrolled to stays. Unless `unfold`,
        only those that the user has unfolded are open. `decorated`: runs can be folded too."""
        self.setRootIsDecorated(decorated)
        keys, current = [key_of(run) for run in self.selection()], self.current()
        place = self.verticalScrollBar().value()
        self._restoring = True
        self._runs.show_nodes(nodes)
        self._fold(unfold)
        self._select(keys, key_of(current) if current is not None else "")
        self.verticalScrollBar().setValue(place)
        self._restoring = False
        if [key_of(run) for run in self.selection()] != keys:
            self.selected.emit()

    def selection(self) -> list[RunInfo]:
        """The selected runs, from top to bottom as far as they were selected so."""
        rows = self.selectionModel().selectedRows()
        return [run for index in rows if (run := self._runs.run(index)) is not None]

    def current(self) -> RunInfo | None:
        """The run that the keyboard is at."""
        return self._runs.run(self.currentIndex())

    def select(self, key: str) -> None:
        """Select one run and scroll to it, if it is shown."""
        index = self._runs.index_of(key, PLACES[NAME])
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def edit_cell(self, run: RunInfo, column: str) -> None:
        """Let the title or the tags be typed in place."""
        self.setColumnHidden(PLACES[column], False)
        index = self._runs.index_of(key_of(run), PLACES[column])
        if index.isValid():
            self.scrollTo(index)
            self.edit(index)

    @property
    def editing(self) -> bool:
        """Whether something is being typed in a cell."""
        return self.state() == QAbstractItemView.State.EditingState

    # --- Remembering --------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """Widths of the columns and which are hidden, in plain values."""
        shown = [(place, column.name) for place, column in enumerate(COLUMNS)]
        hidden = [name for place, name in shown if self.isColumnHidden(place)]
        widths = {n: self.header().sectionSize(p) for p, n in shown if n not in hidden}
        return {"widths": widths, "hidden": hidden}

    def restore(self, settings: dict[str, Any]) -> None:
        """Take what `settings` once gave; what is not understood is left as it is."""
        widths, hidden = settings.get("widths"), settings.get("hidden")
        for name, width in widths.items() if isinstance(widths, dict) else ():
            if name in PLACES and name not in (TICK, STAR) and isinstance(width, int):
                self.header().resizeSection(PLACES[name], min(max(width, _NARROWEST), 2000))
        for name in hidden if isinstance(hidden, list) else ():
            if name in PLACES and name not in _ALWAYS:
                self.setColumnHidden(PLACES[name], True)

    # --- What the user does -------------------------------------------------------------------

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """A heading over the whole width, or a run; a line below either (override)."""
        node, colors = self._runs.node(index), self._theme.colors
        if node is not None and node.run is None:
            self._draw_heading(painter, options, index, node)
        else:
            super().drawRow(painter, options, index)
        line = options.rect.bottom()
        painter.fillRect(QRect(0, line, self.viewport().width(), 1), QColor(colors.hairline))
        if self.hasFocus() and node is self._runs.node(self.currentIndex()):
            place = QRect(0, options.rect.top(), _BAR, options.rect.height() - 1)
            painter.fillRect(place, QColor(colors.accent))

    def _draw_heading(
        self, painter: QPainter, options: QStyleOptionViewItem, index: Index, node: Node
    ) -> None:
        """The name of the group, where names stand, and how many runs are in it."""
        place = options.rect
        chevron = (
            "chevron-down" if self.isExpanded(self._runs.index_of(node.key)) else "chevron-right"
        )
        left = self.columnViewportPosition(PLACES[NAME])
        box = QRect(left - 20, place.center().y() - 7, 14, 14)
        self._theme.icon(chevron, "secondary").paint(painter, box)
        painter.save()
        painter.setFont(self._bold)
        painter.setPen(QColor(self._theme.colors.text))
        words = place.adjusted(0, 0, 0, -1)
        words.setLeft(left + _PADDING)
        painter.drawText(words, _WORDS, node.title)
        words.translate(painter.fontMetrics().horizontalAdvance(node.title) + 12, 0)
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.colors.secondary))
        count = len(node.children)
        painter.drawText(words, _WORDS, counted(count, "run"))
        painter.restore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, Enter opens, F2 renames, Delete throws away, Copy takes the path."""
        chosen = self.selection()
        key, plain = event.key(), event.modifiers() in (
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
        )  # fmt: skip
        if not chosen or self.editing:  # Return goes through the field in which a title is typed
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit(chosen)
        elif plain and key == Qt.Key.Key_Space:
            self.ticked.emit(chosen)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.current() or chosen[0])
        elif plain and key == Qt.Key.Key_F2:
            self.edit_cell(self.current() or chosen[0], NAME)
        elif plain and key == Qt.Key.Key_Delete:
            self.discarded.emit(chosen)
        else:
            super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        run, column = self._runs.run(index), COLUMNS[index.column()].name
        if run is None:
            self.setExpanded(
                index.siblingAtColumn(0), not self.isExpanded(index.siblingAtColumn(0))
            )
        elif column == TICK:
            self.ticked.emit([run])
        elif column == STAR:
            self.starred.emit(run)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        """A second click on a box is one more click; anywhere else it opens."""
        run = self._runs.run(index)
        if run is None or COLUMNS[index.column()].name in (TICK, STAR):
            self._on_clicked(index)
        else:
            self.opened.emit(run)

    def _on_menu_asked(self, place: QPoint) -> None:
        if self.selection():
            self.menu_asked.emit(self.viewport().mapToGlobal(place))

    def _on_heading_clicked(self, place: int) -> None:
        if COLUMNS[place].name != TICK:
            self.sort_asked.emit(COLUMNS[place].name)

    def _on_columns_asked(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill_columns(menu)
        menu.popup(self.header().mapToGlobal(place))

    def fill_columns(self, menu: QMenu) -> None:
        """An entry for each column that can be hidden."""
        for place, column in enumerate(COLUMNS):
            if column.name in _ALWAYS:
                continue
            action = QAction(column.title, menu, checkable=True)
            action.setChecked(not self.isColumnHidden(place))
            action.setObjectName(f"runs.column.{column.name}")
            action.toggled.connect(lambda on, at=place: self.setColumnHidden(at, not on))
            menu.addAction(action)

    # --- Folding and selecting ----------------------------------------------------------------

    def _fold(self, unfold: bool) -> None:
        for index in self._runs.foldable():
            node = self._runs.node(index)
            key = node.key if node is not None else ""
            self.setExpanded(index, key not in self._folded if unfold else key in self._unfolded)

    def _remember_fold(self, index: QModelIndex, folded: bool) -> None:
        node = self._runs.node(index)
        if node is None or self._restoring:
            return
        (self._folded.add if folded else self._folded.discard)(node.key)
        (self._unfolded.discard if folded else self._unfolded.add)(node.key)

    def _select(self, keys: list[str], current: str) -> None:
        flags = QItemSelectionModel.SelectionFlag
        for key in keys:
            index = self._runs.index_of(key)
            if index.isValid():
                self.selectionModel().select(index, flags.Select | flags.Rows)
        index = self._runs.index_of(current, PLACES[NAME])
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, flags.NoUpdate)

    def _on_selection_changed(self) -> None:
        if not self._restoring:
            self.selected.emit()
