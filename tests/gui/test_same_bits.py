"""The same recipe gives the same bits in the window, in the terminal and from Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from engine import api, cli
from engine.runs.folder import RunFolder
from engine.runs.sameness import differences
from engine.training.begin import Replay
from gui.app import make_window
from gui.presenters.possible import State
from gui.window import MainWindow

Wait = Callable[[Callable[[], Any]], None]


@pytest.fixture
def window(qapp: QApplication, qtbot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("TRAINBOARD_THEME", "dark")
    made = make_window(qapp, "digits_mlp")
    made.show()
    qtbot.waitExposed(made)
    yield made
    made._desk.recipe.mark_saved()
    made.leave("save")
    qtbot.waitUntil(lambda: not made.isVisible(), timeout=60_000)
    made.deleteLater()


def click(qtbot, window: MainWindow, name: str) -> None:
    qtbot.mouseClick(window.findChild(QWidget, name), Qt.MouseButton.LeftButton)


def started(qtbot, wait: Wait, window: MainWindow, epochs: int) -> RunFolder:
    """A training that was begun with the Start button."""
    window._desk.recipe.set("training.epochs", epochs)
    click(qtbot, window, "button.start")
    wait(lambda: window._desk.training.run is not None)
    return RunFolder(Path(str(window._desk.training.run)))


def in_the_terminal(capfd: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """The last line of a command that prints JSON."""
    command = [*map(str, arguments), "--json", "--quiet"]
    assert cli.run(command, lambda _argument: 1, "main.py") == 0
    last: dict[str, Any] = json.loads(capfd.readouterr().out.splitlines()[-1])
    return last


def test_a_training(
    qtbot, wait: Wait, window: MainWindow, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = started(qtbot, wait, window, epochs=2)
    wait(lambda: window._desk.training.state is State.FINISHED)
    printed = in_the_terminal(
        capfd, "train", "digits_mlp", "training.epochs=2", "--runs-dir", tmp_path
    )
    returned = api.train(shown.recipe(), tmp_path)
    assert shown.summary()["weights_sha256"] == printed["weights_sha256"]
    assert returned.weights_sha256 == printed["weights_sha256"]
    assert shown.summary()["metrics"] == printed["metrics"] == returned.metrics
    for other in (Path(printed["run"]), returned.run):
        assert other is not None
        assert differences(shown, RunFolder(other)) == []


def test_a_training_that_was_changed_in_the_window(
    qtbot, wait: Wait, window: MainWindow, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    training = window._desk.training
    shown = started(qtbot, wait, window, epochs=1000)
    wait(lambda: training.channel is not None and training.channel.progress.step > 30)
    done = training.channel.progress.done // training.channel.progress.batches  # type: ignore[union-attr]
    for path, value in (("optimizer.lr", 0.0005), ("training.epochs", done + 4)):
        window._desk.recipe.set(path, value)
        apply = window.findChild(QWidget, "steering.apply")
        wait(apply.isVisible)
        click(qtbot, window, "steering.apply")
        wait(apply.isHidden)
    wait(lambda: training.state is State.FINISHED)
    assert shown.summary()["interventions"] == 2
    printed = in_the_terminal(capfd, "replay", shown.path, "--runs-dir", tmp_path)
    returned = api.train(shown.recipe(), tmp_path, begin=Replay(shown))
    assert shown.summary()["weights_sha256"] == printed["weights_sha256"]
    assert returned.weights_sha256 == printed["weights_sha256"]
    assert returned.run is not None
    assert differences(shown, RunFolder(returned.run)) == []
