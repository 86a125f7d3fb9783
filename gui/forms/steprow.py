"""One component of a list in a form: its title, its options folded, and ways to move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from engine.problems import Problem
from gui import texts
from gui.controls import ElidedLabel, IconButton, flat, label, never_taller, wrap_anywhere
from gui.forms.field import Field, problem_text
from gui.presenters import declared, steps
from gui.presenters.dotted import is_within
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.forms.form import Form

_INDENT = 12
_KEYS = (("Alt+Up", -1), ("Alt+Down", 1))
_CONTEXT = Qt.ShortcutContext.WidgetWithChildrenShortcut


class StepRow(QWidget):
    """Folded it says itself in one line, `Rotate  10°`. Alt+Up and Alt+Down move it, Delete on its
    title takes it out."""

    move_asked = Signal(int)
    """By -1 it goes up, by 1 down."""
    removal_asked = Signal()

    def __init__(
        self, theme: Theme, presenter: RecipePresenter, path: str, kind: str, form: Form
    ) -> None:
        super().__init__()
        never_taller(self)
        self.path = path
        self.setObjectName(path)
        self._theme, self._presenter = theme, presenter
        self._kind = kind
        self._form = form
        self._fold = self._make_fold()
        self._details = ElidedLabel("", "secondary")
        self._details.setObjectName(f"{path}.details")
        self._up = self._button("arrow-up", "up", "Move up (Alt+Up)")
        self._down = self._button("arrow-down", "down", "Move down (Alt+Down)")
        self._remove = self._button("close", "remove", "Take it out (Delete)")
        self._problem = label("", "problem", wrap=True)
        self._problem.setObjectName(f"{path}.problem")
        wrap_anywhere(self._problem)
        self._build()
        self._connect()
        theme.changed.connect(self._show_fold)

    # --- Making ------------------------------------------------------------------------------

    def _make_fold(self) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "disclosure")
        button.setProperty("level", "inner")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setObjectName(f"{self.path}.fold")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.toggled.connect(self._show_fold)
        return button

    def _button(self, icon: str, name: str, tip: str) -> IconButton:
        made = IconButton(self._theme, icon, tip)
        made.setObjectName(f"{self.path}.{name}")
        return made

    def _build(self) -> None:
        head = QHBoxLayout()
        flat(head, 2)
        head.addWidget(self._fold)
        head.addWidget(self._details, 1)
        for button in (self._up, self._down, self._remove):
            head.addWidget(button)
        column = QVBoxLayout(self)
        flat(column)
        column.addLayout(head)
        self._problem.setContentsMargins(20, 0, 0, 2)
        column.addWidget(self._problem)
        inner = QVBoxLayout()
        inner.setContentsMargins(_INDENT, 0, 0, 0)
        inner.addWidget(self._form)
        column.addLayout(inner)

    def _connect(self) -> None:
        self._up.clicked.connect(lambda: self.move_asked.emit(-1))
        self._down.clicked.connect(lambda: self.move_asked.emit(1))
        self._remove.clicked.connect(self.removal_asked)
        for keys, by in _KEYS:
            shortcut = QShortcut(QKeySequence(keys), self, context=_CONTEXT)
            shortcut.activated.connect(lambda by=by: self.move_asked.emit(by))
        delete = QShortcut(QKeySequence("Del"), self._fold, context=_CONTEXT)
        delete.activated.connect(self.removal_asked)

    # --- Showing -----------------------------------------------------------------------------

    def refresh(self, count: int) -> None:
        """Show the presenter's state; `count` is the length of the list."""
        step, place = self._presenter.get(self.path), int(self.path.rpartition(".")[2])
        self._form.refresh()
        self._fold.setText(steps.title_of(step, self._kind))
        self._details.set_whole(steps.details(step, self._kind))
        self._up.setEnabled(place > 0)
        self._down.setEnabled(place < count - 1)
        own = self._problems()
        self._problem.setText(texts.breakable("\n".join(problem_text(each) for each in own)))
        self._problem.setVisible(bool(own))
        if any(self._presenter.problems_at(field.path) for field in self._form.fields()):
            self._fold.setChecked(True)
        self._show_fold()

    @property
    def title(self) -> str:
        """What the row is called."""
        return self._fold.text()

    @property
    def folded(self) -> bool:
        """Whether the options are out of sight."""
        return not self._fold.isChecked()

    def unfold(self, open_: bool) -> None:
        """Show the options or fold them away; what is wrong stays in sight."""
        wrong = any(self._presenter.problems_at(field.path) for field in self._form.fields())
        self._fold.setChecked(open_ or wrong)

    def fields(self) -> list[Field]:
        """The fields of the component's options."""
        return self._form.fields()

    def focused(self) -> str:
        """What in this row has the focus, by its name below the row's path."""
        widget = self.focusWidget()
        name = widget.objectName() if widget is not None and widget.hasFocus() else ""
        return name.removeprefix(f"{self.path}.") if is_within(name, self.path) else ""

    def take_focus(self, name: str = "") -> None:
        """Give the focus to a part by that name, or to the title where it cannot have it."""
        wanted = self.findChild(QWidget, f"{self.path}.{name}") if name else None
        usable = wanted is not None and wanted.isEnabled() and wanted.isVisibleTo(self)
        target = wanted if wanted is not None and usable else self._fold
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_fold(self) -> None:
        icon = "chevron-right" if self.folded else "chevron-down"
        self._fold.setIcon(self._theme.icon(icon, "secondary"))
        cls = declared.component_at(self._presenter.data, self.path)
        about = cls.summary() if cls else ""
        self._fold.setToolTip(about)
        place = int(self.path.rpartition(".")[2]) + 1
        state = "folded" if self.folded else "open"
        self._fold.setAccessibleName(f"{place}. {self.title}, {state}")
        self._fold.setAccessibleDescription(about)
        self._form.setVisible(not self.folded)
        self._details.setVisible(True)

    def _problems(self) -> list[Problem]:
        """What is wrong with the choice, or with what no field shows."""
        shown = [field.path for field in self._form.fields()]
        return [
            problem
            for problem in self._presenter.problems_at(self.path)
            if not any(is_within(problem.path, path) for path in shown)
        ]
