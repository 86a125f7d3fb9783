"""The Data tab: what the dataset is, what was found in it, and real samples of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from engine.consent import NotAllowed
from engine.hub import NotFetched
from engine.problems import Problem
from engine.views import DataView
from gui.controls import hairline
from gui.panels.look.counts import ClassCounts
from gui.panels.look.findings import FindingsView
from gui.panels.look.header import Header
from gui.panels.look.samples import SamplesView
from gui.panels.notice import Notice
from gui.presenters.checks import NOT_HERE, Checks
from gui.presenters.dataview import CANCELLED, DataPreview
from gui.presenters.findings import beside_problem
from gui.theme import Theme

_ABOUT_CODE = "It is shown to you first, and runs only if you allow it"
Offer = tuple[str, Callable[[], None]]
"""What a button says that deals with a problem, and what it does."""


class DataPanel(QWidget):
    """Shows what the preview holds, loading and failure included."""

    download_asked = Signal()
    """The data is to be fetched now."""
    network_asked = Signal(object)
    """The pretrained network of this `engine.hub.NotFetched` is to be fetched now."""
    code_asked = Signal()
    """The person's own code is to be looked at."""

    def __init__(self, theme: Theme, preview: DataPreview, checks: Checks) -> None:
        super().__init__()
        self.setObjectName("data")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._preview, self._checks = preview, checks
        self._shown: DataView | None = None
        self._offers: dict[str, Offer] = {
            NOT_HERE: ("Download", self.download_asked.emit),
            CANCELLED: ("Load again", preview.again),
        }
        self._offer: Offer | None = None
        self._header, self._findings = Header(theme), FindingsView(theme, checks)
        self._samples, self._counts = SamplesView(theme), ClassCounts(theme)
        self._busy = QProgressBar(self)
        self._busy.setTextVisible(False)
        self._busy.setRange(0, 0)
        self._busy.setObjectName("data.busy")
        self._busy.hide()
        self._notice = Notice("data.notice")
        self._stack = QStackedLayout(self)
        self._area = self._make_content()
        self._stack.addWidget(self._area)
        self._stack.addWidget(self._notice)
        self._connect()
        self.refresh()

    def _make_content(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        self._line = hairline()
        for part in (self._header, self._findings, self._line, self._samples, self._counts):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("data.area")
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _connect(self) -> None:
        self._notice.button.clicked.connect(self._on_notice_clicked)
        self._notice.cancelled.connect(self._preview.cancel)
        self._samples.others_asked.connect(self._preview.other_copies)
        self._preview.changed.connect(self.refresh)
        self._checks.changed.connect(self._on_checked)

    def offer(self, path: str, button: str, act: Callable[[], None]) -> None:
        """From now on a problem at this path comes with a button that deals with it."""
        self._offers[path] = (button, act)

    # --- Showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the preview's state."""
        preview = self._preview
        self._busy.setVisible(preview.refreshing)
        if preview.status == "failed" and preview.problem is not None:
            self._show_problem(preview.problem)
        elif preview.status == "shown" and preview.value is not None:
            self._show_view(preview.value)
        elif not preview.refreshing:
            self._shown = None
            words = preview.words or "Loading samples…"
            if preview.status == "loading":
                self._notice.say_progress(words, preview.fraction)
            else:
                self._notice.say(words)
            self._stack.setCurrentIndex(1)

    def _show_view(self, view: DataView) -> None:
        self._stack.setCurrentIndex(0)
        if view is self._shown:
            return
        other = self._shown is None or self._shown.facts != view.facts
        self._shown = view
        if other:
            self._area.verticalScrollBar().setValue(0)
        self._show_header()
        self._samples.show_view(view)
        has_classes = any(view.counts.values())
        self._counts.setVisible(has_classes)
        if has_classes:
            self._counts.show_view(view)

    def _show_header(self) -> None:
        if self._shown is not None:
            self._header.show_view(self._shown, self._checks.fingerprint)

    def _on_checked(self) -> None:
        """The fingerprint is known now, or what else is wrong with data that was refused."""
        self._show_header()
        problem = self._preview.problem if self._preview.status == "failed" else None
        if problem is not None and self._checks.status == "done":
            self._notice.say_more(beside_problem(self._checks.findings, problem.sentence))

    def _show_problem(self, problem: Problem) -> None:
        self._shown, hint = None, problem.hint
        self._offer = self._offers.get(problem.path)
        if isinstance(problem, NotAllowed):
            self._offer, hint = ("Look at the code…", self.code_asked.emit), _ABOUT_CODE
        if isinstance(problem, NotFetched):
            self._offer = ("Download", lambda: self.network_asked.emit(problem))
        self._notice.say(problem.sentence, hint, self._offer[0] if self._offer else "")
        self._stack.setCurrentIndex(1)

    def _on_notice_clicked(self) -> None:
        if self._offer is not None:
            self._offer[1]()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bar of what goes on lies along the upper edge."""
        super().resizeEvent(event)
        self._busy.setGeometry(QRect(0, 0, self.width(), 3))
