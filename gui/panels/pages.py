"""What the Live tab shows while there is nothing to plot: a welcome, or what is being prepared."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.presets import Preset
from gui.controls import flat, label
from gui.presenters.presets import BEGINNINGS

COLUMN = 640


class PresetChoice(QPushButton):
    """A preset as a large button: its title and what it teaches."""

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        self.name = preset.name
        self.setObjectName(f"choice.{preset.name}")
        self.setProperty("role", "choice")
        self.setAccessibleName(preset.title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        title = label(preset.title, "heading")
        about = label(_first_sentence(preset.description), "secondary", wrap=True)
        about.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(4)
        for words in (title, about):
            words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(words)
        column.addStretch(1)
        self.setFixedHeight(144)


class WelcomePage(QWidget):
    """What this is, one button to press, and three presets to start from."""

    chosen = Signal(str)
    """The name of a preset to open."""

    def __init__(self, start: QAction, presets: list[Preset]) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._recipe = label("", wrap=True)
        self._recipe.setObjectName("welcome.recipe")
        button = QToolButton()
        button.setObjectName("welcome.start")
        button.setDefaultAction(start)
        button.setProperty("primary", True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        inner = QWidget()
        inner.setMaximumWidth(COLUMN)
        column = QVBoxLayout(inner)
        flat(column, 8)
        column.addWidget(label("Train a network, watch it learn", "headline", wrap=True))
        column.addSpacing(8)
        column.addWidget(self._recipe)
        column.addSpacing(8)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(32)
        column.addWidget(label("Or begin with one of these", "heading"))
        column.addLayout(self._make_choices(presets))
        words = (
            "Or drop data of your own here: a folder of pictures or texts, a table, a series. A "
            "recipe file (.yaml) or a run folder can be dropped too."
        )
        column.addWidget(label(words, "secondary", wrap=True))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(32, 32, 32, 32)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(inner, 20)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)

    def show_recipe(self, name: str, about: str) -> None:
        """Say what Start would train; without `about` that it cannot yet."""
        if not about:
            self._recipe.setText(f"“{name}” is open on the left; something in it is not right yet.")
            return
        self._recipe.setText(
            f"“{name}” is open on the left: {about}, ready to train. Press Start and its curves "
            "appear here. Pause at any batch, look, change something, train again."
        )

    def _make_choices(self, presets: list[Preset]) -> QHBoxLayout:
        row = QHBoxLayout()
        flat(row, 16)
        for preset in choose_three(presets):
            button = PresetChoice(preset)
            button.clicked.connect(lambda _checked=False, name=preset.name: self.chosen.emit(name))
            row.addWidget(button, 1)
        return row


def choose_three(presets: list[Preset]) -> list[Preset]:
    """An image preset that trains in seconds, a larger one and a table, as far as they exist."""
    usable = [preset for preset in presets if not preset.problem]
    known = {preset.name: preset for preset in usable}
    preferred = [known[name] for name in BEGINNINGS if name in known]
    others = [preset for preset in usable if preset not in preferred]
    return (preferred + others)[:3]


def _first_sentence(text: str) -> str:
    flowing = " ".join(text.split())
    end = flowing.find(". ")
    sentence = flowing if end < 0 else flowing[: end + 1]
    return sentence if len(sentence) <= 120 else sentence[:119].rstrip() + "…"


class PreparingPage(QWidget):
    """What is being prepared, how far it is, and a way out."""

    def __init__(self, stop: QAction) -> None:
        super().__init__()
        self.setObjectName("preparing")
        self.setProperty("role", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stop = stop
        self._words = label("", wrap=True)
        self._words.setObjectName("preparing.words")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(320)
        cancel = QPushButton("Cancel")
        cancel.setObjectName("preparing.cancel")
        cancel.clicked.connect(stop.trigger)
        self._cancel = cancel
        title = label("Preparing", "headline")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(title)
        column.addWidget(self._words)  # the whole width: an aligned label would wrap out of sight
        column.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(cancel, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_progress(self, words: str, fraction: float | None) -> None:
        """Say what is being done; a bar only when it is known how far it is."""
        self._words.setText(words)
        self._bar.setVisible(fraction is not None)
        self._bar.setValue(round(1000 * (fraction or 0.0)))
        self._cancel.setEnabled(self._stop.isEnabled())
        self._cancel.setToolTip(self._stop.toolTip())
