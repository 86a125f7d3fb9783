"""One section of the recipe as a card: title, picker, the fields that matter, the rest folded."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from engine.components import COMPONENT_SECTIONS
from engine.problems import Problem
from gui import texts
from gui.controls import ElidedLabel, flat, label, never_taller, wrap_anywhere
from gui.forms.field import GAP, Field, problem_text
from gui.forms.form import Form, Picker, WayBack
from gui.forms.room import put_beside
from gui.forms.when import WhenLabel
from gui.presenters import declared
from gui.presenters.cards import Seen
from gui.presenters.dotted import is_within
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

PICKER_NARROWEST, PICKER_WIDEST = 112, 150
"""A picker with a longer title stands in a row of its own."""


_ABOVE = 8
"""Pixels above the title."""


class SectionCard(QWidget):
    """Folded, the card says itself in one line."""

    rebuilt = Signal()
    """Some fields were made or taken away."""

    def __init__(self, theme: Theme, presenter: RecipePresenter, section: str) -> None:
        super().__init__()
        never_taller(self)
        self.section = section
        self._theme = theme
        self._presenter = presenter
        self._seen: Seen | None = None
        self.setObjectName(f"card.{section}")
        self._fold = self._make_fold()
        self._picker = Picker(presenter, section) if section in COMPONENT_SECTIONS else None
        self._back = WayBack(theme, presenter, section)
        self._when = WhenLabel(presenter, section)
        self._summary = ElidedLabel("", "secondary")
        self._summary.setObjectName(f"{section}.summary")
        self._subtitle = ElidedLabel("", "secondary")
        self._subtitle.setObjectName(f"{section}.subtitle")
        self._problem = label("", "problem", wrap=True)
        self._problem.setObjectName(f"{section}.problem")
        wrap_anywhere(self._problem)
        self._form = Form(theme, presenter, section)
        self._form.rebuilt.connect(self.rebuilt)
        self._beside_form = QVBoxLayout()
        self._buttons: list[QWidget] = []
        self._build()
        theme.changed.connect(self._show_fold)
        self._show_fold()

    def _make_fold(self) -> QToolButton:
        button = QToolButton()
        button.setText(self.section.capitalize())
        button.setProperty("role", "disclosure")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setChecked(True)
        button.setObjectName(f"{self.section}.fold")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.toggled.connect(self._show_fold)
        return button

    def _build(self) -> None:
        head, below = QHBoxLayout(), QHBoxLayout()
        flat(head)
        below.setContentsMargins(22, 0, 0, 2)
        head.addLayout(self._called())
        head.addStretch(1)
        if self._picker is not None:
            beside = put_beside(self._picker, PICKER_NARROWEST, PICKER_WIDEST)
            head.addWidget(self._back)
            if beside:
                head.addSpacing(GAP)
            (head if beside else below).addWidget(self._picker, 100)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(8, _ABOVE, 16, 8)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(below)
        for words in (self._subtitle, self._summary, self._problem):
            words.setContentsMargins(22, 0, 0, 2)
            column.addWidget(words)
        inner = self._beside_form
        inner.setContentsMargins(14, 0, 0, 0)
        inner.addWidget(self._form)
        column.addLayout(inner)

    def _called(self) -> QVBoxLayout:
        """The title, and below it when a change of the choice takes effect."""
        called = QVBoxLayout()
        flat(called)
        called.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        self._when.setContentsMargins(24, 0, 0, 0)
        called.addWidget(self._when)
        return called

    # --- Showing -----------------------------------------------------------------------------

    def refresh(self, seen: Seen) -> None:
        """Show the presenter's state, unless all that the card depends on is as it was."""
        if seen == self._seen:
            return
        if self._picker is not None:
            self._picker.refresh()
            self._back.refresh()
        self._show_when()
        self._form.refresh()
        self._show_words()
        self._seen = seen  # last: a change made meanwhile is seen the next time

    def add_button(self, button: QWidget) -> None:
        """A button below the words on top, in sight while the card is open."""
        self._beside_form.insertWidget(0, button, 0, Qt.AlignmentFlag.AlignLeft)
        self._buttons.append(button)
        self._show_fold()

    def set_subtitle(self, text: str) -> None:
        """What is known of the choice: a dataset's size, a network's parameters."""
        if text != self._subtitle.whole():
            self._subtitle.set_whole(text)
            self._show_words()

    def reveal(self, path: str) -> Field | None:
        """Unfold what hides the field at `path`, and return it."""
        self._fold.setChecked(True)
        self._form.reveal(path)
        return next((f for f in self._form.fields() if is_within(path, f.path)), None)

    def fields(self) -> list[Field]:
        """All its fields, folded ones too."""
        return self._form.fields()

    def picker(self) -> Picker | None:
        """The component picker, where the section has one."""
        return self._picker

    @property
    def folded(self) -> bool:
        """Whether only the summary is shown."""
        return not self._fold.isChecked()

    def set_folded(self, folded: bool) -> None:
        """Fold or unfold the card."""
        self._fold.setChecked(not folded)

    def _show_fold(self) -> None:
        name = "chevron-right" if self.folded else "chevron-down"
        self._fold.setIcon(self._theme.icon(name, "secondary"))
        self._fold.setToolTip("Show the options" if self.folded else "Fold to one line")
        self._fold.setAccessibleName(f"{self.section}, {'folded' if self.folded else 'open'}")
        for part in (self._form, *self._buttons):
            part.setVisible(not self.folded)
        self._show_words()

    def _show_when(self) -> None:
        """Its line takes the room above the title, so that nothing below moves."""
        said = self._when.refresh()
        self._column.setContentsMargins(8, 0 if said else _ABOVE, 16, 8)

    def _show_words(self) -> None:
        others = self._problems_elsewhere()
        said = "\n".join(problem_text(problem) for problem in others)
        self._problem.setText(texts.breakable(said))
        self._problem.setVisible(bool(others))
        self._subtitle.setVisible(not self.folded and bool(self._subtitle.whole()))
        self._summary.setVisible(self.folded)
        if self.folded:
            self._summary.set_whole(declared.summary(self._presenter.data, self.section))

    def _problems_elsewhere(self) -> list[Problem]:
        """Problems of this section that no field shows, or all of them when it is folded."""
        own = self._presenter.problems_at(self.section)
        if self.folded or not own:
            return own
        shown = [field.path for field in self._form.fields()]
        nested = f"{self.section}.schedule"
        return [
            problem
            for problem in own
            if not any(is_within(problem.path, path) for path in shown)
            and problem.path not in (nested, f"{nested}.name")
        ]
