"""The Data tab: real training samples, class counts, sizes and normalisation."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from engine.views import DataView
from gui import texts
from gui.controls import flat, label
from gui.panels.counts import SPLITS, ClassCounts
from gui.panels.samples import ImageGrid, RowsModel
from gui.presenters import declared
from gui.presenters.previews import Preview
from gui.theme import Theme

DOWNLOAD = "dataset.download"
_SHOWN_CHANNELS = 4
_ROW = 28


class DataPanel(QWidget):
    """Shows what the preview holds, loading and failure included."""

    download_asked = Signal()
    """The data is to be fetched now."""

    def __init__(self, theme: Theme, preview: Preview[DataView]) -> None:
        super().__init__()
        self.setObjectName("data")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._preview = preview
        self._title = label("", "title", wrap=True)
        self._title.setObjectName("data.title")
        self._facts = label("", "secondary", wrap=True)
        self._images = ImageGrid(theme)
        self._rows = RowsModel()
        self._table = self._make_table()
        self._counts = ClassCounts(theme)
        self._notice = Notice("data.notice")
        self._notice.button.clicked.connect(self.download_asked)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._make_content())
        self._stack.addWidget(self._notice)
        preview.changed.connect(self.refresh)
        self.refresh()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("data.rows")
        table.setModel(self._rows)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW)
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setMinimumHeight(12 * _ROW)
        return table

    def _make_content(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._facts)
        column.addSpacing(8)
        column.addWidget(self._images)
        column.addWidget(self._table)
        column.addSpacing(8)
        self._counts_title = label("Samples by class", "heading")
        column.addWidget(self._counts_title)
        column.addWidget(self._counts)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def refresh(self) -> None:
        """Show the preview's state."""
        preview = self._preview
        if preview.status == "shown" and preview.value is not None:
            self._show_view(preview.value)
            self._stack.setCurrentIndex(0)
        elif preview.status == "failed" and preview.problem is not None:
            self._show_problem(preview.problem)
            self._stack.setCurrentIndex(1)
        elif (preview.status == "loading" and preview.words) or preview.value is None:
            self._notice.say(preview.words or "Loading samples…")
            self._stack.setCurrentIndex(1)

    def _show_view(self, view: DataView) -> None:
        facts = view.facts
        self._title.setText(declared.facts_line(facts))
        sizes = ", ".join(f"{SPLITS[k]} {texts.whole(n)}" for k, n in view.sizes.items())
        licence = f"\nLicence: {facts.licence}" if facts.licence else ""
        self._facts.setText(f"{sizes}\n{_normalisation(view)}{licence}")
        images = any(sample.image is not None for sample in view.samples)
        self._images.setVisible(images)
        self._table.setVisible(not images)
        if images:
            self._images.show_samples(view.samples)
        else:
            self._rows.show_view(view)
            self._table.resizeColumnsToContents()
        has_classes = any(view.counts.values())
        self._counts.setVisible(has_classes)
        self._counts_title.setVisible(has_classes)
        if has_classes:
            self._counts.show_view(view)

    def _show_problem(self, problem: Problem) -> None:
        if problem.path == DOWNLOAD:
            self._notice.say(problem.sentence, problem.hint, "Download")
        else:
            self._notice.say(problem.sentence, problem.hint)


def _normalisation(view: DataView) -> str:
    """The statistics of the training split that inputs are normalised with."""
    if len(view.mean) > _SHOWN_CHANNELS:
        return f"Normalised by the training mean and deviation of each of {len(view.mean)} columns"
    pairs = [
        f"{texts.significant(mean)} ± {texts.significant(std)}"
        for mean, std in zip(view.mean, view.std, strict=True)
    ]
    return f"Normalised by the training split: {', '.join(pairs)}"


class Notice(QWidget):
    """A sentence in the middle of an empty panel, with what can be done about it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._sentence = label("", wrap=True)
        self._sentence.setObjectName(f"{name}.sentence")
        self._hint = label("", "secondary", wrap=True)
        self.button = QPushButton()
        self.button.setObjectName(f"{name}.button")
        column = QVBoxLayout(self)
        flat(column, 8)
        column.setContentsMargins(32, 32, 32, 32)
        column.addStretch(2)
        for words in (self._sentence, self._hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, sentence: str, hint: str = "", button: str = "") -> None:
        """Say this, and offer a button if it has a text."""
        self._sentence.setText(sentence)
        self._hint.setText(hint[:600])
        self._hint.setVisible(bool(hint))
        self.button.setText(button)
        self.button.setVisible(bool(button))
