"""A grid of real samples: images enlarged without smoothing, or the rows of a table."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.views import DataView, Sample
from gui import texts
from gui.theme import SMALL, Theme

_CELL = 72
_GAP = 12
_WORDS = 18
Index = QModelIndex | QPersistentModelIndex


class ImageGrid(QWidget):
    """As many columns as fit; as high as its rows need."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.images")
        self._theme = theme
        self._images: list[QImage] = []
        self._labels: list[str] = []
        theme.changed.connect(self.update)

    def show_samples(self, samples: tuple[Sample, ...]) -> None:
        """Show these images with their labels."""
        shown = [sample for sample in samples if sample.image is not None]
        self._images = [_as_image(sample) for sample in shown]
        self._labels = [sample.label for sample in shown]
        self.setAccessibleName(f"{len(shown)} training samples: {', '.join(self._labels)}")
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of columns."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Every image in its cell, its label below."""
        painter = QPainter(self)
        painter.setPen(self._theme.colors.secondary)
        font = painter.font()
        font.setPixelSize(SMALL)
        painter.setFont(font)
        metrics, columns = painter.fontMetrics(), self._columns()
        for index, (image, words) in enumerate(zip(self._images, self._labels, strict=True)):
            row, column = divmod(index, columns)
            left, top = column * (_CELL + _GAP), row * (_CELL + _GAP + _WORDS)
            painter.drawImage(_fitted(image, left, top), image)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, _CELL + _GAP - 4)
            room = QRectF(left - _GAP / 2, top + _CELL + 2, _CELL + _GAP, _WORDS)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)

    def _columns(self) -> int:
        return max(1, (self.width() + _GAP) // (_CELL + _GAP))

    def _fit(self) -> None:
        rows = -(-len(self._images) // self._columns())
        self.setFixedHeight(max(1, rows * (_CELL + _GAP + _WORDS)))

    def sizeHint(self) -> QSize:
        """Some columns."""
        return QSize(4 * (_CELL + _GAP), self.height())


def _as_image(sample: Sample) -> QImage:
    assert sample.image is not None
    pixels = np.ascontiguousarray(sample.image)
    height, width = pixels.shape[:2]
    grey = pixels.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, width * (1 if grey else 3), kind).copy()


def _fitted(image: QImage, left: int, top: int) -> QRectF:
    """The image's shape, as large as the cell allows. Qt draws it without smoothing."""
    scale = _CELL / max(image.width(), image.height(), 1)
    width, height = image.width() * scale, image.height() * scale
    return QRectF(left + (_CELL - width) / 2, top + (_CELL - height) / 2, width, height)


class RowsModel(QAbstractTableModel):
    """The rows of a table dataset, the label first."""

    def __init__(self) -> None:
        super().__init__()
        self._samples: tuple[Sample, ...] = ()
        self._features: tuple[str, ...] = ()
        self._label = "class"

    def show_view(self, view: DataView) -> None:
        """Show these samples."""
        self.beginResetModel()
        self._samples = tuple(sample for sample in view.samples if sample.image is None)
        width = len(self._samples[0].row) if self._samples else 0
        names = view.facts.features or tuple(f"x{i + 1}" for i in range(width))
        self._features = names[:width]
        regression = view.facts.task == "regression"
        self._label = ", ".join(view.facts.targets) if regression else "class"
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row a sample."""
        return 0 if parent.isValid() else len(self._samples)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The label and the features."""
        return 0 if parent.isValid() else 1 + len(self._features)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Numbers to the right, the label to the left."""
        if role == Qt.ItemDataRole.DisplayRole:
            sample = self._samples[index.row()]
            if index.column() == 0:
                return sample.label
            return texts.decimal(float(f"{sample.row[index.column() - 1]:.4g}"))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The features' names."""
        if way != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._label if section == 0 else self._features[section - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None
