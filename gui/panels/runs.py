"""The Runs tab: every run there is, to be found, looked at, compared and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.runs.folder import RunFolder
from engine.runs.info import RunInfo
from gui import texts
from gui.controls import flat
from gui.panels.compare import CompareView
from gui.panels.notice import Notice
from gui.panels.run_details import RunDetailsView
from gui.panels.runs_bar import RunsBar
from gui.panels.runs_doer import RunsDoer
from gui.panels.runs_model import RunsModel
from gui.panels.runs_pane import DETAILS, DIFFERENCES, RunsPane
from gui.panels.runs_view import RunsView
from gui.presenters.compared import ComparedPresenter
from gui.presenters.differences import DifferencesPresenter
from gui.presenters.library import LibraryPresenter
from gui.presenters.run_columns import COLUMNS, NAME, PLACES, TAGS
from gui.presenters.run_details import RunDetails
from gui.presenters.run_order import GROUPINGS, Order, arrange
from gui.theme import Theme

_PANE_HEIGHT, _ANY_HEIGHT = 232, 16_777_215


class RunsPanel(QWidget):
    """Shows the library while it is in sight; what starts a training is told to others."""

    opened = Signal(object)
    """The RunFolder whose recipe and curves are to be shown."""
    resume_asked = Signal(object)
    """The RunFolder that is to go on from where it stopped."""
    extend_asked = Signal(object)
    """The RunFolder that is to be trained for more epochs."""
    fork_asked = Signal(object)
    """The RunFolder that a new run is to begin from."""
    start_asked = Signal()
    """A first training is wished for."""

    def __init__(
        self,
        theme: Theme,
        library: LibraryPresenter,
        compared: ComparedPresenter,
        sheets: tuple[RunDetails, DifferencesPresenter],
        busy: Callable[[], bool],
    ) -> None:
        super().__init__()
        self.setObjectName("runs")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._library, self._compared = library, compared
        self._doer = RunsDoer(self, library, compared, busy)
        self._order = Order()
        self._arranged: object = None
        self._pane_height = _PANE_HEIGHT
        self._model = RunsModel(theme, compared)
        self.view = RunsView(theme, self._model)
        self._bar = RunsBar(theme)
        self._details = RunDetailsView(sheets[0])
        self._differences = sheets[1]
        self._compare = CompareView(theme, compared)
        self._pane = RunsPane(theme, self._details, self._compare)
        self._notice = Notice("runs.notice")
        self._pages = QStackedWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._build()
        self._connect()
        theme.changed.connect(self._model.repaint)

    def _build(self) -> None:
        self._split.setObjectName("runs.split")
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.view)
        self._split.addWidget(self._pane)
        self._split.setStretchFactor(0, 1)
        self._split.setSizes([10_000, self._pane_height])
        self._pages.addWidget(self._split)
        self._pages.addWidget(self._notice)
        self.view.fill_columns(self._bar.columns)
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(self._bar)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        bar, view, pane, doer = self._bar, self.view, self._pane, self._doer
        bar.filtered.connect(lambda text: self._change(text=text))
        bar.grouped.connect(lambda grouping: self._change(grouping=grouping))
        bar.archived_toggled.connect(lambda on: self._change(archived=on))
        bar.refresh_asked.connect(self._library.refresh)
        bar.filter.left.connect(self._on_filter_left)
        view.sort_asked.connect(self._on_sort_asked)
        view.selected.connect(self._on_selected)
        view.menu_asked.connect(lambda place: doer.open_menu(view.selection(), place))
        view.opened.connect(lambda run: doer.do("open", [run]))
        view.ticked.connect(lambda runs: doer.do("compare", runs))
        view.starred.connect(lambda run: doer.do("favourite", [run]))
        view.discarded.connect(lambda runs: doer.do("trash", runs))
        view.copied.connect(lambda runs: doer.do("copy", runs))
        doer.asked.connect(self._on_asked)
        doer.editing.connect(self._on_editing)
        pane.cleared.connect(self._compared.clear)
        self._split.splitterMoved.connect(self._on_divided)
        pane.folded_changed.connect(self._on_pane_folded)
        self._model.renamed.connect(lambda run, title: self._library.mark([run], title=title))
        self._model.tagged.connect(lambda run, tags: self._library.mark([run], tags=tags))
        self._details.noted.connect(lambda run, note: self._library.mark([run], note=note))
        self._notice.button.clicked.connect(self._on_notice_clicked)
        self._library.changed.connect(self._show)
        view.itemDelegate().closeEditor.connect(self._show)
        self._compared.changed.connect(self._on_compared_changed)
        self._differences.changed.connect(self._show_differences)

    # --- Showing -----------------------------------------------------------------------------

    def _show(self) -> None:
        """The library as it is: newer values in place, the order anew only when runs have come,
        gone or been archived, so that no row runs away from under the mouse."""
        if self.view.editing or not self.isVisible():  # it is shown when that is over
            return
        runs = self._library.runs
        basis = (self._order, [(run.name, run.archived) for run in runs])
        if basis == self._arranged:
            self._model.show_values(runs)
        else:
            self._arranged = basis
            family = self._order.grouping == "family"
            unfold = family or bool(self._order.text)
            self._model.show_order(self._order.column, self._order.descending)
            self.view.show_nodes(arrange(runs, self._order), unfold, decorated=family)
        self._show_count()
        self._show_notice()
        self._on_selected()

    def _show_count(self) -> None:
        shown = self._model.count
        everything = sum(self._order.archived or not run.archived for run in self._library.runs)
        noun = "run" if everything == 1 else "runs"
        part = f"{texts.whole(shown)} of " if shown != everything else ""
        loading = ", looking…" if self._library.status == "loading" and everything else ""
        self._bar.show_count(f"{part}{texts.whole(everything)} {noun}{loading}")

    def _show_notice(self) -> None:
        library, empty = self._library, not self._model.count
        self._pages.setCurrentIndex(1 if empty else 0)
        self._bar.setVisible(bool(library.runs))
        if not empty:
            return
        if library.status == "failed" and library.problem is not None:
            self._notice.say(library.problem.sentence, library.problem.hint, "Try again")
        elif library.status in ("waiting", "loading") and not library.runs:
            self._notice.say("Looking for runs…")
        elif library.runs and self._order.text:
            self._notice.say(f"No run matches “{self._order.text}”", "", "Show all runs")
        elif library.runs:
            self._notice.say("All runs are in the archive", "", "Show archived runs")
        else:
            self._notice.say(
                "No run yet",
                "Every training is kept here with its recipe, its curves and its checkpoints: to be"
                " looked at, compared, gone on with.",
                "Start a training",
            )

    def _on_notice_clicked(self) -> None:
        if self._library.status == "failed":
            self._library.load()
        elif self._order.text:
            self._bar.filter.clear()
        elif self._library.runs:
            self._change(archived=True)
        else:
            self.start_asked.emit()

    def _change(self, **choices: Any) -> None:
        self._order = replace(self._order, **choices)
        self._bar.show_choices(self._order.text, self._order.grouping, self._order.archived)
        self._show()

    def show_filtered(self, text: str) -> None:
        """Show the runs that a text filter leaves, as if it had been typed."""
        self._change(text=text)

    # --- What the user does -------------------------------------------------------------------

    def _on_sort_asked(self, column: str) -> None:
        """Figures from the largest, words from A; the same heading again turns it round."""
        again = column == self._order.column
        descending = not self._order.descending if again else COLUMNS[PLACES[column]].figures
        self._change(column=column, descending=descending)

    def _on_filter_left(self) -> None:
        self.view.setFocus()
        if self.view.current() is None and (first := self._model.index(0, PLACES[NAME])).isValid():
            self.view.setCurrentIndex(first)

    def _on_selected(self) -> None:
        chosen = self.view.selection()
        current = self.view.current()
        self._details.show_run(current if current in chosen else next(iter(chosen), None))

    def _on_asked(self, name: str, run: RunInfo) -> None:
        signals = {
            "open": self.opened, "resume": self.resume_asked, "extend": self.extend_asked,
            "fork": self.fork_asked,
        }  # fmt: skip
        signals[name].emit(RunFolder(run.path))

    def _on_editing(self, name: str, run: RunInfo) -> None:
        """Title and tags are typed in the table, the note in the details."""
        if name == "note":
            self._pane.show_page(DETAILS)
            self._details.note.setFocus()
        else:
            self.view.edit_cell(run, NAME if name == "rename" else TAGS)

    def _on_compared_changed(self) -> None:
        self._model.repaint()
        count, before = len(self._compared.chosen), self._pane.page
        self._pane.show_compared(count)
        if (count > 1) != (before == DIFFERENCES) and not self._pane.folded:
            self._pane.show_page(DIFFERENCES if count > 1 else DETAILS)

    def _show_differences(self) -> None:
        found = self._differences
        if found.shown is not None:
            self._compare.show_differences(found.shown)
        elif found.problem is not None:
            self._compare.say(found.problem.sentence)

    def _on_pane_folded(self) -> None:
        """Folded, the pane is as high as its line of buttons."""
        folded = self._pane.folded
        self._pane.setMaximumHeight(self._pane.line_height if folded else _ANY_HEIGHT)
        height = self._pane.line_height if folded else self._pane_height
        self._split.setSizes([10_000, height])

    def _on_divided(self) -> None:
        if not self._pane.folded:
            self._pane_height = self._split.sizes()[1]

    # --- Being looked at ----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A slash or Ctrl+F goes to the filter, F5 looks again."""
        if event.text() == "/" or event.matches(QKeySequence.StandardKey.Find):
            self._bar.filter.setFocus()
            self._bar.filter.selectAll()
        elif event.matches(QKeySequence.StandardKey.Refresh):
            self._library.refresh()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The library is read while it can be seen."""
        super().showEvent(event)
        self._library.want(True)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is read any more."""
        super().hideEvent(event)
        self._library.want(False)
        self._details.show_run(None)

    def settings(self) -> dict[str, Any]:
        """The choices made here, in plain values, for the next start."""
        order = {k: v for k, v in asdict(self._order).items() if k not in ("text", "archived")}
        pane = {"folded": self._pane.folded, "pane": self._pane_height}
        return {"order": order, **pane, **self.view.settings()}

    def restore(self, settings: dict[str, Any]) -> None:
        """Take the choices that `settings` once gave; what is not understood is left as it is."""
        self.view.restore(settings)
        order = settings.get("order")
        order = order if isinstance(order, dict) else {}
        column, grouping = order.get("column"), order.get("grouping")
        self._order = Order(
            column=column if column in PLACES else self._order.column,
            descending=order.get("descending") is not False,
            grouping=grouping if grouping in GROUPINGS else self._order.grouping,
        )
        height = settings.get("pane")
        if isinstance(height, int) and 0 < height < 10_000:
            self._pane_height = height
            self._split.setSizes([10_000, height])
        if settings.get("folded") is True:
            self._pane.set_folded(True)
        self._change()
