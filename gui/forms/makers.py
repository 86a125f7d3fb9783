"""The entry that suits each type of option."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from engine.schema import Option
from gui.forms.addbox import AddBox
from gui.forms.entries import ChoiceBox, ListBox, NotesBox, OnOff, TextBox, choice_texts
from gui.forms.numberbox import NumberBox
from gui.forms.numbers import numbers_for
from gui.forms.pathbox import PathBox
from gui.theme import Theme

UNIT_ROOM = 12
"""Units of up to so many letters stand in the entry, longer ones below it."""
MULTILINE = frozenset({"notes"})


def _choice(option: Option, _theme: Theme) -> QWidget:
    box = ChoiceBox()
    box.offer(choice_texts(option.choices))
    return box


def _text(option: Option, _theme: Theme) -> QWidget:
    return NotesBox() if option.name in MULTILINE else TextBox(option.empty)


MAKERS: dict[str, Callable[[Option, Theme], QWidget]] = {
    "int": lambda option, _: NumberBox(numbers_for(option), short_unit(option)),
    "float": lambda option, _: NumberBox(numbers_for(option), short_unit(option)),
    "bool": lambda _, theme: OnOff(theme),
    "text": _text,
    "path": lambda option, theme: PathBox(theme, option.folder, option.empty),
    "choice": _choice,
    "int_list": lambda option, _: ListBox(option.type, option.empty),
    "float_list": lambda option, _: ListBox(option.type, option.empty),
    "text_list": lambda option, _: ListBox(option.type, option.empty),
    "component_list": lambda option, theme: AddBox(theme, option),
}


def short_unit(option: Option) -> str:
    """The unit where it has room in the entry."""
    return option.unit if len(option.unit) <= UNIT_ROOM else ""


def long_unit(option: Option) -> str:
    """The unit where it stands below the entry."""
    return option.unit if len(option.unit) > UNIT_ROOM else ""
