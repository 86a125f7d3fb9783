"""The banner above the plots: paused, finished, stopped or failed, and what can be done then."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from gui.controls import ElidedLabel, IconButton, flat, label, set_look
from gui.presenters.banners import BannerView
from gui.theme import Theme, monospace

NARROW = 800
MOST_FOR_BUTTONS = 0.45
"""Of the width: buttons that need more stand below the words."""


class Banner(QFrame):
    """Large enough to be read across a room, and calm."""

    dismissed = Signal()
    """It was put away."""

    def __init__(self, theme: Theme, actions: dict[str, QAction]) -> None:
        super().__init__()
        self._shown: BannerView | None = None
        self.setObjectName("banner")
        self.setProperty("role", "banner")
        self._actions = actions
        self._title = label("", "huge")
        self._title.setObjectName("banner.title")
        self._recipe = ElidedLabel("", "heading")
        self._recipe.setObjectName("banner.recipe")
        self._dismiss = IconButton(theme, "close", "Put this away")
        self._dismiss.setObjectName("banner.dismiss")
        self._dismiss.clicked.connect(self._on_dismissed)
        self._sentence = label("", wrap=True)
        self._sentence.setObjectName("banner.sentence")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._hint = label("", "secondary", wrap=True)
        self._hint.setObjectName("banner.hint")
        self._buttons = {name: self._make_button(action) for name, action in actions.items()}
        self._disclose = QPushButton("Details")
        self._details = QPlainTextEdit()
        self._copy = QPushButton("Copy")
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._build()
        self.hide()

    def _make_button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"banner.{action.objectName().removeprefix('action.')}")
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action.menu() is not None:
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _build(self) -> None:
        for link in (self._disclose, self._copy):
            link.setProperty("role", "link")
        self._disclose.setObjectName("banner.disclose")
        self._disclose.setCheckable(True)
        self._disclose.toggled.connect(self._on_disclosed)
        self._copy.setObjectName("banner.copy")
        self._copy.clicked.connect(self._on_copied)
        self._details.setReadOnly(True)
        self._details.setFont(monospace())
        self._details.setFixedHeight(160)
        self._details.setObjectName("banner.details")
        words = QVBoxLayout()
        flat(words, 2)
        words.addWidget(self._recipe)
        words.addWidget(self._sentence)
        words.addWidget(self._hint)
        said = QHBoxLayout()
        flat(said, 16)
        said.addWidget(self._title)
        said.addLayout(words, 1)
        buttons = QHBoxLayout()
        flat(buttons, 8)
        for button in self._all_buttons():
            buttons.addWidget(button)
        buttons.addStretch(1)
        flat(self._top, 16)
        self._top.addLayout(said, 1)
        self._top.addLayout(buttons)
        head = QHBoxLayout()
        flat(head, 8)
        head.addLayout(self._top, 1)
        head.addWidget(self._dismiss, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(head)
        column.addWidget(self._details)

    # --- Showing -----------------------------------------------------------------------------

    def say(self, view: BannerView | None) -> None:
        """Show this, or nothing; what was put away stays away until something else is said."""
        if view == self._shown:
            return
        self._shown = view
        self.setVisible(view is not None)
        if view is not None:
            self._show(view)

    def _show(self, view: BannerView) -> None:
        set_look(self, "level", view.level)
        set_look(self._title, "level", view.level)
        self._title.setText(view.title)
        self._recipe.set_whole(view.recipe)
        self._recipe.setVisible(bool(view.recipe))
        self._dismiss.setVisible(view.dismissible)
        self._sentence.setText(view.sentence)
        self._hint.setText(view.hint)
        self._hint.setVisible(bool(view.hint))
        for name, button in self._buttons.items():
            button.setVisible(name in view.actions)
        self._details.setPlainText(view.details)
        self._disclose.setVisible(bool(view.details))
        self._disclose.setChecked(False)
        self._on_disclosed(False)
        self._arrange()

    def _all_buttons(self) -> list[QAbstractButton]:
        return [*self._buttons.values(), self._disclose, self._copy]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the buttons stand below the words."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        directions = QBoxLayout.Direction
        shown = [b.sizeHint().width() + 8 for b in self._all_buttons() if not b.isHidden()]
        narrow = self.width() < NARROW or sum(shown) > MOST_FOR_BUTTONS * self.width()
        self._top.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        self._top.setSpacing(8 if narrow else 16)

    def _on_dismissed(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _on_disclosed(self, open_: bool) -> None:
        self._disclose.setText("Hide details" if open_ else "Details")
        self._details.setVisible(open_)
        self._copy.setVisible(open_)

    def _on_copied(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())
