"""A form for everything that a section or component declares; rebuilt when the choice changes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.schema import Option, Section
from gui import texts
from gui.controls import (
    IconButton,
    discard,
    flat,
    keep_room,
    label,
    never_taller,
    wrap_anywhere,
)
from gui.forms.entries import ChoiceBox
from gui.forms.field import ENTRY_NARROWEST, ENTRY_WIDTH, GAP, Field, help_text, problem_text
from gui.forms.mapping import ReadOptions
from gui.forms.room import put_beside
from gui.forms.schedule import SchedulePreview
from gui.forms.steplist import StepList
from gui.forms.when import WhenLabel
from gui.presenters import declared
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

_INDENT = 12


class Picker(ChoiceBox):
    """Chooses the component at a path; every item's tooltip is the component's own help."""

    def __init__(self, presenter: RecipePresenter, path: str) -> None:
        super().__init__()
        self._presenter = presenter
        self._path = path
        self.setObjectName(path)
        self.setAccessibleName(texts.title(path.rpartition(".")[2]))
        classes = declared.choices_at(presenter.data, path)
        self.offer(
            [(cls.model_fields["name"].default, cls.title, cls.summary()) for cls in classes]
        )
        self.find_by([declared.words_of(cls) for cls in classes])
        self.edited.connect(self._on_chosen)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's choice and whether there is a problem with it."""
        self.show_value(self._presenter.get(f"{self._path}.name"))
        chosen = declared.component_at(self._presenter.data, self._path)
        self.setToolTip(chosen.summary() if chosen else "")
        self.show_problem(bool(self.problems()))

    def problems(self) -> str:
        """What is wrong with the choice itself, in lines; empty when nothing is."""
        here = (self._path, f"{self._path}.name")
        own = [problem for problem in self._presenter.problems if problem.path in here]
        return "\n".join(problem_text(problem) for problem in own)

    def _on_chosen(self, name: str) -> None:
        self._presenter.choose(self._path, name)


class WayBack(IconButton):
    """Takes a picker back to the component that was opened; hidden while that is chosen."""

    def __init__(self, theme: Theme, presenter: RecipePresenter, path: str) -> None:
        super().__init__(theme, "reset", "Back to what was opened")
        self._presenter = presenter
        self._path = path
        self.setObjectName(f"{path}.reset")
        self.clicked.connect(lambda: presenter.reset(path))
        keep_room(self)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        before = self._presenter.opened.other_choice(self._path)
        self.setVisible(bool(before))
        self.setToolTip(f"Back to {before}")


