"""The table of layers: what each gives, costs and sees, and whether it is frozen."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from engine.views import Layer
from gui import texts
from gui.presenters.freezing import FreezePresenter

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = (
    "Layer", "Type", "Output", "Parameters", "FLOP", "Activations", "Sees", "Frozen",
)  # fmt: skip
NAME, _FIRST_NUMBER, FLOP, ACTIVATIONS, SEES, FROZEN = 0, 2, 4, 5, 6, 7
_TIPS = {
    3: "Weights and biases; tied ones count once",
    FLOP: "Floating-point operations for one sample's forward pass",
    ACTIVATIONS: "Memory of what the layer gives, for one sample, until the backward pass is over",
    SEES: "Receptive field: on how many places of the sample one value can depend, along each axis",
    FROZEN: "Layers whose weights stay as they are",
}
_FREEZE_TIP = (
    "Frozen, a layer's weights stay as they are; while the network trains it takes effect at once"
)
_TUNED_TIP = (
    "Frozen by the architecture's tuning, as the training begins; freed here, the others stay"
    " frozen by name, and tune becomes all"
)
_NO_WEIGHTS_TIP = "This layer has no weights that could be frozen"
_ROW, _LEAST = 30, 64
"""Pixels: the height of a row, and the width of the narrowest column."""


def cells(layer: Layer, places: tuple[int, ...] = ()) -> tuple[str, ...]:
    """One layer as a row of the table; a receptive field as far as the sample has places."""
    return (
        layer.name,
        layer.type,
        " × ".join(map(texts.whole, layer.output_shape)) or "1",
        texts.whole(layer.parameters) if layer.parameters else "—",
        texts.compact(layer.flops) if layer.flops else "—",
        texts.size(layer.activation_bytes) if layer.activation_bytes else "—",
        " × ".join(map(texts.whole, map(min, layer.receptive, places))) or "—",
    )


class LayersModel(QAbstractTableModel):
    """The layers in the order in which they run; the last column freezes them."""

    def __init__(self, freezing: FreezePresenter) -> None:
        super().__init__()
        self._freezing = freezing
        self._layers: tuple[Layer, ...] = ()
        self._places: tuple[int, ...] = ()
        freezing.changed.connect(self._on_frozen)

    def show_layers(self, layers: tuple[Layer, ...], places: tuple[int, ...] = ()) -> None:
        """Show these, of a network for samples with so many places along each axis."""
        self.beginResetModel()
        self._layers, self._places = layers, places
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
        if index.column() == FROZEN:
            return self._frozen(layer, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return cells(layer, self._places)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            told = {NAME: layer.name, SEES: self._reach(layer)}
            return told.get(index.column(), self._rest(layer))
        return None

    def _rest(self, layer: Layer) -> str:
        """What stands in the columns that a narrow table leaves out."""
        found = cells(layer, self._places)
        known = [column for column in (FLOP, ACTIVATIONS, SEES) if found[column] != "—"]
        return ", ".join(f"{_COLUMNS[column]} {found[column]}" for column in known)

    def _reach(self, layer: Layer) -> str | None:
        """The theoretical receptive field where it is larger than the sample."""
        if layer.receptive == tuple(map(min, layer.receptive, self._places)):
            return None
        field = " × ".join(map(texts.whole, layer.receptive))
        return f"The theoretical receptive field, {field}, is larger than the sample"

    def _frozen(self, layer: Layer, role: int) -> object:
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(layer)
        if not layer.parameters:
            return None
        frozen = self._freezing.is_frozen(layer)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"layer {layer.name} {'is frozen' if frozen else 'learns'}"
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if frozen else Qt.CheckState.Unchecked
        return None

    def _tip(self, layer: Layer) -> str:
        if not layer.parameters:
            return _NO_WEIGHTS_TIP
        tip = _TUNED_TIP if self._freezing.is_tuned(layer) else _FREEZE_TIP
        return self._freezing.why_not(layer) or tip

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Layers with weights can be frozen and freed, if nothing else decides about them."""
        flags, layer = super().flags(index), self._layers[index.row()]
        can = index.column() == FROZEN and layer.parameters and not self._freezing.why_not(layer)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if can else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A check box was pressed."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != FROZEN:
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
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS.get(section)
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def _on_frozen(self) -> None:
        if self._layers:
            last = len(self._layers) - 1
            self.dataChanged.emit(self.index(0, FROZEN), self.index(last, FROZEN))


def _alignment(column: int) -> Qt.AlignmentFlag:
    number = _FIRST_NUMBER <= column < FROZEN
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def make_table(layers: LayersModel) -> QTableView:
    """The view of the layers."""
    table = QTableView()
    table.setObjectName("model.layers")
    table.setModel(layers)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW)
    table.setShowGrid(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
    header.setMinimumSectionSize(_LEAST)
    table.setTextElideMode(Qt.TextElideMode.ElideLeft)  # names differ at their ends
    header.setHighlightSections(False)
    return table
