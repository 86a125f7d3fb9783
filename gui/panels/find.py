"""The dialog in which a learning rate or a batch size is found, and who brings it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.problems import Problem
from engine.recipe import Recipe
from engine.wording import counted
from gui import texts
from gui.controls import label, wrap_anywhere
from gui.forms.field import problem_text
from gui.plots.style import PlotStyle
from gui.presenters.finding import RATE
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.finders.batchsize import Largest
    from engine.finders.learningrate import Curve

_WIDTH = 480
_TITLES = {True: "Find a learning rate", False: "Find the largest batch"}
_ABOUT = {
    True: "A copy of the training takes 100 steps while its rate grows. The mark is where the loss"
    " falls fastest; click anywhere else to take that rate.",
    False: "The largest power of two that fits into the memory, or all training samples. With"
    " another batch size, look for the learning rate again.",
}
_FALLS_NOWHERE = "The loss falls at no rate. Look at the data, or click a rate to take it."


class FindDialog(QDialog):
    """Shows how far the search is and what it found; closing gives it up."""

    def __init__(
        self, window: QWidget, theme: Theme, presenter: RecipePresenter, path: str
    ) -> None:
        from gui.plots.rates import RatePlot  # what draws curves takes long to import

        super().__init__(window)
        self._presenter, self._finding, self._path = presenter, presenter.finding, path
        self._value: float | int | None = None
        self.setObjectName("find")
        self.setWindowTitle(_TITLES[path == RATE])
        self.setModal(True)
        self._words = label("", "secondary", wrap=True)
        self._words.setObjectName("find.words")
        wrap_anywhere(self._words)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._plot = RatePlot(PlotStyle(theme))
        self._plot.taken.connect(self._on_taken)
        self._plot.hide()
        self._use, self._close = QPushButton("Use"), QPushButton("Cancel")
        self._build()
        self._finding.changed.connect(self._refresh)
        self._refresh()

    def _build(self) -> None:
        self.setMinimumWidth(_WIDTH)
        self._use.setObjectName("find.use")
        self._use.setProperty("primary", True)
        self._use.clicked.connect(self._on_use)
        self._close.setObjectName("find.close")
        self._close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(_ABOUT[self._path == RATE], wrap=True))
        for part in (self._plot, self._bar, self._words):
            column.addWidget(part)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._close)
        row.addWidget(self._use)
        column.addLayout(row)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody waits for the answer any more (override)."""
        self._finding.give_up()
        self._finding.changed.disconnect(self._refresh)
        super().closeEvent(event)
        self.deleteLater()

    def reject(self) -> None:
        """Escape closes (override)."""
        self.close()

    # --- Showing -----------------------------------------------------------------------------

    def _refresh(self) -> None:
        finding = self._finding
        self._bar.setVisible(finding.searching)
        self._close.setText("Cancel" if finding.searching else "Close")
        if finding.searching:
            known = finding.fraction is not None
            self._bar.setRange(0, 100 if known else 0)
            self._bar.setValue(round(100 * (finding.fraction or 0)))
            self._words.setText(finding.words)
        elif finding.problem is not None:
            self._words.setText(_said(finding.problem))
        elif finding.found is not None and self._path == RATE:
            self._show_curve(cast("Curve", finding.found))
        elif finding.found is not None:
            self._show_largest(cast("Largest", finding.found))
        self._show_value()

    def _show_curve(self, curve: Curve) -> None:
        self._plot.show_curve(curve)
        self._plot.show()
        self._value = curve.suggestion
        self._words.setText("" if curve.suggestion is not None else _FALLS_NOWHERE)
        self.adjustSize()

    def _show_largest(self, largest: Largest) -> None:
        self._value = largest.batch_size
        free = "" if largest.free is None else f" of {texts.size(largest.free)} free"
        self._words.setText(
            f"{counted(largest.batch_size, 'sample')}, limited by {largest.limited_by}; about"
            f" {texts.size(largest.needed)}{free}."
        )

    def _show_value(self) -> None:
        found = self._value is not None
        if found and not self._use.isEnabled():
            self._use.setEnabled(True)
            self._use.setFocus(Qt.FocusReason.OtherFocusReason)
        self._use.setEnabled(found)
        self._use.setText("Use" if self._value is None else f"Use {_shown(self._value)}")

    # --- What the user does ------------------------------------------------------------------

    def _on_taken(self, rate: float) -> None:
        self._value = rate
        self._plot.show_rate(rate)
        self._show_value()

    def _on_use(self) -> None:
        if self._value is not None:
            self._presenter.set(self._path, self._value)
            self._presenter.finish_edit()
        self.close()


def _said(problem: Problem) -> str:
    """The sentence and its hint; of a bug, whose hint is a traceback, the sentence alone."""
    return problem.sentence if "\n" in problem.hint else problem_text(problem)


def _shown(value: float | int) -> str:
    """A batch size as the words beside it have it, a rate as its field will."""
    return texts.whole(value) if isinstance(value, int) else texts.decimal(value)


class Finds(QObject):
    """Opens the dialog when a value is to be found."""

    def __init__(self, window: QWidget, theme: Theme, presenter: RecipePresenter) -> None:
        super().__init__(window)
        self._window, self._theme, self._presenter = window, theme, presenter
        presenter.finding.asked.connect(self._on_asked)

    def _on_asked(self, path: str) -> None:
        recipe: Recipe | None = self._presenter.recipe
        if recipe is not None:
            self._presenter.finding.begin(path, recipe)
            FindDialog(self._window, self._theme, self._presenter, path).open()
