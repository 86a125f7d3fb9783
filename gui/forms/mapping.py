"""The options that a person's own file declares: a form below the file's, and what is left over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.schema import Option
from gui import texts
from gui.controls import flat, label, never_taller, wrap_anywhere
from gui.forms.field import Field, problem_text
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme


class Fields(Protocol):
    """What a form of fields has."""

    @property
    def rebuilt(self) -> SignalInstance:
        """Emitted when some fields were made or taken away."""

    def refresh(self) -> None:
        """Show the presenter's state."""

    def fields(self) -> list[Field]:
        """All fields."""


MakeForm = Callable[[Theme, RecipePresenter, str], Fields]


class ReadOptions(QWidget):
    """Fields that appear when the file can be read. Values for parameters that it does not have, of
    an earlier content or another file, are told and can be taken out."""

    rebuilt = Signal()
    """Some fields were made or taken away."""

    def __init__(
        self, theme: Theme, presenter: RecipePresenter, path: str, option: Option,
        make_form: MakeForm,
    ) -> None:  # fmt: skip
        super().__init__()
        never_taller(self)
        self.setObjectName(path)
        self.path = path
        self._presenter = presenter
        self._form = make_form(theme, presenter, path)
        self._form.rebuilt.connect(self.rebuilt)
        self._problem = label("", "problem", wrap=True)
        self._problem.setObjectName(f"{path}.problem")
        wrap_anywhere(self._problem)
        self._forget = QPushButton("Take out what it does not have")
        self._forget.setProperty("role", "link")
        self._forget.setObjectName(f"{path}.forget")
        self._forget.setToolTip(option.help)
        self._forget.clicked.connect(lambda: presenter.take_out_unread(path))
        column = QVBoxLayout(self)
        flat(column)
        assert isinstance(self._form, QWidget)
        for part in (self._form, self._problem, self._forget):
            column.addWidget(part)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        self._form.refresh()
        unread = self._presenter.unread(self.path)
        own = {self.path, *(f"{self.path}.{name}" for name in unread)}
        problems = [p for p in self._presenter.problems_at(self.path) if p.path in own]
        self._problem.setText(texts.breakable("\n".join(problem_text(p) for p in problems)))
        self._problem.setVisible(bool(problems))
        self._forget.setVisible(bool(unread))

    def fields(self) -> list[Field]:
        """The fields of what was read."""
        return self._form.fields()
