"""The entry of a list of components: a menu of what can be added to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from engine.schema import Option
from gui.controls import MenuButton, set_look
from gui.presenters import steps
from gui.theme import Theme


class AddBox(MenuButton):
    """Its value is the whole list. What does not suit the dataset is offered greyed, with why."""

    edited = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, option: Option) -> None:
        super().__init__(theme)
        self._option = option
        self._steps: steps.Steps = []
        self._to: Callable[[], steps.Suited] = steps.Suited
        self.setProperty("role", "entry")
        self.setText("Add…")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def suit(self, to: Callable[[], steps.Suited]) -> None:
        """From now on what is offered depends on the dataset that this tells of."""
        self._to = to

    def show_value(self, value: Any) -> None:
        """The list to which something is added."""
        self._steps = steps.steps_of(value)

    def show_problem(self, wrong: bool) -> None:
        """A border in the error colour."""
        set_look(self, "problem", wrong)

    def put_usual(self) -> None:
        """The usual ones take the place of what is there."""
        self._give(steps.usual(self._option, self._to()))

    def _fill(self) -> None:
        menu, kind, to = self.menu(), self._option.component_kind or "", self._to()
        menu.clear()
        usual = steps.usual(self._option, to)
        if usual:
            said = f"Usual ones: {steps.said(usual, kind)}"
            tip = "They take the place of what is in the list" if self._steps else ""
            action = self._action("usual", said, tip, steps.why_not_usual(self._option, to))
            action.triggered.connect(lambda _checked=False: self.put_usual())
            menu.addSeparator()
        for offer in steps.offers(self._option, to.facts):
            action = self._action(offer.name, offer.title, offer.help, offer.why_not)
            add = steps.with_added(self._steps, kind, offer.name)
            action.triggered.connect(lambda _checked=False, add=add: self._give(add))

    def _action(self, name: str, text: str, tip: str, why_not: str) -> QAction:
        action = QAction(text, self.menu())
        action.setObjectName(f"{self.objectName()}.add.{name}")
        action.setToolTip(f"{why_not}." if why_not else tip)
        action.setEnabled(not why_not)
        self.menu().addAction(action)
        return action

    def _give(self, value: steps.Steps) -> None:
        self.left.emit()  # two that are added one after the other are undone one by one
        self.edited.emit(value)
        self.left.emit()
