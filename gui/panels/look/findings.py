"""The findings of the check at the top of the Data tab: the worst first, each with its mend."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.inspection import Finding
from gui.controls import discard, flat, label, never_taller, set_look, wrap_anywhere
from gui.panels.look.header import Fold
from gui.panels.note import link
from gui.presenters import findings as say
from gui.presenters.checks import Checks
from gui.theme import Theme

_ICON = 16
_ICONS = {"error": ("error", "error"), "warning": ("warning", "warning"),
          "info": ("info", "secondary"), "good": ("check", "good")}  # fmt: skip
_AT_ONCE = 3
"""Findings that are shown before the rest is asked for."""


class Mark(QLabel):
    """The icon of a severity."""

    def __init__(self, theme: Theme, severity: str) -> None:
        super().__init__()
        self._theme = theme
        self._severity = severity
        self.setFixedSize(_ICON, 20)
        theme.changed.connect(self._show)
        self._show()

    def show_severity(self, severity: str) -> None:
        """Another icon."""
        self._severity = severity
        self._show()

    def _show(self) -> None:
        name, role = _ICONS[self._severity]
        self.setPixmap(self._theme.icon(name, role).pixmap(_ICON, _ICON))
        self.setAccessibleName(self._severity)


class FindingRow(QWidget):
    """One finding: what is wrong, what to do, what shows it, and a button that mends it."""

    def __init__(self, theme: Theme, checks: Checks, finding: Finding) -> None:
        super().__init__()
        self.setObjectName(f"data.finding.{finding.code}")
        self._checks, self.finding = checks, finding
        self._sentence = label(say.spoken(finding.sentence), wrap=True)
        self._hint = label(say.spoken(finding.hint), "secondary", wrap=True)
        self._evidence = label("\n".join(say.evidence(finding)), "secondary", wrap=True)
        for words in (self._sentence, self._hint, self._evidence):
            words.setTextFormat(Qt.TextFormat.PlainText)
            wrap_anywhere(words)
        self._evidence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._evidence.setObjectName("data.finding.evidence")
        self._evidence.hide()
        self._hint.setVisible(bool(finding.hint))
        self._more = link("Evidence", "data.finding.more")
        self._more.setCheckable(True)
        self._more.setVisible(bool(finding.evidence))
        self._more.toggled.connect(self._evidence.setVisible)
        self.mend = QPushButton()
        self.mend.setObjectName("data.finding.mend")
        self.mend.clicked.connect(lambda: checks.mend(finding))
        self._build(theme)
        self.refresh()

    def _build(self, theme: Theme) -> None:
        column = QVBoxLayout()
        flat(column, 2)
        for words in (self._sentence, self._hint, self._evidence):
            column.addWidget(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(Mark(theme, self.finding.severity), 0, top)
        row.addLayout(column, 1)
        row.addWidget(self._more, 0, top)
        row.addWidget(self.mend, 0, top)

    def refresh(self) -> None:
        """Say whether it can be mended, or is already."""
        words, mended = self._checks.mend_words(self.finding), self._checks.is_mended(self.finding)
        self.mend.setVisible(bool(words))
        self.mend.setEnabled(not mended)
        self.mend.setText("Mended" if mended else words)
        self.mend.setToolTip(
            "The recipe says so already; undo takes it back" if mended
            else "Changes the recipe; undo takes it back"
        )  # fmt: skip


class FindingsView(QWidget):
    """`Looks good`, or what was found; a button and a bar while the check goes on."""

    def __init__(self, theme: Theme, checks: Checks) -> None:
        super().__init__()
        self.setObjectName("data.findings")
        never_taller(self)
        self._theme, self._checks = theme, checks
        self._shown: tuple[Finding, ...] = ()
        self._rows: list[FindingRow] = []
        self._mark = Mark(theme, "good")
        self._words = label("", "heading")
        self._words.setObjectName("data.findings.summary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName("Progress of the check")
        self._fold = Fold(theme, "", "data.findings.fold")
        self._fold.toggled.connect(self._show_rows)
        self._check, self._cancel = link("Check", "data.check"), link("Cancel", "data.check.cancel")
        self._check.clicked.connect(checks.start)
        self._cancel.clicked.connect(checks.cancel)
        self._list = QVBoxLayout()
        self._build()
        checks.changed.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        head = QHBoxLayout()
        flat(head, 8)
        head.addWidget(self._mark)
        head.addWidget(self._words)
        head.addWidget(self._bar)
        head.addWidget(self._fold)
        head.addWidget(self._check)
        head.addWidget(self._cancel)
        head.addStretch(1)
        flat(self._list)
        column = QVBoxLayout(self)
        flat(column, 2)
        column.addLayout(head)
        column.addLayout(self._list)

    # --- Showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the state of the check."""
        checks = self._checks
        checking, done = checks.status == "checking", checks.status == "done"
        self.setVisible(checks.status != "none")
        self._words.setText(self._summary())
        set_look(self._words, "role", "heading" if done else "secondary")
        self._mark.setVisible(done)
        self._mark.show_severity(say.worst(checks.findings))
        self._bar.setVisible(checking and checks.fraction is not None)
        self._bar.setValue(round(1000 * (checks.fraction or 0.0)))
        self._cancel.setVisible(checking)
        self._check.setVisible(not checking)
        self._check.setText("Check" if checks.status == "offered" else "Check again")
        if checks.findings != self._shown:
            self._make_rows()
        self._fold.setVisible(self._hidden() > 0)
        for row in self._rows:
            row.refresh()

    def _summary(self) -> str:
        checks = self._checks
        if checks.status == "checking":
            return checks.words or "Checking the data…"
        if checks.status == "failed" and checks.problem is not None:
            return f"The check failed: {checks.problem.sentence}"
        if checks.status == "offered":
            return "Not checked yet: the data is large, it may take a while"
        return say.summary(checks.findings)

    def _make_rows(self) -> None:
        for row in self._rows:
            self._list.removeWidget(row)
            discard(row)
        self._shown = self._checks.findings
        self._rows = [FindingRow(self._theme, self._checks, finding) for finding in self._shown]
        for row in self._rows:
            self._list.addWidget(row)
        serious = [f for f in self._shown if f.severity != "info"]
        self._fold.setChecked(bool(serious) and len(self._shown) <= _AT_ONCE)
        self._show_rows()

    def _show_rows(self) -> None:
        """Folded, only the first of the serious ones are in sight."""
        whole = self._fold.isChecked()
        near = self._near()
        for row in self._rows:
            row.setVisible(whole or row in near)
        self._fold.setText("Fewer" if whole else f"Show {'all' if near else 'them'}")

    def _near(self) -> list[FindingRow]:
        """What is never folded."""
        return [row for row in self._rows if row.finding.severity != "info"][:_AT_ONCE]

    def _hidden(self) -> int:
        return len(self._rows) - len(self._near())
