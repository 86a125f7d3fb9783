"""Steering from the window: apply edits while it trains, freeze layers, go on, fork, follow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMenu,
    QMessageBox,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine import paths
from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs import follow
from engine.training import commands as c
from engine.training import events as e
from engine.training.begin import Extend, Fork, New, Resume
from engine.views import Layer, ModelView
from gui.forms.entries import ChoiceBox
from gui.forms.numberbox import NumberBox
from gui.presenters.possible import State
from gui.window import MainWindow
from tests.gui.conftest import DATA, Open
from tests.gui.driving import answer_dialog, press, run_training, widget, words
from tests.gui.fakes import FakePreviews, FakeWorker, ended, started
from tests.gui.run_folders import Made, intervened, make_run

RECIPE = Recipe.parse(DATA)
Wait = Callable[[Callable[[], bool]], None]


def type_over(qtbot: QtBot, window: MainWindow, name: str, text: str) -> NumberBox:
    entry = window.findChild(NumberBox, name)
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, text)
    return entry


def markers(window: MainWindow) -> list[str]:
    return [text for _step, text in window._centre.live.presenter.markers]


@pytest.fixture
def run(window: MainWindow) -> Callable[[str], Made]:
    """Makes a run in the window's own library."""
    return lambda state: make_run(window._desk.runs_dir, RECIPE, state)


# --- Changes while it trains ---------------------------------------------------------------------


