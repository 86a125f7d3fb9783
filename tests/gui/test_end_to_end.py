"""The real window with the real engine: one training from the first press to the exported file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget

from gui.app import make_window
from gui.presenters.possible import State
from gui.window import MainWindow


@pytest.fixture
def window(qapp: QApplication, qtbot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("TRAINBOARD_THEME", "dark")
    made = make_window(qapp, "digits_mlp")
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made._desk.recipe.mark_saved()
    made.leave("save")
    qtbot.waitUntil(lambda: not made.isVisible(), timeout=60_000)
    made.deleteLater()


def click(qtbot, window: MainWindow, name: str) -> None:
    button = window.findChild(QWidget, name)
    assert button.isEnabled(), f"{name}: {button.toolTip()}"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def message(window: MainWindow) -> str:
    return window.findChild(QWidget, "status.message").whole()


def test_a_training_from_start_to_export(
    qtbot, wait, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = window._desk.training
    window._desk.recipe.set("training.epochs", 100_000)
    click(qtbot, window, "button.start")
    assert training.state is State.PREPARING
    wait(lambda: training.state is State.RUNNING)

    log = training.channel.log  # type: ignore[union-attr]
    wait(lambda: "val_loss" in log.names() and len(log.series("train_loss")) > 20)
    assert window.findChild(QWidget, "live").isVisible()
    wait(lambda: len(window._centre.live.stack.curves()) >= 3)
    seen = len(log.series("train_loss"))
    wait(lambda: len(log.series("train_loss")) > seen)

    click(qtbot, window, "button.pause")
    wait(lambda: training.state is State.PAUSED)
    progress = training.channel.progress  # type: ignore[union-attr]
    held = progress.step
    qtbot.wait(300)
    assert progress.step == held
    assert window.findChild(QLabel, "banner.title").text() == "Paused"

    click(qtbot, window, "button.step")
    wait(lambda: progress.step == held + 1)
    qtbot.wait(200)
    assert progress.step == held + 1
    assert training.state is State.PAUSED

    click(qtbot, window, "button.checkpoint")
    wait(lambda: message(window).startswith("Saved"))
    run = training.run
    assert run is not None
    assert (run / "checkpoints" / f"step-{held + 1:08d}.ckpt").is_file()

    click(qtbot, window, "button.pause")
    wait(lambda: progress.step > held + 10)
    click(qtbot, window, "button.stop")
    wait(lambda: training.state is State.STOPPED)
    assert (run / "checkpoints" / "last.ckpt").is_file()

    target = tmp_path / "model.safetensors"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    menu = window._toolbar.export_menu
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.objectName() == "export.safetensors").trigger()
    wait(lambda: message(window).startswith(("Exported", "Not exported")))
    assert target.is_file(), message(window)


def test_the_recipe_of_a_finished_training_shows_its_data_and_its_model(
    qtbot, wait, window: MainWindow
) -> None:
    window._desk.recipe.set("training.epochs", 1)
    click(qtbot, window, "button.start")
    wait(lambda: window._desk.training.state is State.FINISHED)
    assert "accuracy" in window.findChild(QLabel, "banner.sentence").text()
    window.actions_["show_data"].trigger()
    wait(lambda: window._desk.data.status == "shown")
    assert "1,797 images" in window.findChild(QLabel, "data.title").text()
    window.actions_["show_model"].trigger()
    wait(lambda: window._desk.model.status == "shown")
    assert "parameters" in window.findChild(QLabel, "model.title").text()
