"""The rows of a table: as they are in the file, or as the network receives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

from engine.views import DataView, Sample
from gui import texts

Row = tuple[str, Sequence[float | str]]
"""What a row is called, and what stands in it."""
Index = QModelIndex | QPersistentModelIndex
ROW = 28
_FITTED = 40
"""Columns whose width follows what is in them; of more it would take a while."""
_USUAL, _WIDEST = 96, 240
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _as_received(samples: list[Sample], _epoch: int) -> Iterator[Row]:
    return ((sample.label, sample.normalised or sample.row) for sample in samples)


def _raw(samples: list[Sample], _epoch: int) -> Iterator[Row]:
    return ((sample.label, sample.row) for sample in samples)


def _in_file(samples: list[Sample], _epoch: int) -> Iterator[Row]:
    for sample in samples:
        if sample.in_file is not None:
            yield sample.in_file.name, tuple(text for _, text in sample.in_file.cells)


def _with_copies(samples: list[Sample], epoch: int) -> Iterator[Row]:
    for sample in samples:
        yield sample.label, sample.row
        for turn, copy in enumerate(sample.augmented):
            yield f"epoch {epoch + turn + 1:,}", copy.row


def _cell_names(samples: list[Sample]) -> tuple[str, ...]:
    origins = (sample.in_file for sample in samples if sample.in_file is not None)
    return ("", *(name for name, _ in next(origins).cells))


_MAKERS: dict[str, Callable[[list[Sample], int], Iterator[Row]]] = {
    "network": _as_received, "raw": _raw, "file": _in_file, "augmented": _with_copies,
}  # fmt: skip


class RowsModel(QAbstractTableModel):
    """Samples as rows: cells as they stand in the file, or numbers with the label first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._names: tuple[str, ...] = ()
        self._words: dict[int, tuple[str, ...]] = {}

    def show_view(self, view: DataView, way: str = "network") -> None:
        """Show the samples `network` as the network receives them, `raw` before normalisation,
        `file` as in the file, or `augmented` before normalisation with their copies below."""
        self.beginResetModel()
        samples = [sample for sample in view.samples if sample.image is None]
        self._rows = list(_MAKERS[way](samples, view.first_epoch))
        self._names = _cell_names(samples) if way == "file" else self._feature_names(view)
        words = view.words if way != "file" else {}
        self._words = {
            place: words[name] for place, name in enumerate(self._names) if place and name in words
        }
        self.endResetModel()

    def _feature_names(self, view: DataView) -> tuple[str, ...]:
        width = len(self._rows[0][1]) if self._rows else 0
        names = view.facts.features or tuple(f"x{i + 1}" for i in range(width))
        regression = view.facts.task == "regression"
        label = ", ".join(view.facts.targets) if regression else "class"
        return (label, *names[:width])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row a sample, or a copy of one."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The label, or the row's place in the file; then the columns."""
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Numbers to the right, words to the left; a gap says so in its tooltip."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() and _is_number(self._text(index)) else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._text(index) or "a gap: nothing stands here"
        return None

    def _text(self, index: Index) -> str:
        label, values = self._rows[index.row()]
        if index.column() == 0:
            return label
        value = values[index.column() - 1] if index.column() <= len(values) else ""
        if isinstance(value, str):
            return value
        number = texts.decimal(float(f"{value:.4g}"))
        words = self._words.get(index.column(), ())
        return f"{number} {words[int(value)]}" if 0 <= value < len(words) else number

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The columns' names, above numbers to the right."""
        if way != Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._names[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._rows:
            return self.data(self.index(0, section), role)
        return None


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def quiet(table: QTableView, name: str, about: str) -> None:
    """No grid, rows selected as one, a dozen of them in sight."""
    table.setObjectName(name)
    table.setAccessibleName(about)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.horizontalHeader().setDefaultSectionSize(_USUAL)
    table.setMinimumHeight(12 * ROW)


def fit_columns(table: QTableView) -> None:
    """Columns as wide as what is in them, within bounds; only the first of very many."""
    model = table.model()
    for column in range(min(_FITTED, model.columnCount() if model is not None else 0)):
        table.resizeColumnToContents(column)
        table.setColumnWidth(column, min(_WIDEST, table.columnWidth(column)))
