"""Own code in the window: Start asks first, and trains only after a press on Allow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from engine import consent
from engine.views import ModelView
from gui.panels.consent import ConsentDialog
from gui.presenters.possible import State
from gui.window import MainWindow
from tests.gui.driving import run_training
from tests.gui.fakes import FakeWorker, ended

CODE = """
import numpy as np
def datasets():
    return np.zeros((40, 1, 8, 8), "float32"), np.arange(40) % 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


def choose(window: MainWindow, file: Path) -> None:
    window._desk.recipe.choose("dataset", "python")
    window._desk.recipe.set("dataset.path", str(file))


def press(qtbot, window: MainWindow, name: str) -> None:
    (dialog,) = [d for d in window.findChildren(ConsentDialog) if d.isVisible()]
    qtbot.mouseClick(dialog.findChild(QPushButton, f"consent.{name}"), Qt.MouseButton.LeftButton)


def test_start_asks_about_own_code_first(window: MainWindow, worker: FakeWorker, file, qtbot):
    choose(window, file)
    start = window.actions_["start"]
    assert start.isEnabled()
    start.trigger()
    press(qtbot, window, "refuse")
    assert window._desk.training.state is State.IDLE
    assert not consent.allowed(file)
    start.trigger()
    press(qtbot, window, "allow")
    assert window._desk.training.state is State.PREPARING
    assert window._desk.training.trained.dataset.path == str(file)
    assert consent.allowed(file)


def test_a_recipe_with_own_code_is_asked_about_when_it_is_opened(
    window: MainWindow, file, qtbot, tmp_path
):
    recipe = tmp_path / "own.yaml"
    recipe.write_text(f"version: 1\ndataset: {{name: python, path: {file}}}\narchitecture: mlp\n")
    assert not window._desk.open(str(recipe))
    press(qtbot, window, "allow")
    assert window._desk.open(str(recipe))
    assert window._desk.recipe.recipe.dataset.name == "python"


def test_the_form_says_what_start_does_not_what_a_terminal_takes(
    window: MainWindow, file, qtbot
) -> None:
    choose(window, file)
    said = window.findChild(QLabel, "dataset.path.problem").text()
    assert said.endswith("Start shows it first and asks")
    assert "--allow-code" not in said


def test_waiting_for_a_word_is_no_error(window: MainWindow, file, qtbot) -> None:
    choose(window, file)
    note = window.findChild(QWidget, "note.problems")
    assert note.property("level") == ""
    said = window.findChild(QLabel, "note.problems.what").text()
    assert said == "Asks before it starts: your own code"
    assert window.findChild(QLabel, "progress.state").text() == "Asks before it starts"
    assert window.findChild(QLabel, "dataset.path.problem").property("role") == "secondary"
    assert not window.findChild(QWidget, "dataset.path").property("problem")
    window._desk.recipe.set("training.epochs", 0)
    assert note.property("level") == "error"
    assert window.findChild(QLabel, "progress.state").text() == "Not ready"


def test_an_edited_file_is_reloaded_with_a_press_and_asked_about_anew(
    window: MainWindow, tmp_path: Path, qtbot
) -> None:
    path = tmp_path / "net.py"
    code = (
        "from torch import nn\nclass Net(nn.Linear):\n    def __init__(self, size: int = 3): pass\n"
    )
    path.write_text(code)
    window._desk.recipe.choose("architecture", "custom")
    window._desk.recipe.set("architecture.path", str(path))
    window._desk.recipe.set("architecture.object", "Net")
    window.actions_["start"].trigger()
    press(qtbot, window, "allow")
    bar = window.findChild(QFrame, "edited")
    assert bar.isHidden()
    path.write_text(code.replace("3", "4"))
    window._desk.own_files.look()
    assert not bar.isHidden()
    assert window.findChild(QLabel, "edited.what").text() == "net.py was changed"
    button = window.findChild(QPushButton, "edited.reload")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    press(qtbot, window, "allow")
    assert bar.isHidden()
    assert consent.allowed(path)
    assert window._desk.recipe.get("architecture.options.size") == 4


def test_other_code_is_looked_at_when_the_training_is_over(
    window: MainWindow, worker: FakeWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    code = "from torch import nn\ndef net(inputs: int, outputs: int):\n    return nn.{}\n"
    paths = [tmp_path / name for name in ("a.py", "b.py")]
    for path, layer in zip(paths, ("Linear(inputs, outputs)", "Identity()"), strict=True):
        path.write_text(code.format(layer))
        consent.allow(path, consent.read(path, "architecture.path").sha256)
    desk = window._desk
    monkeypatch.setattr("gui.desk._looked_at", lambda recipe, *_: recipe.architecture.path)
    desk.recipe.choose("architecture", "custom")
    desk.recipe.set("architecture.path", str(paths[0]))
    run_training(qtbot, window, worker)
    first = desk.model.value = ModelView((), 0, 0, 0, 0)
    same = desk._load_model(desk.recipe.recipe, lambda *_: None)
    assert same is first  # own code does not run beside the training
    desk.recipe.set("architecture.path", str(paths[1]))
    assert desk._load_model(desk.recipe.recipe, lambda *_: None) == str(paths[1])
    desk.model._basis = desk.model._current_basis()
    worker.tell(ended())
    assert desk.model._basis is None
