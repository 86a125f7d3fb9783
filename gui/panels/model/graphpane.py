"""A graph with its tools, and what there is to read about it; or why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.model.graph import Graph
from gui.controls import IconButton, flat, label
from gui.panels.model.details import WIDTH, Details
from gui.panels.model.graphview import STEP, GraphView
from gui.panels.notice import Notice
from gui.presenters.modelgraph import GraphPresenter
from gui.theme import Theme

NARROW = 760
"""Pixels below which graph and words stand one above the other."""
_HELP = "Arrows walk, Enter unfolds, Ctrl and the wheel zoom"
_FLAT_HELP = "Arrows walk, Ctrl and the wheel zoom"
"""Of a graph in which there is nothing to unfold."""


class GraphPane(QWidget):
    """Loads its graph while it is in sight."""

    def __init__(self, theme: Theme, presenter: GraphPresenter, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._presenter = presenter
        self._shown: Graph | None = None
        self.view = GraphView(theme, presenter, f"{name}.view")
        self.view.setAccessibleName(title)
        self._notice = Notice(f"{name}.notice")
        content = QWidget()
        column = QVBoxLayout(content)
        flat(column)
        column.addLayout(self._make_tools(theme, name))
        self._split = split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.view)
        split.addWidget(Details(theme, presenter, f"{name}.details"))
        split.setStretchFactor(0, 1)
        split.setSizes([1000, WIDTH])
        column.addWidget(split, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(content)
        self._stack.addWidget(self._notice)
        presenter.changed.connect(self.refresh)
        presenter.folded.connect(self._show_folding)
        self.refresh()

    def _make_tools(self, theme: Theme, name: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 8)
        row.setSpacing(4)
        self._unfold, self._fold = QPushButton("Unfold all"), QPushButton("Fold up")
        for button, everything in ((self._unfold, True), (self._fold, False)):
            button.setProperty("role", "flat")
            button.clicked.connect(
                lambda _checked=False, everything=everything: self._presenter.unfold_all(everything)
            )
            row.addWidget(button)
        self._unfold.setObjectName(f"{name}.unfold")
        self._fold.setObjectName(f"{name}.fold")
        row.addStretch(1)
        self._help = label(_HELP, "secondary")
        self._help.setObjectName(f"{name}.help")
        row.addWidget(self._help)
        row.addSpacing(8)
        tools = (
            ("minus", "Smaller (-)", lambda: self.view.zoom_by(1 / STEP)),
            ("plus", "Larger (+)", lambda: self.view.zoom_by(STEP)),
            ("fit", "Show all of it (0)", self.view.fit),
        )
        for icon, tip, act in tools:
            tool = IconButton(theme, icon, tip)
            tool.setObjectName(f"{name}.{icon}")
            tool.clicked.connect(act)
            row.addWidget(tool)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room beside each other, what there is to read stands below."""
        super().resizeEvent(event)
        ways = Qt.Orientation
        way = ways.Horizontal if self.width() >= NARROW else ways.Vertical
        if way is not self._split.orientation():
            self._split.setOrientation(way)
            beside = way is ways.Horizontal
            for place, factor in enumerate((1, 0) if beside else (3, 2)):
                self._split.setStretchFactor(place, factor)
            self._split.setSizes([1000, WIDTH] if beside else [600, 400])

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody is looking: load what there is to see."""
        super().showEvent(event)
        self._presenter.preview.want(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody is."""
        super().hideEvent(event)
        self._presenter.preview.want(False)

    def refresh(self) -> None:
        """Show the graph, or what is known instead."""
        preview, graph = self._presenter.preview, self._presenter.graph
        if preview.status == "failed" and preview.problem is not None:
            self._notice.say(preview.problem.sentence, preview.problem.hint)
        elif graph is None:
            self._notice.say(preview.words or "The graph is being made…")
        self._stack.setCurrentIndex(0 if graph is not None else 1)
        if graph is not self._shown:
            self._shown = graph
            self.view.show_graph()
            self._show_folding()

    def _show_folding(self) -> None:
        can_unfold, can_fold = self._presenter.foldable
        self._help.setText(_HELP if can_unfold or can_fold else _FLAT_HELP)
        for button, can, why in (
            (self._unfold, can_unfold, "Everything is unfolded"),
            (self._fold, can_fold, "Nothing is unfolded"),
        ):
            button.setEnabled(can)
            button.setToolTip("" if can else why)
            button.setVisible(can_unfold or can_fold)
