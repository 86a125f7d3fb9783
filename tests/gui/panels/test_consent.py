"""The dialog that shows own code: what it says, and that only a press allows anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from engine import consent
from gui.panels.consent import ConsentDialog, Consents
from gui.presenters.consent import ConsentPresenter
from gui.presenters.messages import Messages
from gui.presenters.recipe import RecipePresenter

CODE = "def datasets():\n    return [[1.0], [2.0]] * 20, [0, 1] * 20\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def consents(window, recipe: RecipePresenter, messages: Messages, file: Path) -> Consents:
    recipe.choose("dataset", "python")
    recipe.set("dataset.path", str(file))
    return Consents(window, ConsentPresenter(recipe, messages))


def dialog_of(window: QWidget) -> ConsentDialog:
    (found,) = window.findChildren(ConsentDialog)
    return found


def press(qtbot, dialog: ConsentDialog, name: str) -> None:
    qtbot.mouseClick(dialog.findChild(QPushButton, f"consent.{name}"), Qt.MouseButton.LeftButton)


def test_it_shows_the_file_and_its_hash(consents, window, file):
    consents.ask()
    dialog = dialog_of(window)
    text = dialog.findChild(QPlainTextEdit, "consent.text")
    assert text.toPlainText() == CODE
    assert text.isReadOnly()
    assert dialog.findChild(QLabel, "consent.path").text().replace("\u200b", "") == str(file)
    sha256 = consent.read(file, "x").sha256
    assert sha256 in dialog.findChild(QLabel, "consent.sha256").text().replace("\u200b", "")
    dialog.reject()


def test_allowed_it_goes_on(consents, window, file, qtbot):
    done: list[bool] = []
    consents.ask(lambda: done.append(True))
    press(qtbot, dialog_of(window), "allow")
    assert consent.allowed(file)
    assert done == [True]


def test_not_to_run_is_the_default(consents, window, file, qtbot):
    done: list[bool] = []
    consents.ask(lambda: done.append(True))
    dialog = dialog_of(window)
    assert dialog.findChild(QPushButton, "consent.refuse").isDefault()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert not consent.allowed(file)
    assert done == []


def test_without_code_nothing_is_asked(window, recipe: RecipePresenter, messages: Messages):
    done: list[bool] = []
    Consents(window, ConsentPresenter(recipe, messages)).ask(lambda: done.append(True))
    assert done == [True]
    assert window.findChildren(ConsentDialog) == []
