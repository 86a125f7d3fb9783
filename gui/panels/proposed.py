"""What a path was taken for: why, what else it may be, the options that matter, first findings."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from engine.inspection import Finding
from gui import texts
from gui.controls import discard, flat, label, wrap_anywhere
from gui.forms.entries import ChoiceBox
from gui.forms.field import Field, problem_text
from gui.panels.look.findings import Mark
from gui.presenters import declared
from gui.presenters.dotted import is_within
from gui.presenters.findings import spoken
from gui.presenters.opendata import OpenData
from gui.theme import Theme

_WIDEST_FIELD = 360
_AT_ONCE = 3


class ProposedView(QWidget):
    """Shows the presenter's proposal; its fields edit the presenter's draft."""

    def __init__(self, theme: Theme, presenter: OpenData) -> None:
        super().__init__()
        self._theme = theme
        self._presenter = presenter
        self._fields: list[Field] = []
        self._shown: Any = None
        self._kind = ChoiceBox()
        self._kind.setObjectName("opendata.kind")
        self._kind.setAccessibleName("What the data is taken for")
        self._kind.setMinimumWidth(180)
        self._kind.edited.connect(presenter.choose)
        self._line = self._words("line", "heading")
        self._reasons = self._words("reasons", "secondary")
        self._problems = self._words("problems", "problem")
        self._options, self._found = QVBoxLayout(), QVBoxLayout()
        self._found_head = label("What a first look found", "heading")
        self._about = self._words("findings", "secondary")
        self._build()
        presenter.draft.changed.connect(self._show_draft)
        presenter.findings.changed.connect(self._show_findings)

    def _words(self, name: str, role: str) -> QLabel:
        made = label("", role, wrap=True)
        made.setObjectName(f"opendata.{name}")
        made.setTextFormat(Qt.TextFormat.PlainText)
        wrap_anywhere(made)
        return made

    def _build(self) -> None:
        head = QHBoxLayout()
        flat(head, 8)
        head.addWidget(label("Taken for", "secondary"))
        head.addWidget(self._kind)
        head.addStretch(1)
        for inner in (self._options, self._found):
            flat(inner, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addLayout(head)
        for part in (self._line, self._reasons, self._problems):
            column.addWidget(part)
        column.addLayout(self._options)
        column.addSpacing(8)
        column.addWidget(self._found_head)
        column.addLayout(self._found)
        column.addWidget(self._about)
        column.addStretch(1)

    # --- Showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the proposal that is chosen."""
        presenter = self._presenter
        if presenter.taken is not self._shown:
            self._shown = presenter.taken
            named = [(place, each.title, each.line) for place, each in enumerate(presenter.taken)]
            self._kind.offer(named)
        self._kind.show_value(presenter.chosen)
        self._kind.setEnabled(len(presenter.taken) > 1)
        why = "" if len(presenter.taken) > 1 else "Nothing else fits this data"
        self._kind.setToolTip(why)
        self._make_fields()
        self._show_draft()
        self._show_findings()

    def _make_fields(self) -> None:
        _empty(self._options)
        draft = self._presenter.draft
        self._fields = []
        for path in self._presenter.options:
            option = declared.option_at(draft.data, path)
            if option is not None:
                field = Field(self._theme, draft, path, option)
                field.setMaximumWidth(_WIDEST_FIELD)
                self._fields.append(field)
                self._options.addWidget(field)

    def _show_draft(self) -> None:
        """The size of the data as it is with the options of now, and what is wrong with them."""
        if self._presenter.status != "found":
            return
        draft = self._presenter.draft
        for field in self._fields:
            field.refresh()
        reasons = self._presenter.reasons
        self._reasons.setText("\n".join(f"·  {spoken(reason)}" for reason in reasons))
        facts = draft.facts()
        self._line.setText(declared.facts_line(facts) if facts else "")
        self._line.setVisible(facts is not None)
        shown = [field.path for field in self._fields]
        others = [
            problem
            for problem in draft.problems
            if not any(is_within(problem.path, path) for path in shown)
        ]
        said = dict.fromkeys(problem_text(each) for each in others)
        self._problems.setText(texts.breakable("\n".join(said)))
        self._problems.setVisible(bool(others))

    def _show_findings(self) -> None:
        found = self._presenter.findings
        _empty(self._found)
        words = {"loading": found.words or "Looking closer…"}.get(found.status, "")
        if found.status == "shown" and found.value is not None:
            findings = found.value.findings
            for finding in findings[:_AT_ONCE]:
                self._found.addLayout(self._finding(finding))
            rest = len(findings) - _AT_ONCE
            if rest > 0:
                words = f"The Data tab shows {texts.whole(rest)} more and what mends them."
            elif not findings:
                words = "Nothing that stands out."
        self._found_head.setVisible(found.status in ("loading", "shown"))
        self._about.setText(words)
        self._about.setVisible(bool(words) and self._found_head.isVisibleTo(self))

    def _finding(self, finding: Finding) -> QHBoxLayout:
        words = label(spoken(finding.sentence), wrap=True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setToolTip(spoken(finding.hint))
        words.setObjectName(f"opendata.finding.{finding.code}")
        wrap_anywhere(words)
        row = QHBoxLayout()
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(Mark(self._theme, finding.severity), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return row


def _empty(layout: QLayout) -> None:
    """Take out and delete what stands in a layout."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            _empty(inner)
        if widget is not None:
            discard(widget)
