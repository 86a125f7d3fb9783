"""A list of components in a form: a row for each, in an order that can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.schema import Option
from gui.controls import discard, flat, never_taller
from gui.forms.addbox import AddBox
from gui.forms.field import Field
from gui.forms.steprow import StepRow
from gui.presenters import steps
from gui.presenters.dotted import is_within
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.forms.form import Form

_INDENT = 8


class StepList(QWidget):
    """The option's own row, and below it a row for each component, in the order of the list."""

    rebuilt = Signal()
    """Some rows or fields of theirs were made or taken away."""

    def __init__(
        self,
        theme: Theme,
        presenter: RecipePresenter,
        path: str,
        option: Option,
        form: type[Form],
    ) -> None:
        super().__init__()
        never_taller(self)
        self.path = path
        self._theme, self._presenter, self._option = theme, presenter, option
        self._make_form = form
        self._rows: list[StepRow] = []
        self._head = Field(theme, presenter, path, option)
        self._add = cast(AddBox, self._head.entry)
        self._add.suit(lambda: steps.suited(presenter))
        self._add.edited.connect(self._on_added)
        self._usual = self._make_usual()
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(self._head)
        self._inner = QVBoxLayout()
        self._inner.setContentsMargins(_INDENT, 0, 0, 0)
        self._inner.setSpacing(0)
        column.addLayout(self._inner)
        column.addWidget(self._usual, 0, Qt.AlignmentFlag.AlignLeft)
        self.refresh()

    def _make_usual(self) -> QPushButton:
        button = QPushButton()
        button.setProperty("role", "link")
        button.setObjectName(f"{self.path}.usual")
        button.setToolTip("A gentle list that suits most data of this kind")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._add.put_usual)
        return button

    # --- Showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the presenter's state: as many rows as there are components."""
        self._head.refresh()
        before, count = len(self._rows), len(self._steps())
        for row in self._rows[count:]:
            discard(row)
        del self._rows[count:]
        for row in self._rows:
            row.refresh(count)
        for place in range(len(self._rows), count):
            self._rows.append(self._make_row(place, count))
        self._show_usual(bool(self._option.typical) and count == 0)
        if count != before:
            self.rebuilt.emit()

    def _show_usual(self, wanted: bool) -> None:
        to = steps.suited(self._presenter) if wanted else steps.Suited()
        suits = wanted and not steps.why_not_usual(self._option, to)
        self._usual.setVisible(suits)
        if suits:
            said = steps.said(steps.usual(self._option, to), self._option.component_kind or "")
            self._usual.setText(f"Usual ones: {said}")

    def fields(self) -> list[Field]:
        """The fields of all rows, then the list's own."""
        return [*(field for row in self._rows for field in row.fields()), self._head]

    def reveal(self, path: str) -> None:
        """Unfold the row of the component or option at `path`."""
        for row in self._rows:
            if is_within(path, row.path):
                row.unfold(True)

    def _steps(self) -> steps.Steps:
        return steps.steps_of(self._presenter.get(self.path))

    def _make_row(self, place: int, count: int) -> StepRow:
        path = f"{self.path}.{place}"
        form = self._make_form(self._theme, self._presenter, path)
        form.rebuilt.connect(self.rebuilt)
        row = StepRow(self._theme, self._presenter, path, self._option.component_kind or "", form)
        row.move_asked.connect(lambda by: self._on_move_asked(place, by))
        row.removal_asked.connect(lambda: self._on_removal_asked(place))
        row.refresh(count)
        self._inner.addWidget(row)
        return row

    # --- What the user does ------------------------------------------------------------------

    def _on_added(self) -> None:
        if not self._rows:
            return
        for row in self._rows:
            row.unfold(False)
        self._rows[-1].take_focus()

    def _on_move_asked(self, place: int, by: int) -> None:
        """The row goes with its fold and the focus; both rows are open or not as before."""
        target = place + by
        if not 0 <= target < len(self._rows):
            return
        here, there = self._rows[place], self._rows[target]
        focused = here.focused()
        folds = (there.folded, here.folded)
        changed = steps.moved(self._steps(), place, by)
        self._change(changed, f"move of {here.title.lower()}")
        here.unfold(not folds[0])
        there.unfold(not folds[1])
        there.take_focus(focused)

    def _on_removal_asked(self, place: int) -> None:
        title = self._rows[place].title.lower()
        open_ = [not row.folded for row in self._rows]
        self._change(steps.without(self._steps(), place), f"removal of {title}")
        for row, unfolded in zip(self._rows, steps.without(open_, place), strict=True):
            row.unfold(unfolded)
        if self._rows:
            self._rows[min(place, len(self._rows) - 1)].take_focus()
        else:
            self._add.setFocus(Qt.FocusReason.OtherFocusReason)

    def _change(self, value: steps.Steps, what: str) -> None:
        self._presenter.set_all({self.path: value}, what)
