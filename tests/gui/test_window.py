"""The window as a person uses it; the engine's threads are played by the tests."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTabWidget,
    QToolButton,
    QWidget,
)

from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs.folder import create_run
from engine.training import commands as c
from engine.training import events as e
from gui import app as app_module
from gui import closing
from gui.forms.numberbox import NumberBox
from gui.presenters.possible import State
from gui.window import MainWindow
from tests.gui.conftest import DATA, Open
from tests.gui.driving import answer_dialog, press, run_training, widget, words
from tests.gui.fakes import FakeWorker, ended, started
from tests.gui.run_folders import make_run

# --- First sight ---------------------------------------------------------------------------------


def test_opens_on_the_starter_preset_ready_to_start(window: MainWindow) -> None:
    assert "Digits, CNN" in window.windowTitle()
    assert widget(window, "welcome").isVisible()
    assert widget(window, "button.start").isEnabled()
    assert widget(window, "button.start").property("primary") is True
    assert "Ctrl+Enter" in widget(window, "button.start").toolTip()


def test_what_cannot_be_done_says_why_in_its_tooltip(window: MainWindow) -> None:
    for name in ("pause", "step", "stop", "checkpoint", "export"):
        button = widget(window, f"button.{name}")
        assert not button.isEnabled()
        assert button.toolTip().endswith("."), name
        assert "\n" in button.toolTip(), name


def test_the_program_opens_a_window_and_ends_with_it(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The training thread imports while it is open; only this thread collects garbage."""
    monkeypatch.setenv("TRAINBOARD_HOME", str(tmp_path))
    collecting = []

    def exec_() -> int:
        collecting.append(gc.isenabled())
        (window,) = [
            each
            for each in qapp.topLevelWidgets()
            if isinstance(each, MainWindow) and each.isVisible()
        ]
        window.close()
        window.deleteLater()
        return 0

    monkeypatch.setattr(QApplication, "exec", staticmethod(exec_))
    assert app_module.run(None) == 0
    assert collecting == [False]
    assert gc.isenabled()


def test_three_presets_are_offered_and_one_can_be_taken(qtbot, window: MainWindow) -> None:
    choices = [w for w in window.findChildren(QWidget) if w.objectName().startswith("choice.")]
    assert len(choices) == 3
    press(qtbot, window, "choice.iris_mlp")
    assert "Iris" in window.windowTitle()


def test_an_argument_that_names_nothing_is_said_and_the_starter_opens(open_window: Open) -> None:
    window = open_window("no_such_preset")
    assert "Digits, CNN" in window.windowTitle()
    assert "no_such_preset" in window.findChild(QWidget, "status.message").whole()


def test_a_run_can_be_opened(open_window: Open, tmp_path: Path) -> None:
    run = make_run(tmp_path, Recipe.parse(DATA)).folder
    window = open_window(str(run.path))
    assert "digits-mlp" in window.windowTitle()
    assert widget(window, "live").isVisible()
    assert words(window, "banner.title") == "Finished"


# --- The recipe and Start ------------------------------------------------------------------------


def test_a_problem_switches_start_off_and_is_named(qtbot, window: MainWindow) -> None:
    entry = window.findChild(NumberBox, "optimizer.lr")
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, "-1")
    start = widget(window, "button.start")
    assert not start.isEnabled()
    assert "learning rate of the optimizer" in start.toolTip()
    assert words(window, "progress.what") == "1 problem in the recipe"
    assert words(window, "progress.state") == "Not ready"
    entry.selectAll()
    qtbot.keyClicks(entry, "0.01")
    assert start.isEnabled()


def test_undo_and_redo_by_keyboard_from_within_an_entry(qtbot, window: MainWindow) -> None:
    entry = window.findChild(NumberBox, "training.epochs")
    entry.setFocus()
    entry.selectAll()
    qtbot.keyClicks(entry, "33")
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(entry, Qt.Key.Key_Z, control)
    assert window._desk.recipe.get("training.epochs") == 20
    assert window._desk.recipe.history.undo_what == ""
    qtbot.keyClick(entry, Qt.Key.Key_Z, control | shift)
    assert window._desk.recipe.get("training.epochs") == 33


def test_the_title_shows_that_there_is_something_to_save(window: MainWindow) -> None:
    window._desk.recipe.set("optimizer.lr", 0.5)
    assert "*" in window.windowTitle()
    assert "*" in widget(window, "button.preset").text()  # type: ignore[attr-defined]


# --- A training ----------------------------------------------------------------------------------


