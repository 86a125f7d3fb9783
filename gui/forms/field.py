"""One option in a form: name, entry, unit, switch, way back, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from engine.consent import NotAllowed
from engine.problems import Problem
from engine.schema import Option
from gui import texts
from gui.controls import (
    IconButton,
    Switch,
    flat,
    keep_room,
    label,
    narrowing,
    never_taller,
    set_look,
    wrap_anywhere,
)
from gui.forms.columnbox import ColumnBox, ColumnsBox
from gui.forms.devicebox import DEVICE, PRECISION, DeviceBox, grey_out
from gui.forms.entries import (
    ChoiceBox,
    Entry,
    NotesBox,
    OnOff,
)
from gui.forms.makers import MAKERS, long_unit
from gui.forms.numbers import Bounds
from gui.forms.room import put_beside
from gui.forms.when import WhenLabel
from gui.presenters import columns, naming, steps
from gui.presenters.availability import YES, Availability
from gui.presenters.consent import only_asked
from gui.presenters.edits import When
from gui.presenters.found import found
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

ENTRY_WIDTH, ENTRY_NARROWEST = 144, 96
NARROW_WIDTH = 112
"""The entry of an option that can be empty, or found, leaves room for its switch or button."""
ROW, GAP = 32, 8
_ENDLESS = 10_000
"""Pixels; taller than any field."""

_SHOWN_FIRST = "Start shows it first and asks"
"""What is said of own code in the place of a terminal's option."""


def help_text(option: Option) -> str:
    """The tooltip of a field: its help, bounds, default and path in files and overrides."""
    bounds = Bounds.of(option).sentence() if option.type in ("int", "float") else ""
    default = "none" if option.required else value_text(option.default, option)
    facts = [f"Allowed: {bounds}"] if bounds else []
    facts += [f"Default: {default}"] if option.type not in ("component", "group") else []
    facts += ["Can be changed while it trains"] if option.live else []
    return "\n".join([option.help, *facts])


def value_text(value: Any, option: Option) -> str:
    """An option's value in a sentence."""
    if option.type == "component_list":
        return steps.said(value, option.component_kind or "")
    return texts.plain(value)


def problem_text(problem: Problem) -> str:
    """A problem beside its field, where its path need not be said."""
    hint = _SHOWN_FIRST if isinstance(problem, NotAllowed) else problem.hint
    said = f"{problem.sentence}: {hint}" if hint else problem.sentence
    return naming.spoken(said)


@dataclass(frozen=True)
class _State:
    """All that a field shows; `before` is its value when opened, `found` what holds while it has
    none, `lacking` why some of its choices are not for this machine."""

    value: Any
    before: Any
    modified: bool
    when: When
    problems: tuple[Problem, ...]
    found: str
    may_find: Availability
    lacking: dict[str, str]


