"""The Model tab: the network layer by layer, and what it costs."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.views import Layer, ModelView
from gui import texts
from gui.controls import label
from gui.panels.notice import Notice
from gui.presenters.freezing import FreezePresenter
from gui.presenters.previews import Preview

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("Layer", "Type", "Output shape", "Parameters", "Activation memory", "Frozen")
_FIRST_NUMBER, _FROZEN = 2, 5
_FREEZE_TIP = (
    "Frozen, a layer's weights stay as they are; while the network trains it takes effect at once"
)
_NO_WEIGHTS_TIP = "This layer has no weights that could be frozen"
_ROW = 30


def cells(layer: Layer) -> tuple[str, ...]:
    """One layer as a row of the table."""
    return (
        layer.name,
        layer.type,
        " × ".join(map(str, layer.output_shape)) or "1",
        texts.whole(layer.parameters) if layer.parameters else "—",
        texts.size(layer.activation_bytes) if layer.activation_bytes else "—",
    )


class LayersModel(QAbstractTableModel):
    """The layers in the order in which they run; the last column freezes them."""

    def __init__(self, freezing: FreezePresenter) -> None:
        super().__init__()
        self._freezing = freezing
        self._layers: tuple[Layer, ...] = ()
        freezing.changed.connect(self._on_frozen)

    def show_layers(self, layers: tuple[Layer, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self._layers = layers
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row a layer."""
        return 0 if parent.isValid() else len(self._layers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As the header says."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell; figures to the right; whether a layer is frozen."""
        layer = self._layers[index.row()]
        if index.column() == _FROZEN:
            return self._frozen(layer, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return cells(layer)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def _frozen(self, layer: Layer, role: int) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            return _FREEZE_TIP if layer.parameters else _NO_WEIGHTS_TIP
        if role == Qt.ItemDataRole.AccessibleTextRole and layer.parameters:
            frozen = self._freezing.is_frozen(layer)
            return f"layer {layer.name} {'is frozen' if frozen else 'learns'}"
        if role == Qt.ItemDataRole.CheckStateRole and layer.parameters:
            states = Qt.CheckState
            return states.Checked if self._freezing.is_frozen(layer) else states.Unchecked
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Layers with weights can be frozen."""
        flags = super().flags(index)
        frozen = index.column() == _FROZEN and self._layers[index.row()].parameters
        return flags | Qt.ItemFlag.ItemIsUserCheckable if frozen else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A check box was pressed."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != _FROZEN:
            return False
        layer, on = self._layers[index.row()], Qt.CheckState(value) is Qt.CheckState.Checked
        self._freezing.freeze(self._layers, layer, on)
        return True

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The columns' names."""
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def _on_frozen(self) -> None:
        if self._layers:
            last = len(self._layers) - 1
            self.dataChanged.emit(self.index(0, _FROZEN), self.index(last, _FROZEN))


def _alignment(column: int) -> Qt.AlignmentFlag:
    number = _FIRST_NUMBER <= column < _FROZEN
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class ModelPanel(QWidget):
    """Shows what the preview holds."""

    def __init__(self, preview: Preview[ModelView], freezing: FreezePresenter) -> None:
        super().__init__()
        self.setObjectName("model")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._preview = preview
        self._title = label("", "title", wrap=True)
        self._title.setObjectName("model.title")
        self._costs = label("", "secondary", wrap=True)
        self._layers = LayersModel(freezing)
        self._table = self._make_table()
        self._notice = Notice("model.notice")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 0)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._costs)
        column.addSpacing(8)
        column.addWidget(self._table, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(content)
        self._stack.addWidget(self._notice)
        preview.changed.connect(self.refresh)
        self.refresh()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("model.layers")
        table.setModel(self._layers)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW)
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        return table

    def refresh(self) -> None:
        """Show the preview's state."""
        preview = self._preview
        if preview.status == "failed" and preview.problem is not None:
            self._notice.say(preview.problem.sentence, preview.problem.hint)
        elif preview.value is None:
            self._notice.say("The network is being measured…")
        self._stack.setCurrentIndex(0 if preview.value is not None else 1)
        if preview.value is not None:
            self._show_view(preview.value)

    def _show_view(self, view: ModelView) -> None:
        self._title.setText(
            f"{texts.whole(view.parameters)} parameters in {len(view.layers)} layers"
        )
        self._costs.setText(
            f"Weights {texts.size(view.weight_bytes)}. Training takes about"
            f" {texts.size(view.training_bytes)}: weights, gradients, optimizer state and the"
            f" activations of one batch. {texts.compact(view.flops)}FLOP for one sample."
        )
        self._layers.show_layers(view.layers)
