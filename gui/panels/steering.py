"""The bar below the recipe while a training runs: what can be applied now, and what waits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from gui.panels.note import Note, link
from gui.presenters.steering import SteeringPresenter


class SteeringBar(Note):
    """Stands below the form, so that nothing moves under the hand that edits."""

    back_asked = Signal()
    """The recipe that is in training is to be shown again."""

    def __init__(self, presenter: SteeringPresenter, apply: QAction) -> None:
        super().__init__("steering")
        self._presenter = presenter
        for name, role in (("hint", "secondary"), ("now", ""), ("later", "secondary")):
            self.add_line(name, role)
        self.add_line("refused", "problem")
        self._apply = QToolButton()
        self._apply.setObjectName("steering.apply")
        self._apply.setDefaultAction(apply)
        self._apply.setProperty("primary", True)
        self._apply.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._apply.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._take_back = link("Take back", "steering.take_back")
        self._take_back.setToolTip("The values that are in training")
        self._take_back.clicked.connect(presenter.take_back)
        self._back = link("Show the one in training", "steering.back")
        self._back.clicked.connect(self.back_asked)
        for button in (self._apply, self._take_back, self._back):
            self.add_button(button)
        presenter.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the presenter's state."""
        view = self._presenter.view()
        self.setVisible(view is not None)
        if view is None:
            return
        for name in ("hint", "now", "later", "refused"):
            self.say(name, getattr(view, name))
        self._apply.setVisible(bool(view.now))
        self._take_back.setVisible(bool(view.now))
        self._back.setVisible(view.other)