def test_start_waits_for_torch_and_can_be_cancelled(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert widget(window, "preparing").isVisible()
    assert "PyTorch" in words(window, "preparing.words")
    press(qtbot, window, "preparing.cancel")
    assert worker.commands() == [c.Stop(True)]
    worker.tell(ended("stopped", run=None))
    assert widget(window, "welcome").isVisible()


def test_the_states_are_shown(qtbot, window: MainWindow, worker: FakeWorker) -> None:
    run_training(qtbot, window, worker)
    assert widget(window, "live").isVisible()
    assert words(window, "progress.state") == "Running"
    assert widget(window, "button.pause").property("primary") is True
    assert widget(window, "steering").isVisible()
    assert words(window, "status.device") == "cpu, 2 threads"
    press(qtbot, window, "button.pause")
    assert words(window, "progress.state") == "Pausing…"
    worker.tell(e.Paused(1, 3, 3))
    assert words(window, "banner.title") == "Paused"
    assert "Nothing is lost" in words(window, "banner.sentence")
    assert widget(window, "button.pause").text() == "Resume"  # type: ignore[attr-defined]
    press(qtbot, window, "banner.pause")
    worker.tell(e.Resumed())
    assert widget(window, "banner").isHidden()
    press(qtbot, window, "button.stop")
    assert words(window, "progress.state") == "Stopping…"
    worker.tell(ended("stopped"))
    assert words(window, "banner.title") == "Stopped"
    assert worker.commands() == [c.Pause(), c.Resume(), c.Stop(True)]


def test_finished_offers_what_comes_next(qtbot, window: MainWindow, worker: FakeWorker) -> None:
    run_training(qtbot, window, worker)
    worker.tell(ended())
    assert words(window, "banner.title") == "Finished"
    assert "98.6" in words(window, "banner.sentence")
    for name in ("banner.export", "banner.start", "banner.open_run"):
        assert widget(window, name).isVisible(), name
    assert widget(window, "steering").isHidden()
    press(qtbot, window, "banner.start")
    assert window._desk.training.state is State.PREPARING
    assert widget(window, "preparing").isVisible()


def test_failed_says_what_happened_and_keeps_details_to_be_copied(
    qtbot, window: MainWindow, worker: FakeWorker, qapp: QApplication
) -> None:
    run_training(qtbot, window, worker)
    problem = Problem("training", "The loss became nan at step 12", "try a lower optimizer.lr")
    worker.tell(ended("failed", problems=(problem,), traceback="Traceback of it all"))
    assert words(window, "banner.sentence") == "The loss became nan at step 12"
    assert widget(window, "banner.details").isHidden()
    press(qtbot, window, "banner.disclose")
    assert widget(window, "banner.details").isVisible()
    press(qtbot, window, "banner.copy")
    assert qapp.clipboard().text() == "Traceback of it all"


def test_space_and_right_are_the_trainings_unless_an_entry_has_the_focus(
    qtbot, window: MainWindow, worker: FakeWorker, qapp: QApplication
) -> None:
    run_training(qtbot, window, worker)
    qtbot.keyClick(qapp.focusWidget(), Qt.Key.Key_Space)
    assert worker.commands() == [c.Pause()]
    worker.tell(e.Paused(1, 3, 3))
    qtbot.keyClick(qapp.focusWidget(), Qt.Key.Key_Right)
    assert worker.commands() == [c.Step()]
    entry = window.findChild(QLineEdit, "name")
    entry.setFocus()
    qtbot.keyClick(entry, Qt.Key.Key_Space)
    qtbot.keyClick(entry, Qt.Key.Key_Right)
    assert worker.commands() == []


def test_a_checkpoint_is_answered_in_the_message_area(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    press(qtbot, window, "button.checkpoint")
    (command,) = worker.commands()
    worker.answer(command, "Saved step-00000012.ckpt")
    assert window.findChild(QWidget, "status.message").whole() == "Saved step-00000012.ckpt"


def test_export_asks_where_to_and_posts_the_command(
    qtbot, window: MainWindow, worker: FakeWorker, tmp_path: Path, monkeypatch
) -> None:
    run_training(qtbot, window, worker)
    target = str(tmp_path / "m.onnx")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (target, ""))
    monkeypatch.setattr(
        window._desk.exports, "suggested_path", lambda _format: tmp_path / "exports" / "x.onnx"
    )
    menu = window._toolbar.export_menu
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.objectName() == "export.onnx").trigger()
    assert worker.commands() == [c.Export("onnx", Path(target))]