def test_a_learning_rate_is_typed_and_applied(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    bar = widget(window, "steering")
    assert bar.isVisible()
    assert widget(window, "steering.apply").isHidden()
    type_over(qtbot, window, "optimizer.lr", "0.001")
    assert words(window, "optimizer.lr.when") == "can apply now"
    assert words(window, "steering.now") == "1 change can be applied now: learning rate"
    press(qtbot, window, "steering.apply")
    (command,) = worker.commands()
    assert command == c.Intervene.of({"optimizer.lr": 0.001})
    assert not widget(window, "steering.apply").isEnabled()
    worker.answer(command, "lr 0.003 → 0.001")
    worker.tell(e.Intervened(intervened(12, "optimizer.lr", 0.003, 0.001)))
    assert widget(window, "steering.apply").isHidden()
    assert widget(window, "optimizer.lr.when").isHidden()
    assert markers(window) == ["lr 0.003 → 0.001"]
    assert "Changed at step 12" in window._desk.log.lines()[-1].text


def test_what_waits_for_the_next_run_says_so_and_cannot_be_applied(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    type_over(qtbot, window, "training.batch_size", "32")
    assert words(window, "training.batch_size.when") == "next run"
    assert words(window, "steering.later") == "1 waits for the next run: batch size"
    assert widget(window, "steering.apply").isHidden()
    assert not window.actions_["apply"].isEnabled()
    assert "Nothing was changed" in window.actions_["apply"].toolTip()


def test_a_refusal_stands_in_the_bar_with_its_hint(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    type_over(qtbot, window, "training.epochs", "2")
    press(qtbot, window, "steering.apply")
    (command,) = worker.commands()
    worker.answer(command, "3 epochs are done already", ok=False, hint="ask for more")
    assert words(window, "steering.refused") == "3 epochs are done already: ask for more"


def test_changes_can_be_taken_back(qtbot: QtBot, window: MainWindow, worker: FakeWorker) -> None:
    run_training(qtbot, window, worker)
    before = window._desk.recipe.get("optimizer.lr")
    type_over(qtbot, window, "optimizer.lr", "0.5")
    press(qtbot, window, "steering.take_back")
    assert window._desk.recipe.get("optimizer.lr") == before
    assert widget(window, "steering.take_back").isHidden()


def test_the_form_does_not_move_while_something_is_typed(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    entry = window.findChild(NumberBox, "dataset.val_fraction")
    entry.setFocus()
    qtbot.wait(50)
    below = widget(window, "dataset.test_fraction")
    before = below.mapTo(window, below.rect().topLeft())
    type_over(qtbot, window, "dataset.val_fraction", "0.2")
    qtbot.wait(50)
    assert words(window, "dataset.val_fraction.when") == "next run"
    assert below.mapTo(window, below.rect().topLeft()) == before


def test_another_preset_while_training_and_back_again(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    window._files.open_named("iris_mlp")
    assert "Another recipe is in training" in words(window, "steering.hint")
    press(qtbot, window, "steering.back")
    assert "Digits, CNN" in window.windowTitle()
    type_over(qtbot, window, "optimizer.lr", "0.001")
    assert widget(window, "steering.apply").isVisible()


def test_a_layer_is_frozen_while_the_network_trains(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker, previews: FakePreviews, wait: Wait
) -> None:
    layers = (Layer("0", "Conv2d", (4, 4), 160, 64), Layer("1", "Linear", (10,), 650, 40))
    window._desk.model._load = lambda *_: ModelView(layers, 810, 3240, 9000, 1000)
    run_training(qtbot, window, worker)
    window.actions_["show_model"].trigger()
    window._desk.model.want(True)
    wait(lambda: previews.run() or window._desk.model.status == "shown")
    table = window.findChild(QTableView, "model.layers")
    place = table.visualRect(table.model().index(0, 7))
    place.setWidth(32)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert worker.commands() == [c.Intervene.of({"training.freeze": ["0"]})]


# --- Going on ------------------------------------------------------------------------------------


def test_a_stopped_training_goes_on_without_a_question(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    made = make_run(window._desk.runs_dir, window._desk.recipe.recipe, "stopped")
    press(qtbot, window, "button.start")
    worker.tell(started(made.folder.path))
    worker.tell(ended("stopped", run=made.folder.path))
    press(qtbot, window, "banner.resume_run")
    assert worker.begins[-1] == Resume(made.folder)
    assert window._desk.training.state is State.PREPARING


def test_an_edited_recipe_is_asked_about_before_a_run_goes_on(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker, run: Callable[[str], Made]
) -> None:
    window._runs.open(run("stopped").folder)
    type_over(qtbot, window, "optimizer.lr", "0.5")
    seen: list[str] = []
    answer_dialog("Cancel", seen)
    press(qtbot, window, "banner.resume_run")
    assert seen == ["unsaved"]
    assert worker.begins == []
    answer_dialog("Do not save", seen)
    press(qtbot, window, "banner.resume_run")
    assert len(worker.begins) == 1
    assert window._desk.recipe.get("optimizer.lr") == 0.003


def test_a_finished_run_is_trained_longer(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker, run: Callable[[str], Made]
) -> None:
    folder = run("finished").folder
    window._runs.open(folder)
    press(qtbot, window, "banner.extend")
    entry = window.findChild(NumberBox, "extend.epochs")
    assert entry.value() == 5
    entry.selectAll()
    qtbot.keyClicks(entry, "0")
    assert not widget(window, "extend.train").isEnabled()
    entry.selectAll()
    qtbot.keyClicks(entry, "7")
    press(qtbot, window, "extend.train")
    assert worker.begins == [Extend(folder, 7)]


def test_the_older_checkpoint_is_offered_when_the_newest_is_damaged(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker, run: Callable[[str], Made]
) -> None:
    folder = run("stopped").folder
    window._runs.open(folder)
    press(qtbot, window, "banner.resume_run")
    hint = "best.ckpt is whole: use --checkpoint best.ckpt (step 60)"
    problem = Problem("checkpoint", "last.ckpt is damaged: it is cut off", hint)
    worker.tell(ended("failed", run=folder.path, problems=(problem,)))
    assert words(window, "banner.title") == "Failed"
    assert widget(window, "live").isVisible(), "its curves are still there"
    button = window.findChild(QToolButton, "banner.resume_older")
    assert button.text() == "Resume from best.ckpt"
    press(qtbot, window, "banner.resume_older")
    assert worker.begins[-1] == Resume(folder, folder.best_checkpoint)


def test_a_run_that_goes_on_is_never_discarded(
    window: MainWindow, worker: FakeWorker, run: Callable[[str], Made]
) -> None:
    folder = run("stopped").folder
    window._runs.resume_run(folder)
    worker.tell(started(folder.path))
    offered: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        offered.extend(button.text() for button in box.buttons())
        box.reject()

    QTimer.singleShot(0, look)
    window.close()
    assert sorted(offered) == ["Keep training", "Stop and save"]


# --- Forks ---------------------------------------------------------------------------------------


def test_a_fork_from_the_banner_is_changed_and_started(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker, run: Callable[[str], Made]
) -> None:
    folder = run("finished").folder
    window._runs.open(folder)
    press(qtbot, window, "banner.fork")
    assert words(window, "fork.title") == "Fork of digits-mlp"
    assert widget(window, "button.start").text() == "Start fork"  # type: ignore[attr-defined]
    choices = window.findChild(ChoiceBox, "fork.checkpoint")
    choices.setCurrentIndex(1)
    choices.activated.emit(1)
    type_over(qtbot, window, "optimizer.lr", "0.001")
    press(qtbot, window, "button.start")
    assert worker.begins == [Fork(folder, folder.best_checkpoint)]
    assert worker.recipes[0].optimizer.lr == 0.001
    assert widget(window, "fork").isHidden()
    assert widget(window, "button.start").text() == "Start"  # type: ignore[attr-defined]


def test_what_cannot_change_in_a_fork_is_said_at_the_field(
    qtbot: QtBot, window: MainWindow, run: Callable[[str], Made]
) -> None:
    window._runs.open(run("finished").folder)
    press(qtbot, window, "banner.fork")
    type_over(qtbot, window, "training.batch_size", "7")
    assert "cannot change in a fork" in words(window, "training.batch_size.problem")
    assert not widget(window, "button.start").isEnabled()
    press(qtbot, window, "fork.cancel")
    assert widget(window, "button.start").isEnabled()
    press(qtbot, window, "button.start")
    assert window._desk.training.begun == New()


def test_a_right_click_on_a_curve_forks_from_the_nearest_checkpoint(
    qtbot: QtBot, window: MainWindow, run: Callable[[str], Made], qapp: QApplication, wait: Wait
) -> None:
    window._runs.open(run("finished").folder)
    live = window._centre.live
    wait(lambda: "train_loss" in live.stack.curves())
    plot = next(iter(live.stack.plots.values()))
    scene = plot.view.mapViewToScene(QPointF(63, 0.1))
    place = plot.canvas.mapFromScene(scene)
    qtbot.mouseMove(plot.canvas.viewport(), place)
    qtbot.mouseClick(plot.canvas.viewport(), Qt.MouseButton.RightButton, pos=place)
    menu = window.findChild(QMenu, "curve.menu")
    fork, copy = menu.actions()
    assert "step 60 (best.ckpt), nearest to step 63" in fork.text()
    copy.trigger()
    assert "step\t63" in qapp.clipboard().text()
    assert "train_loss\t" in qapp.clipboard().text()
    fork.trigger()
    menu.close()
    assert window.findChild(ChoiceBox, "fork.checkpoint").currentText() == "step 60, epoch 3 (best)"


def test_while_something_trains_no_fork_can_be_begun(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    assert "under way" in window.actions_["fork"].toolTip()


# --- Found without an end ------------------------------------------------------------------------


@pytest.fixture
def reopened(open_window: Open, previews: FakePreviews, wait: Wait) -> Callable[[], MainWindow]:
    """Opens a window and lets it read its library."""

    def make() -> MainWindow:
        window = open_window()
        wait(lambda: previews.run() or window._desk.library.status == "shown")
        return window

    return make


def test_an_interrupted_run_is_offered_when_the_window_opens(
    qtbot: QtBot, reopened: Callable[[], MainWindow], worker: FakeWorker
) -> None:
    made = make_run(paths.runs_dir(), RECIPE, "interrupted")
    window = reopened()
    assert "digits-mlp was interrupted at epoch 5" in words(window, "banner.sentence")
    press(qtbot, window, "banner.resume_interrupted")
    assert worker.begins == [Resume(made.folder)]
    assert "digits-mlp" in window.windowTitle()


def test_not_now_is_remembered(qtbot: QtBot, reopened: Callable[[], MainWindow]) -> None:
    make_run(paths.runs_dir(), RECIPE, "interrupted")
    window = reopened()
    assert widget(window, "banner").isVisible()
    press(qtbot, window, "banner.put_aside")
    assert widget(window, "banner").isHidden()
    assert widget(reopened(), "banner").isHidden()


def test_several_interrupted_runs_are_shown_in_the_list(
    qtbot: QtBot, reopened: Callable[[], MainWindow]
) -> None:
    for _ in range(3):
        make_run(paths.runs_dir(), RECIPE, "interrupted")
    window = reopened()
    assert words(window, "banner.sentence").startswith("3 runs")
    press(qtbot, window, "banner.show_interrupted")
    assert window._centre.runs.isVisible()


def test_an_interrupted_run_that_is_shown_says_what_it_is(
    window: MainWindow, run: Callable[[str], Made]
) -> None:
    window._runs.open(run("interrupted").folder)
    assert words(window, "banner.title") == "Interrupted"
    assert words(window, "progress.state") == "Interrupted: digits-mlp"


# --- Following -----------------------------------------------------------------------------------


def test_a_run_of_another_process_is_followed_until_it_ends(
    window: MainWindow, run: Callable[[str], Made], monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    monkeypatch.setattr(follow, "LOOK_EVERY", 0.0)
    made = run("running")
    window._runs.open(made.folder)
    assert words(window, "banner.title") == "Followed"
    assert "process" in words(window, "banner.sentence")
    pause = widget(window, "button.pause")
    assert not pause.isEnabled()
    assert "steered there" in pause.toolTip()
    made.points("train_loss", 101, 102).change(101, "optimizer.lr", 0.003, 0.001)
    wait(lambda: len(window._centre.live.stack.curves().get("train_loss", ())) == 102)
    wait(lambda: markers(window) == ["lr 0.003 → 0.001"])
    made.ended()
    wait(lambda: window._desk.training.state is State.FINISHED)
    assert words(window, "banner.title") == "Finished"


def test_the_window_can_be_closed_while_a_run_is_followed(
    window: MainWindow, run: Callable[[str], Made]
) -> None:
    window._runs.open(run("running").folder)
    window.close()
    assert not window.isVisible()
    assert window._desk.training.following is None


# --- Troubles ------------------------------------------------------------------------------------


def test_a_full_disk_is_said_once_until_it_works_again(
    qtbot: QtBot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    sentence = "Metrics cannot be written: No space left on device"
    worker.tell(e.Notice(Problem("run", sentence, "the training goes on")))
    assert words(window, "banner.sentence") == f"{sentence}."
    assert window.findChild(QWidget, "status.message").whole().startswith(sentence)
    worker.tell(e.Recovered("Metrics are written again"))
    assert widget(window, "banner").isHidden()
    assert window.findChild(QWidget, "status.message").whole() == "Metrics are written again"


# --- Layout --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
def test_the_bars_and_buttons_are_not_cut_off(
    qtbot: QtBot, open_window: Open, worker: FakeWorker, size: tuple[int, int]
) -> None:
    window = open_window(size=size)
    run_training(qtbot, window, worker)
    for path in ("optimizer.lr", "regularization.dropout", "training.epochs"):
        window._desk.recipe.set(path, 2 if path == "training.epochs" else 0.01)
    window._desk.recipe.set("training.batch_size", 7)
    qtbot.wait(1)
    bar = widget(window, "steering")
    for line in bar.findChildren(QLabel):
        if line.isVisible():
            assert line.height() >= line.heightForWidth(line.width()), line.objectName()
    worker.tell(ended("stopped"))
    qtbot.wait(1)
    banner = widget(window, "banner")
    for button in banner.findChildren(QToolButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.sizeHint().width(), button.objectName()
            right = button.mapTo(banner, button.rect().topRight()).x()
            assert right <= banner.width(), button.objectName()