class Form(QWidget):
    """The fields of one section or component at `prefix`, advanced ones behind "more"."""

    rebuilt = Signal()
    """Some fields were made or taken away."""

    def __init__(
        self, theme: Theme, presenter: RecipePresenter, prefix: str, skip: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        never_taller(self)
        self._theme = theme
        self._presenter = presenter
        self._prefix = prefix
        self._skip = skip
        self._shown_class: type[Section] | None = None
        self._parts: list[Part] = []
        self._advanced: list[Part] = []
        self._fold = QPushButton()
        self._column = QVBoxLayout(self)
        flat(self._column)
        self._content = QWidget()
        self._hidden = QWidget()
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state; build other fields when another component is chosen."""
        cls = declared.class_at(self._presenter.data, self._prefix)
        if cls is not self._shown_class:
            self._shown_class = cls
            self._rebuild(declared.options_of(cls) if cls else ())
            self.rebuilt.emit()
            return
        for part in self._parts:
            part.refresh()
        self._tell_hidden()

    def fields(self) -> list[Field]:
        """All fields, those of nested forms too."""
        found: list[Field] = []
        for part in self._parts:
            found += [part] if isinstance(part, Field) else part.fields()
        return found

    def reveal(self, path: str) -> None:
        """Unfold "more" if the option at `path` is behind it, and the row of a list it is in."""
        for part in self._parts:
            if isinstance(part, StepList):
                part.reveal(path)
        if any(path.startswith(part.path) for part in self._advanced):
            self._fold.setChecked(True)

    # --- Making ------------------------------------------------------------------------------

    def _rebuild(self, options: tuple[Option, ...]) -> None:
        discard(self._content)
        self._content, self._hidden = QWidget(), QWidget()
        column, more = QVBoxLayout(self._content), QVBoxLayout(self._hidden)
        flat(column)
        flat(more)
        offered = [option for option in options if option.name not in self._skip]
        plain = [option for option in offered if not option.advanced]
        advanced = [option for option in offered if option.advanced]
        shown = [self._make(option) for option in plain]
        self._advanced = [self._make(option) for option in advanced]
        self._parts = shown + self._advanced
        for part in shown:
            column.addWidget(part)
        for part in self._advanced:
            more.addWidget(part)
        column.addWidget(self._make_fold())
        column.addWidget(self._hidden)
        self._column.addWidget(self._content)
        self._fold.setVisible(bool(advanced))
        self._hidden.hide()
        self._tell_hidden()

    def _make(self, option: Option) -> Part:
        path = f"{self._prefix}.{option.name}" if self._prefix else option.name
        made: Nested | Group | StepList | ReadOptions
        if option.type == "component":
            made = Nested(self._theme, self._presenter, path, option)
        elif option.type == "group":
            made = Group(self._theme, self._presenter, path, option)
        elif option.type == "component_list":
            made = StepList(self._theme, self._presenter, path, option, Form)
        elif option.type == "mapping":
            made = ReadOptions(self._theme, self._presenter, path, option, Form)
        else:
            return Field(self._theme, self._presenter, path, option)
        made.rebuilt.connect(self.rebuilt)
        return made

    def _make_fold(self) -> QPushButton:
        self._fold = QPushButton()
        self._fold.setProperty("role", "link")
        self._fold.setCheckable(True)
        self._fold.setObjectName(f"{self._prefix}.more")
        self._fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold.toggled.connect(self._on_folded)
        return self._fold

    # --- Folding -----------------------------------------------------------------------------

    def _on_folded(self, open_: bool) -> None:
        self._hidden.setVisible(open_)
        self._tell_hidden()

    def _tell_hidden(self) -> None:
        """A folded option that is wrong unfolds itself; changed ones are counted."""
        fields = [field for part in self._advanced for field in _fields_of(part)]
        if any(self._presenter.problems_at(field.path) for field in fields):
            self._fold.setChecked(True)
        changed = sum(self._presenter.opened.differs(field.path) for field in fields)
        open_ = self._fold.isChecked()
        text = "less" if open_ else f"more ({len(fields)})"
        self._fold.setText(text if open_ or not changed else f"{text}, {changed} changed")
        self._fold.setAccessibleName(f"{'Fewer' if open_ else 'More'} options of {self._prefix}")


def _fields_of(part: Part) -> list[Field]:
    return [part] if isinstance(part, Field) else part.fields()


class Nested(QWidget):
    """An option that is itself a component: a picker, that component's form, its preview."""

    rebuilt = Signal()
    """Some fields were made or taken away."""

    def __init__(self, theme: Theme, presenter: RecipePresenter, path: str, option: Option) -> None:
        super().__init__()
        never_taller(self)
        self.path = path
        name = label(texts.title(option.name), wrap=True)
        name.setToolTip(help_text(option))
        self._picker = Picker(presenter, path)
        beside = put_beside(self._picker, ENTRY_NARROWEST, ENTRY_WIDTH)
        self._back = WayBack(theme, presenter, path)
        self._when = WhenLabel(presenter, path)
        self._problem = label("", "problem", wrap=True)
        wrap_anywhere(self._problem)
        self._form = Form(theme, presenter, path)
        self._form.rebuilt.connect(self.rebuilt)
        self._preview = SchedulePreview(theme, presenter) if path.endswith("schedule") else None
        row = QHBoxLayout()
        row.setContentsMargins(8, 2, 0, 2)
        row.setSpacing(0)
        called = QVBoxLayout()
        flat(called)
        for part in (name, self._when):
            called.addWidget(part)
        row.addLayout(called, 1)
        row.addSpacing(2)
        row.addWidget(self._back)
        row.addSpacing(GAP)
        below = QHBoxLayout()
        below.setContentsMargins(8, 0, 0, 2)
        (row if beside else below).addWidget(self._picker, 100)
        column = QVBoxLayout(self)
        flat(column)
        column.addLayout(row)
        column.addLayout(below)
        column.addWidget(self._problem)
        inner = QVBoxLayout()
        inner.setContentsMargins(_INDENT, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(self._form)
        if self._preview is not None:
            inner.addWidget(self._preview)
        column.addLayout(inner)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self._picker.refresh()
        self._back.refresh()
        self._when.refresh()
        problems = self._picker.problems()
        self._problem.setText(texts.breakable(problems))
        self._problem.setVisible(bool(problems))
        self._form.refresh()
        if self._preview is not None:
            self._preview.refresh()

    def fields(self) -> list[Field]:
        """The fields of the chosen component."""
        return self._form.fields()


class Group(QWidget):
    """An option that is a group of settings, with a switch when it can be left out."""

    rebuilt = Signal()
    """Some fields were made or taken away."""

    def __init__(self, theme: Theme, presenter: RecipePresenter, path: str, option: Option) -> None:
        super().__init__()
        never_taller(self)
        self.path = path
        self._presenter = presenter
        self._head = Field(theme, presenter, path, option)
        self._form = Form(theme, presenter, path)
        self._form.rebuilt.connect(self.rebuilt)
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(self._head)
        inner = QVBoxLayout()
        inner.setContentsMargins(_INDENT, 0, 0, 0)
        inner.addWidget(self._form)
        column.addLayout(inner)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state; the group's fields only while it is on."""
        self._head.refresh()
        on = self._presenter.get(self.path) is not None
        if on:
            self._form.refresh()
        self._form.setVisible(on)

    def fields(self) -> list[Field]:
        """The switch's field and, while it is on, the group's own."""
        return [self._head, *(self._form.fields() if self._form.isVisibleTo(self) else [])]


Part = Field | Nested | Group | StepList | ReadOptions
"""What a form is made of."""