def test_progress_is_shown_by_the_frame_timer(
    qtbot, window: MainWindow, worker: FakeWorker, wait
) -> None:
    run_training(qtbot, window, worker)
    progress = worker.channel.progress
    progress.phase, progress.epoch, progress.epochs, progress.total_steps = "training", 3, 5, 100
    progress.step, progress.batch, progress.batches = 47, 7, 20
    wait(lambda: words(window, "progress.what") == "Epoch 3/5")
    assert words(window, "progress.percent") == "47 %"
    assert words(window, "progress.batch") == "batch 7/20"


def test_another_recipe_after_a_run_is_not_taken_for_it(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    worker.tell(ended("stopped"))
    start = widget(window, "button.start")
    assert words(window, "progress.state") == "Stopped: Digits, CNN"
    assert window.findChild(QWidget, "banner.recipe").whole() == "Digits, CNN"
    assert start.text() == "Run again"  # type: ignore[attr-defined]
    window._files.open_named("iris_mlp")
    assert start.text() == "Start"  # type: ignore[attr-defined]
    assert words(window, "progress.state") == "Stopped: Digits, CNN"


def test_a_banner_that_was_put_away_stays_away(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    worker.tell(ended())
    press(qtbot, window, "banner.dismiss")
    window._desk.training.changed.emit()
    assert widget(window, "banner").isHidden()
    press(qtbot, window, "button.start")
    worker.tell(started())
    worker.tell(ended())
    assert widget(window, "banner").isVisible()


def test_a_new_run_clears_what_was_said_of_the_old_one(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    window._desk.messages.say("Wrote plot.csv", "good")
    press(qtbot, window, "button.start")
    assert window.findChild(QWidget, "status.message").whole() == ""


def test_the_toolbar_stands_still(qtbot, window: MainWindow, worker: FakeWorker) -> None:
    def places() -> list[int]:
        return [widget(window, f"button.{name}").x() for name in ("pause", "step", "export")]

    before = places()
    run_training(qtbot, window, worker)
    worker.tell(e.Paused(1, 3, 3))
    qtbot.wait(1)
    assert widget(window, "button.pause").text() == "Resume"  # type: ignore[attr-defined]
    assert places() == before
    worker.tell(ended())
    qtbot.wait(1)
    assert places() == before


def test_a_file_that_cannot_be_opened_is_named_with_all_its_problems(
    qtbot, open_window: Open, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\ndataset: digitz\narchitecture: mlpp\nnothing: 1\n")
    window = open_window(str(bad))
    assert "bad.yaml could not be opened: 3 problems" in words(window, "banner.sentence")
    assert "bad.yaml" in window.findChild(QWidget, "status.message").whole()
    details = window.findChild(QPlainTextEdit, "banner.details").toPlainText()
    assert len(details.splitlines()) == 3
    window._files.open_named("iris_mlp")
    assert widget(window, "banner").isHidden()


# --- Files ---------------------------------------------------------------------------------------


def test_the_preset_menu_lists_presets_and_opens_them(qtbot, window: MainWindow) -> None:
    menu = window._toolbar.preset_menu
    menu.aboutToShow.emit()
    names = [a.objectName() for a in menu.actions() if a.objectName().startswith("preset.")]
    assert len(names) >= 9
    next(a for a in menu.actions() if a.objectName() == "preset.iris_mlp").trigger()
    assert window._desk.recipe.get("dataset.name") == "iris"


@pytest.mark.parametrize(
    ("button", "opened", "saved"),
    [("Cancel", False, False), ("Do not save", True, False), ("Save", True, True)],
)
def test_unsaved_changes_are_asked_about(
    window: MainWindow, monkeypatch, tmp_path: Path, button: str, opened: bool, saved: bool
) -> None:
    target = tmp_path / "mine.yaml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window._desk.recipe.set("optimizer.lr", 0.5)
    seen: list[str] = []
    answer_dialog(button, seen)
    window._files.open_named("iris_mlp")
    assert seen == ["unsaved"]
    assert (window._desk.recipe.get("dataset.name") == "iris") is opened
    assert target.exists() is saved


def test_a_file_can_be_dropped(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "dropped.yaml"
    path.write_text(Recipe.parse({**DATA, "name": "dropped"}).to_yaml())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    assert "dropped" in window.windowTitle()


def test_the_command_palette_finds_and_runs(qtbot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = window.findChild(QLineEdit, "commands.field")
    listed = window.findChild(QListWidget, "commands.list")
    everything = listed.count()
    qtbot.keyClicks(field, "iris")
    assert 0 < listed.count() < everything
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window._desk.recipe.get("dataset.name") == "iris"


def test_the_command_palette_finds_options_and_what_files_call_them(
    qtbot, window: MainWindow
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = window.findChild(QLineEdit, "commands.field")
    listed = window.findChild(QListWidget, "commands.list")
    qtbot.keyClicks(field, "digits_cnn")
    assert [listed.item(i).text().split()[-1] for i in range(listed.count())] == ["preset"]
    field.clear()
    qtbot.keyClicks(field, "batch_size")
    assert listed.item(0).text().startswith("Batch size of the training")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    box = window.findChild(NumberBox, "training.batch_size")
    assert window.focusWidget() is box


# --- Closing -------------------------------------------------------------------------------------


def test_closing_while_training_can_be_thought_better_of(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    seen: list[str] = []
    answer_dialog("Keep training", seen)
    window.close()
    assert seen == ["closing"]
    assert window.isVisible()
    assert worker.commands() == []


def test_keeping_the_training_asks_nothing_of_unsaved_edits(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    window._desk.recipe.set("optimizer.lr", 0.5)
    seen: list[str] = []
    answer_dialog("Keep training", seen)
    window.close()
    assert seen == ["closing"]
    assert window.isVisible()
    assert worker.commands() == []


def test_closing_can_stop_and_save_first(
    qtbot, window: MainWindow, worker: FakeWorker, wait
) -> None:
    run_training(qtbot, window, worker)
    answer_dialog("Stop and save", [])
    window.close()
    assert window.isVisible(), "the state has to be written first"
    assert worker.commands() == [c.Stop(True)]
    worker.tell(ended("stopped"))
    wait(lambda: not window.isVisible())


def test_closing_can_discard_the_run(
    qtbot, window: MainWindow, worker: FakeWorker, tmp_path: Path, wait
) -> None:
    run = create_run(tmp_path, Recipe.parse(DATA))
    press(qtbot, window, "button.start")
    worker.tell(started(run.path))
    answer_dialog("Discard", [])
    window.close()
    assert worker.commands() == [c.Stop(False)]
    worker.tell(ended("stopped", run=run.path))
    wait(lambda: not window.isVisible())
    assert not run.path.exists()


def test_closing_again_can_end_a_training_that_does_not_come_back(
    qtbot, window: MainWindow, worker: FakeWorker, wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_training(qtbot, window, worker)
    ends: list[bool] = []
    monkeypatch.setattr(closing, "end_process", lambda: ends.append(True))
    answer_dialog("Stop and save", [])
    window.close()
    seen: list[str] = []
    answer_dialog("Wait", seen)
    window.close()
    assert (seen, ends) == (["ending"], [])
    answer_dialog("End the program", seen)
    window.close()
    assert ends == [True]
    assert worker.commands() == [c.Stop(True)]
    worker.tell(ended("stopped"))
    wait(lambda: not window.isVisible())


def test_closing_with_unsaved_changes_can_be_cancelled(window: MainWindow) -> None:
    window._desk.recipe.set("optimizer.lr", 0.5)
    answer_dialog("Cancel", [])
    window.close()
    assert window.isVisible()


# --- Layout --------------------------------------------------------------------------------------


def test_a_wide_window_shows_two_groups_of_tabs(open_window: Open, wait) -> None:
    window = open_window(size=(1920, 1080))
    right = window.findChild(QTabWidget, "tabs.right")
    wait(right.isVisible)
    assert [right.tabText(i) for i in range(right.count())] == ["Data", "Model", "Runs", "Log"]
    window.resize(1280, 800)
    wait(right.isHidden)
    assert window.findChild(QTabWidget, "tabs").count() == 5


def test_the_layout_is_remembered(open_window: Open) -> None:
    first = open_window()
    first._recipe.fold(["loss", "training"])
    first._split.setSizes([420, 10_000])
    before = first.saveGeometry()
    first.close()
    again = open_window(size=None)
    assert again._settings.value("geometry") == before
    assert abs(again._recipe.width() - 420) <= 1
    assert again._recipe.folded() == ["loss", "training"]


def test_nothing_is_cut_off_in_the_smallest_window(open_window: Open) -> None:
    window = open_window(size=(1024, 700))
    toolbar = widget(window, "toolbar")
    for button in toolbar.findChildren(QToolButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.objectName()
            assert button.geometry().right() <= toolbar.width(), button.objectName()


def test_the_theme_can_be_switched_while_everything_is_shown(
    qtbot, window: MainWindow, worker: FakeWorker
) -> None:
    run_training(qtbot, window, worker)
    for mode in ("dark", "light", "system"):
        window.actions_[f"theme_{mode}"].trigger()
        assert window._theme.mode == mode


def test_every_button_has_a_name_for_screen_readers_and_a_tooltip(window: MainWindow) -> None:
    for button in widget(window, "toolbar").findChildren(QToolButton):
        assert button.accessibleName() or button.text(), button.objectName()
        assert button.toolTip(), button.objectName()
