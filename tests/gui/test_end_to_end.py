"""The real window with the real engine: from the first press to the exported file, and steering."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QTableView, QWidget

from engine import paths
from engine.model.folding import Box
from engine.runs.folder import RunFolder
from engine.runs.interventions import read_interventions
from gui.app import make_window
from gui.forms.numberbox import NumberBox
from gui.panels.model.table import FROZEN
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
    click(qtbot, window, "model.ways.graph")
    graph = window._desk.forward_graph
    wait(lambda: graph.graph is not None)
    graph.choose(Box(node=2))
    wait(lambda: graph.about().source.startswith("last.ckpt of "))
    assert [tensor.name for tensor in graph.about().tensors] == ["weight", "bias"]
    assert all("mean" in tensor.numbers and tensor.bars for tensor in graph.about().tensors)


# --- Steering ------------------------------------------------------------------------------------


def type_over(qtbot, window: MainWindow, name: str, text: str) -> None:
    entry = window.findChild(NumberBox, name)
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, text)


def trained_for(window: MainWindow, steps: int) -> bool:
    training = window._desk.training  # which hears of the start a moment after the first step
    begun = training.channel is not None and training.started is not None
    return begun and training.channel.progress.step >= steps


def markers(window: MainWindow) -> list[str]:
    return [text for _step, text in window._centre.live.presenter.markers]


def test_a_rate_changed_while_it_trains_is_marked_and_written_down(
    qtbot, wait, window: MainWindow
) -> None:
    training = window._desk.training
    window._desk.recipe.set("training.epochs", 100_000)
    click(qtbot, window, "button.start")
    wait(lambda: trained_for(window, 5))
    type_over(qtbot, window, "optimizer.lr", "0.0005")
    click(qtbot, window, "steering.apply")
    wait(lambda: window.findChild(QWidget, "steering.apply").isHidden())
    run = training.run
    assert run is not None
    (made,) = read_interventions(run)
    assert made.values == {"optimizer.lr": 0.0005}
    assert markers(window) == [made.label]
    assert training.trained is not None
    assert training.trained.optimizer.lr == 0.0005

    type_over(qtbot, window, "training.epochs", "1")
    wait(lambda: trained_for(window, 60))
    click(qtbot, window, "steering.apply")
    refused = window.findChild(QLabel, "steering.refused")
    wait(lambda: "done already" in refused.text())
    window._desk.steering.take_back()
    click(qtbot, window, "button.stop")
    wait(lambda: training.state is State.STOPPED)


def test_a_layer_frozen_in_the_model_tab_learns_no_more(qtbot, wait, window: MainWindow) -> None:
    training = window._desk.training
    window._desk.recipe.set("training.epochs", 100_000)
    click(qtbot, window, "button.start")
    wait(lambda: trained_for(window, 5))
    window.actions_["show_model"].trigger()
    wait(lambda: window._desk.model.status == "shown")
    table = window.findChild(QTableView, "model.layers")
    place = table.visualRect(table.model().index(1, FROZEN))
    place.setWidth(32)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    wait(lambda: bool(markers(window)))
    assert training.trained is not None
    assert training.trained.training.freeze == ("1",)
    click(qtbot, window, "button.stop")
    wait(lambda: training.state is State.STOPPED)


def test_a_run_is_stopped_resumed_extended_and_forked(qtbot, wait, window: MainWindow) -> None:
    training = window._desk.training
    window._desk.recipe.set("training.epochs", 4)
    click(qtbot, window, "button.start")
    wait(lambda: trained_for(window, 3))
    click(qtbot, window, "button.pause")
    wait(lambda: training.state is State.PAUSED)
    progress = training.channel.progress  # type: ignore[union-attr]
    if progress.validating:  # a change waits there until the step is over
        click(qtbot, window, "button.step")
        wait(lambda: progress.phase == "paused" and not progress.validating)
    type_over(qtbot, window, "optimizer.lr", "0.0007")
    click(qtbot, window, "steering.apply")
    wait(lambda: len(markers(window)) == 1)
    click(qtbot, window, "button.stop")
    wait(lambda: training.state is State.STOPPED)
    first = training.run

    click(qtbot, window, "banner.resume_run")
    wait(lambda: training.state is State.FINISHED)
    assert training.run == first
    assert len(markers(window)) == 1, "marked once, although the change is made again"
    assert training.trained is not None
    assert training.trained.optimizer.lr == 0.0007
    log = training.channel.log  # type: ignore[union-attr]
    steps = log.series("train_loss").since()["step"].tolist()
    assert steps == sorted(set(steps))
    assert steps[0] == 1
    per_epoch = steps[-1] // 4

    click(qtbot, window, "banner.extend")
    type_over(qtbot, window, "extend.epochs", "2")
    click(qtbot, window, "extend.train")
    wait(lambda: training.state is State.FINISHED and training.run == first)
    assert window._desk.recipe.get("training.epochs") == 6
    assert "epochs 4 → 6" in markers(window)
    last = training.channel.log.series("train_loss").since()["step"].max()  # type: ignore[union-attr]
    assert last == 6 * per_epoch

    click(qtbot, window, "banner.fork")
    assert not training.can("start").enabled, "there is nothing left to train"
    type_over(qtbot, window, "training.epochs", "7")
    wait(lambda: training.can("start").enabled)
    click(qtbot, window, "button.start")
    wait(lambda: training.state is State.FINISHED and training.run != first)
    assert any(text.startswith("forked from") for text in markers(window))
    forked = training.channel.log.series("train_loss").since()  # type: ignore[union-attr]
    assert forked["step"][0] == 1
    assert forked["step"].max() == 7 * per_epoch


def test_a_training_in_a_terminal_is_followed(
    qtbot, wait, window: MainWindow, tmp_path: Path
) -> None:
    runs = window._desk.runs_dir
    command = [sys.executable, "main.py", "train", "digits_mlp", "training.epochs=100000",
               "--runs-dir", str(runs)]  # fmt: skip
    training, root = window._desk.training, Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) as process:
        try:
            wait(lambda: any(path.stat().st_size for path in runs.glob("*/metrics.bin")))
            (path,) = runs.iterdir()
            window._runs.open(RunFolder(path))
            assert training.state is State.FOLLOWED
            assert not window.findChild(QWidget, "button.stop").isEnabled()
            wait(lambda: len(window._centre.live.stack.curves()) >= 3)
            seen = len(window._centre.live.stack.curves()["train_loss"])
            wait(lambda: len(window._centre.live.stack.curves()["train_loss"]) > seen)
        finally:
            process.send_signal(signal.SIGINT)
        wait(lambda: training.state is State.STOPPED)
    assert window.findChild(QLabel, "banner.title").text() == "Stopped"


def test_a_killed_run_is_offered_and_goes_on(
    qtbot, qapp: QApplication, wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = paths.runs_dir()
    command = [sys.executable, "main.py", "train", "digits_mlp", "training.epochs=100000",
               "training.checkpoint_every_steps=10", "--runs-dir", str(runs)]  # fmt: skip
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) as process:
        wait(lambda: len(list(runs.glob("*/checkpoints/auto-*.ckpt"))) > 2)
        process.kill()
    monkeypatch.setenv("TRAINBOARD_THEME", "light")
    window = make_window(qapp, None)
    window.show()
    qtbot.waitExposed(window)
    training, banner = window._desk.training, window.findChild(QWidget, "banner")
    wait(banner.isVisible)
    assert "was interrupted at epoch" in window.findChild(QLabel, "banner.sentence").text()
    click(qtbot, window, "banner.resume_interrupted")
    wait(lambda: training.state is State.RUNNING)
    first = training.channel.log.series("train_loss").since()["step"][0]  # type: ignore[union-attr]
    assert first == 1, "what was trained before it was killed is shown too"
    begun = training.channel.progress.step  # type: ignore[union-attr]
    wait(lambda: trained_for(window, max(begun, 30) + 10))
    window.leave("save")
    wait(lambda: not window.isVisible())
    window.deleteLater()
    (path,) = runs.iterdir()
    assert RunFolder(path).summary()["status"] == "stopped"
