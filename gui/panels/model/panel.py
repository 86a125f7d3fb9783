"""The Model tab: the network layer by layer and as graphs, and what it costs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.consent import NotAllowed
from engine.views import ModelView
from engine.wording import counted
from gui import texts
from gui.controls import flat, label
from gui.panels.look.segments import Segments
from gui.panels.model.graphpane import NARROW, GraphPane
from gui.panels.model.table import ACTIVATIONS, FLOP, SEES, LayersModel, make_table
from gui.panels.notice import Notice
from gui.presenters.freezing import FreezePresenter
from gui.presenters.modelgraph import GraphPresenter
from gui.presenters.previews import Preview
from gui.theme import Theme

TABLE, GRAPH, LOSS = "table", "graph", "loss"
WAYS = {TABLE: "Table", GRAPH: "Graph", LOSS: "Loss graph"}
_SHOWN_FIRST = "Start shows it first and asks."
_BEFORE = "The recipe has a problem now: this is the network before."


class ModelPanel(QWidget):
    """Shows what the previews hold: of the layers always, of a graph while it is looked at."""

    def __init__(
        self,
        theme: Theme,
        preview: Preview[ModelView],
        freezing: FreezePresenter,
        graphs: tuple[GraphPresenter, GraphPresenter],
    ) -> None:
        super().__init__()
        self.setObjectName("model")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._preview = preview
        self._title = label("", "title", wrap=True)
        self._title.setObjectName("model.title")
        self._costs = label("", "secondary", wrap=True)
        self._costs.setObjectName("model.costs")
        self._warning = label("", "problem", wrap=True)
        self._warning.setObjectName("model.warning")
        self._layers = LayersModel(freezing)
        self._table = make_table(self._layers)
        self._notice = Notice("model.notice")
        forward, loss = graphs
        self._pages = {
            TABLE: self._make_list(),
            GRAPH: GraphPane(theme, forward, "model.graph", "Graph of the forward pass"),
            LOSS: GraphPane(theme, loss, "model.loss", "Graph of the loss"),
        }
        content = self._make_content()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(content)
        self._stack.addWidget(self._notice)
        preview.changed.connect(self.refresh)
        self.refresh()

    def _make_list(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 0, 16, 0)
        column.addWidget(self._table)
        return page

    def _make_content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        flat(column, 8)
        head = QVBoxLayout()
        head.setContentsMargins(16, 16, 16, 0)
        head.setSpacing(8)
        row = QHBoxLayout()
        self.ways = Segments("model.ways", WAYS)
        self.ways.offer(list(WAYS))
        self.ways.choose(TABLE)
        self.ways.chosen.connect(self.look_at)
        row.addWidget(self._title, 1)
        row.addWidget(self.ways)
        head.addLayout(row)
        head.addWidget(self._costs)
        head.addWidget(self._warning)
        column.addLayout(head)
        self._shown = QStackedWidget()
        for page in self._pages.values():
            self._shown.addWidget(page)
        column.addWidget(self._shown, 1)
        return content

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the table leaves out what is needed least."""
        super().resizeEvent(event)
        self._show_columns()

    def _show_columns(self) -> None:
        narrow, view = self.width() < NARROW, self._preview.value
        for column in (FLOP, ACTIVATIONS):
            self._table.setColumnHidden(column, narrow)
        self._table.setColumnHidden(SEES, narrow or view is None or not view.axes)

    def look_at(self, way: str) -> None:
        """Show the table, the graph or the loss graph."""
        self.ways.choose(way)
        self._shown.setCurrentWidget(self._pages[way])

    def refresh(self) -> None:
        """Show the preview's state."""
        preview = self._preview
        if preview.status == "failed" and preview.problem is not None:
            asked = isinstance(preview.problem, NotAllowed)
            hint = _SHOWN_FIRST if asked else preview.problem.hint
            self._notice.say(preview.problem.sentence, hint)
        elif preview.value is None:
            self._notice.say("The network is being measured…")
        self._stack.setCurrentIndex(0 if preview.value is not None else 1)
        if preview.value is not None:
            self._show_view(preview.value)

    def _show_view(self, view: ModelView) -> None:
        self._title.setText(
            f"{counted(view.parameters, 'parameter')} in {counted(len(view.layers), 'layer')}"
        )
        before = [_BEFORE] if self._preview.outdated else []
        self._costs.setText(" ".join([*before, *sentences(view)]))
        self._warning.setText(warning(view))
        self._warning.setVisible(not view.fits)
        self._layers.show_layers(view.layers, view.places)
        self._show_columns()


def sentences(view: ModelView) -> list[str]:
    """What the network costs, and how far it sees."""
    activations = sum(layer.activation_bytes for layer in view.layers)
    found = [
        f"Weights {texts.size(view.weight_bytes)}.",
        f"Training takes about {texts.size(view.training_bytes)}: weights, gradients, optimizer"
        " state and the activations of one batch.",
        f"{texts.measured(view.flops, 'FLOP')} and {texts.size(activations)} of activations for one"
        " sample.",
    ]
    if view.frozen:
        found.insert(0, f"{texts.whole(view.trainable)} parameters learn.")
    if view.context is not None:
        (axis,) = view.axes
        found.append(f"Context: {texts.whole(view.context)} of {view.places[0]:,} {axis}.")
    elif view.receptive:
        seen = view.seen(view.receptive)
        words, size = (" × ".join(map(texts.whole, n)) for n in (seen, view.places))
        part = f"all {size} pixels" if seen == view.places else f"{words} of {size} pixels"
        found.append(f"An output can depend on {part}.")
    return [*found, *filter(None, (view.begins, view.note))]


def warning(view: ModelView) -> str:
    """What is said when the training needs more memory than is free."""
    if view.free_bytes is None or view.fits:
        return ""
    return (
        f"This will not fit: {view.memory} has {texts.size(view.free_bytes)} free. Make the network"
        " or the batch smaller."
    )
