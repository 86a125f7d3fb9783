"""Real samples of the training split, each kind of data in its own way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QTableView, QVBoxLayout, QWidget

from engine.views import DataView
from gui.controls import flat, label, narrowing
from gui.panels.look.columns import ColumnsTable
from gui.panels.look.images import ImageGrid
from gui.panels.look.rows import RowsModel, fit_columns, quiet
from gui.panels.look.segments import Segments
from gui.panels.look.series import SeriesPlot
from gui.panels.look.strip import SampleStrip
from gui.panels.look.textstats import TextStatistics
from gui.panels.look.tokens import TokenTexts
from gui.panels.look.ways import AUGMENTED, COLUMNS, FIGURES, FILE, SERIES, WAYS, ways_of
from gui.panels.look.windows import WindowGrid
from gui.theme import Theme

_PICKER = 200


class SamplesView(QWidget):
    """The samples of one view; which way they are looked at is kept from one view to the next."""

    others_asked = Signal()
    """Other augmented copies are to be drawn."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.samples")
        self._view: DataView | None = None
        self._wanted: dict[str, str] = {}
        self._ways = Segments("data.ways", WAYS)
        self._ways.chosen.connect(self._on_way_chosen)
        self._channel = QComboBox()
        self._channel.setObjectName("data.channel")
        self._channel.setAccessibleName("Channel")
        self._channel.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        narrowing(self._channel, _PICKER // 2, _PICKER)
        self._channel.currentIndexChanged.connect(self._show_channel)
        self._strip, self._images = SampleStrip(theme), ImageGrid(theme)
        self._images.chosen.connect(self._on_image_chosen)
        self._others = QPushButton("Other copies")
        self._others.setObjectName("data.others")
        self._others.setToolTip("Draws the augmented copies anew, as the next epochs do")
        self._others.clicked.connect(self.others_asked)
        self._rows, self._table = RowsModel(), QTableView()
        quiet(self._table, "data.rows", "Training samples, one a row")
        self._table.setModel(self._rows)
        self._columns = ColumnsTable(theme)
        self._texts, self._figures = TokenTexts(theme), TextStatistics(theme)
        self._series, self._windows = SeriesPlot(theme), WindowGrid(theme)
        self._windows_title = label("Windows", "heading")
        self._chosen = -1
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        flat(head, 16)
        self._title = label("Training samples", "heading")
        head.addWidget(self._title)
        head.addWidget(self._ways)
        head.addWidget(self._channel)
        head.addStretch(1)
        head.addWidget(self._others)
        column = QVBoxLayout(self)
        flat(column, 8)
        column.addLayout(head)
        self._parts: dict[str, tuple[QWidget, ...]] = {
            "image": (self._strip, self._images),
            "rows": (self._table,),
            COLUMNS: (self._columns,),
            "text": (self._texts,),
            FIGURES: (self._figures,),
            SERIES: (self._series, self._windows_title, self._windows),
        }
        for parts in self._parts.values():
            for part in parts:
                column.addWidget(part)
                part.hide()

    # --- Showing ---------------------------------------------------------------------------------

    def show_view(self, view: DataView) -> None:
        """Show these samples, in the way that was chosen for this kind if it is there."""
        other = self._view is None or self._view.facts != view.facts
        self._view = view
        self._chosen = -1 if other else self._chosen
        ways = ways_of(view)
        way = self._wanted.get(view.facts.kind, ways[0])
        self._ways.offer(ways)
        self._ways.choose(way if way in ways else ways[0])
        self._fill_channels(view)
        self._show()

    def _fill_channels(self, view: DataView) -> None:
        lines = view.series.lines if view.series is not None else ()
        names = [line.name for line in lines]
        if names == [self._channel.itemText(i) for i in range(self._channel.count())]:
            return
        self._channel.blockSignals(True)
        self._channel.clear()
        self._channel.addItems(names)
        targets = [place for place, line in enumerate(lines) if line.target]
        self._channel.setCurrentIndex(targets[0] if targets else 0)
        self._channel.blockSignals(False)

    def _show(self) -> None:
        view, way = self._view, self._ways.way
        if view is None:
            return
        part = self._part(view, way)
        for name, widgets in self._parts.items():
            for widget in widgets:
                widget.setVisible(name == part)
        shows_copies = part in ("image", SERIES) or way == AUGMENTED
        self._others.setVisible(view.augmentation and shows_copies)
        self._channel.setVisible(part == SERIES and self._channel.count() > 1)
        fill = {"image": self._show_images, "rows": self._show_rows, SERIES: self._show_channel}
        if part in fill:
            fill[part]()
        elif part == COLUMNS:
            self._columns.show_columns(view.columns)
        elif part == FIGURES and view.text is not None:
            self._figures.show_view(view.text)
        else:
            self._texts.show_view(view, way)

    @staticmethod
    def _part(view: DataView, way: str) -> str:
        if way in (COLUMNS, FIGURES, SERIES):
            return way
        return {"image": "image", "text": "text"}.get(view.facts.kind, "rows")

    def _show_images(self) -> None:
        view = self._view
        assert view is not None
        if self._chosen < 0 and _has_more(view):
            self._chosen = 0
        self._images.show_samples(view.samples, in_file=self._ways.way == FILE)
        self._images.choose(self._chosen)
        self._show_strip()

    def _show_strip(self) -> None:
        view = self._view
        shown = [s for s in view.samples if s.image is not None] if view is not None else []
        visible = view is not None and 0 <= self._chosen < len(shown)
        self._strip.setVisible(visible)
        if view is not None and visible:
            self._strip.show_sample(shown[self._chosen], view.first_epoch)

    def _show_rows(self) -> None:
        view, way = self._view, self._ways.way
        assert view is not None
        cells = any(s.in_file is not None and s.in_file.cells for s in view.samples)
        self._rows.show_view(view, "raw" if way == FILE and not cells else way)
        fit_columns(self._table)

    def _show_channel(self) -> None:
        view, channel = self._view, self._channel.currentIndex()
        if view is None or view.series is None or channel < 0:
            return
        self._series.show_channel(view, channel)
        self._windows.show_channel(view, view.series.lines[channel].name)

    # --- What the user does ----------------------------------------------------------------------

    def _on_way_chosen(self, way: str) -> None:
        if self._view is not None:
            self._wanted[self._view.facts.kind] = way
        self._show()

    def _on_image_chosen(self, place: int) -> None:
        self._chosen = place
        self._show_strip()


def _has_more(view: DataView) -> bool:
    """Whether a picture large shows more than the grid does: its file, or copies of it."""
    return any(sample.augmented or sample.in_file is not None for sample in view.samples)