class Field(QWidget):
    """A row for one option. It shows what the presenter says and passes on what is typed."""

    def __init__(self, theme: Theme, presenter: RecipePresenter, path: str, option: Option) -> None:
        super().__init__()
        self._theme = theme
        self._presenter = presenter
        self._option = option
        self.path = path
        self.help = option.help
        self._shown: _State | None = None
        self._mark: QFrame | None = None
        self.entry = self._make_entry()
        self._find = self._make_find()
        self._switch = self._make_switch() if option.nullable else None
        self._empty = self._make_empty()
        self._reset = IconButton(theme, "reset", "Back to what was opened")
        self._unit = label(long_unit(option), "secondary", wrap=True)
        self._when = WhenLabel(presenter, path)
        self._problem = label("", "problem", wrap=True)
        self._build()
        self.refresh()

    # --- Making ------------------------------------------------------------------------------

    def _make_entry(self) -> QWidget | None:
        maker = MAKERS.get(self._option.type)
        if maker is None:
            return None  # a group: its fields stand below, only the switch is here
        widget = self._device_box() or self._column_box() or maker(self._option, self._theme)
        widget.setObjectName(self.path)
        widget.setAccessibleName(self._name())
        widget.setAccessibleDescription(self._option.help)
        widget.setToolTip(help_text(self._option))
        entry = cast(Entry, widget)
        entry.edited.connect(self._on_edited)
        entry.left.connect(self._presenter.finish_edit)
        return widget

    def _device_box(self) -> QWidget | None:
        """Those of this machine are offered."""
        return DeviceBox(self._theme, self._presenter.machine) if self.path == DEVICE else None

    def _column_box(self) -> QWidget | None:
        """Names of columns are offered."""
        data = self._presenter.data
        if not columns.takes(data, self.path):
            return None
        made = ColumnsBox if self._option.type == "text_list" else ColumnBox
        return made(self._theme, lambda: columns.names(self._presenter.data), self._option.empty)

    def _make_find(self) -> IconButton | None:
        """Finds the value by trying, where that can be done."""
        if not self._presenter.finding.offers(self.path):
            return None
        find = IconButton(self._theme, "search", f"Find {texts.title(self._option.name).lower()}…")
        find.setObjectName(f"{self.path}.find")
        find.clicked.connect(lambda: self._presenter.finding.asked.emit(self.path))
        return find

    def _make_switch(self) -> Switch:
        switch = Switch(self._theme)
        switch.setObjectName(f"{self.path}.on")
        switch.setAccessibleName(f"{self._name()} on")
        switch.setToolTip(help_text(self._option))
        switch.clicked.connect(self._on_switched)
        return switch

    def _make_empty(self) -> QLabel:
        """What holds while the switch is off."""
        said = label(self._option.empty, "secondary")
        said.setObjectName(f"{self.path}.empty")
        said.setContentsMargins(0, 0, GAP, 0)
        said.setToolTip(help_text(self._option))
        return said

    def _make_mark(self) -> QFrame:
        """A line at the left edge of what differs from the opened recipe. A widget, since a paint
        event of every field would be a call into Python; it reaches to the end of any field."""
        mark = QFrame(self)
        mark.setProperty("role", "modified")
        mark.setGeometry(0, 4, 2, _ENDLESS)
        return mark

    def _build(self) -> None:
        name = label(self._name(), wrap=True)
        name.setToolTip(help_text(self._option))
        name.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        name.customContextMenuRequested.connect(self._on_menu_requested)
        self._reset.setObjectName(f"{self.path}.reset")
        self._reset.clicked.connect(self._on_reset)
        keep_room(self._reset)
        wrap_anywhere(self._problem)
        wrap_anywhere(self._unit)
        self._problem.setObjectName(f"{self.path}.problem")
        self._problem.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout()
        flat(row)
        self._beside = self._fit_entry()
        self._fill_row(row, name)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 0, 2)
        column.setSpacing(2)
        column.addLayout(row)
        if self.entry is not None and not self._beside:
            column.addWidget(self.entry)
        self._unit.setAlignment(Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._unit)
        column.addWidget(self._problem)
        self.setMinimumHeight(ROW)
        never_taller(self)

    def _fill_row(self, row: QHBoxLayout, name: QLabel) -> None:
        called = QVBoxLayout()
        flat(called)
        called.addStretch(1)
        called.addWidget(name)
        called.addWidget(self._when)
        called.addStretch(1)
        row.addLayout(called, 1)
        row.addSpacing(2)
        row.addWidget(self._reset)
        if self.entry is not None and self._beside:
            row.addSpacing(GAP)
            row.addWidget(self.entry, 100)
        if self._find is not None:
            row.addSpacing(GAP)
            row.addWidget(self._find)
        if self._switch is not None:
            row.addSpacing(GAP)
            row.addWidget(self._empty)
            row.addWidget(self._switch)

    def _fit_entry(self) -> bool:
        """Whether the entry has room beside its name; what has not stands in a row of its own."""
        entry = self.entry
        if entry is None or isinstance(entry, NotesBox):
            return False
        shared = self._option.nullable or self._find is not None
        widest = NARROW_WIDTH if shared else ENTRY_WIDTH
        if isinstance(entry, ChoiceBox):
            return put_beside(entry, ENTRY_NARROWEST, widest)
        if not isinstance(entry, OnOff):
            narrowing(entry, ENTRY_NARROWEST, widest)
        return True

    def _name(self) -> str:
        return texts.title(self._option.name)

    # --- Showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the presenter's state, if it is another than what is shown."""
        state = self._state()
        if state == self._shown:
            return
        empty = self._option.nullable and state.value is None
        if self._switch is not None:
            self._switch.setChecked(not empty)
        if self.entry is not None:
            if state.value is not None:
                cast(Entry, self.entry).show_value(state.value)
            self.entry.setVisible(not empty)
        self._empty.setText(state.found or self._option.empty)
        self._empty.setVisible(empty and bool(self._empty.text()))
        self._unit.setVisible(bool(self._unit.text()) and state.value is not None)
        self._show_modified(state)
        self._show_when()
        self._show_machine(state)
        self._show_problems(state.problems)
        self._shown = state  # last: a change made meanwhile is seen the next time

    def _state(self) -> _State:
        presenter, path = self._presenter, self.path
        value, before = presenter.get(path), presenter.opened.value(path)
        empty = self._option.nullable and value is None
        group, device = self._option.type == "group", path == PRECISION
        return _State(
            value,
            before,
            (value is None) != (before is None) if group else value != before,
            presenter.when(path),
            self._own_problems(),
            found(presenter, path, self._option.unit) if empty else "",
            presenter.may_find() if self._find is not None else YES,
            presenter.machine.lacking(str(presenter.get(DEVICE))) if device else {},
        )

    def _own_problems(self) -> tuple[Problem, ...]:
        """Those of a group are told by its fields, those within a list by its rows."""
        if self._option.type == "group":
            return ()
        own = self._presenter.problems_at(self.path)
        if self._option.type == "component_list":
            own = [problem for problem in own if problem.path == self.path]
        return tuple(own)

    def _show_when(self) -> None:
        """Its line takes the room between the rows, so that nothing below moves."""
        said = self._when.refresh()
        self._column.setContentsMargins(8, 0 if said else 2, 0, 0 if said else 2)

    def _show_machine(self, state: _State) -> None:
        if self._find is not None:
            self._find.setEnabled(state.may_find.enabled)
            self._find.setToolTip(state.may_find.why or self._find.accessibleName())
        if self.path == PRECISION and isinstance(self.entry, ChoiceBox):
            grey_out(self.entry, state.lacking)

    def _show_modified(self, state: _State) -> None:
        before = value_text(state.before, self._option)
        if self._option.type != "group" and len(before) < 40:
            self._reset.setToolTip(f"Back to {before}")
        self._reset.setVisible(state.modified)
        if state.modified and self._mark is None:
            self._mark = self._make_mark()
        if self._mark is not None:
            self._mark.setVisible(state.modified)

    def _show_problems(self, own: tuple[Problem, ...]) -> None:
        said = "\n".join(problem_text(problem) for problem in own)
        asks = only_asked(own)
        set_look(self._problem, "role", "secondary" if asks else "problem")
        self._problem.setText(texts.breakable(said))
        self._problem.setVisible(bool(own))
        if self.entry is not None:
            cast(Entry, self.entry).show_problem(bool(own) and not asks)

    # --- What the user does ------------------------------------------------------------------

    def _on_edited(self, value: Any) -> None:
        self._presenter.set(self.path, value)

    def _on_switched(self, on: bool) -> None:
        self._presenter.switch(self.path, on)
        if on and self.entry is not None:
            self.entry.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_reset(self) -> None:
        self._presenter.reset(self.path)

    def _on_menu_requested(self) -> None:
        menu = QMenu(self)
        for text, value, act in (
            ("Back to {}", self._presenter.opened.value(self.path), self._presenter.reset),
            (
                "Default: {}",
                self._presenter.opened.default(self.path),
                self._presenter.reset_to_default,
            ),
        ):
            action = QAction(text.format(value_text(value, self._option)), menu)
            action.setEnabled(self._presenter.get(self.path) != value)
            action.triggered.connect(lambda _checked=False, act=act: act(self.path))
            menu.addAction(action)
        menu.exec(self.mapToGlobal(self.rect().bottomLeft()))
        menu.deleteLater()
