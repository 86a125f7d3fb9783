"""Opening data as a person does: by menu, button and drop; looked over, used, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QRadioButton,
    QWidget,
)

from engine.recipe import Recipe
from gui.forms.entries import TextBox
from gui.panels.opendata import OpenDataDialog
from gui.window import MainWindow
from tests.gui.conftest import DATA
from tests.gui.fakes import FakePreviews

ACTION, LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"2020-01-{1 + i % 28:02},{i % 7}.5,{i}.25" for i in range(120)]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["day,size,price", *rows]))
    return path


def mime_of(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(window: MainWindow, *paths: Path) -> bool:
    """Drag and drop; whether the window took it."""
    mime = mime_of(*paths)
    enter = QDragEnterEvent(QPoint(5, 5), ACTION, mime, LEFT, PLAIN)
    enter.ignore()
    window.dragEnterEvent(enter)
    if enter.isAccepted():
        window.dropEvent(QDropEvent(QPointF(5, 5), ACTION, mime, LEFT, PLAIN))
    return enter.isAccepted()


def dialogs(window: MainWindow) -> list[OpenDataDialog]:
    return [d for d in window.findChildren(OpenDataDialog) if d.isVisible()]


Look = Callable[[Path], OpenDataDialog]


@pytest.fixture
def looked(qtbot, window: MainWindow, previews: FakePreviews) -> Look:
    """Drops a path; the dialog after the other thread has answered."""

    def look(path: Path) -> OpenDataDialog:
        assert drop(window, path)
        previews.run()
        qtbot.wait(1)  # fields that were just made are in sight a moment later
        (dialog,) = dialogs(window)
        return dialog

    return look


def part(dialog: QWidget, name: str) -> QWidget:
    found = dialog.findChild(QWidget, f"opendata.{name}")
    assert found is not None, name
    return found


def words(dialog: QWidget, name: str) -> str:
    found = part(dialog, name)
    assert isinstance(found, QLabel)
    return found.text()


def press(qtbot, dialog: QWidget, name: str) -> None:
    qtbot.mouseClick(part(dialog, name), LEFT)


def test_a_dropped_file_is_looked_at_used_and_taken_back(
    qtbot, window: MainWindow, looked: Look, table: Path
) -> None:
    recipe = window._desk.recipe
    before = recipe.data
    dialog = looked(table)
    assert words(dialog, "path") == str(table)
    assert words(dialog, "line") == "120 rows of 3 numbers, 1 target"
    assert "'price' is taken as the target" in words(dialog, "reasons")
    assert part(dialog, "start").isChecked()  # the open recipe is a preset as it was shipped
    press(qtbot, dialog, "use")
    assert dialogs(window) == []
    assert recipe.get("dataset.path") == str(table)
    assert recipe.problems == []
    assert window.findChild(QWidget, "data").isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert recipe.data == before


def test_it_can_be_done_by_keyboard_alone(
    qtbot, window: MainWindow, looked: Look, table: Path
) -> None:
    dialog = looked(table)
    assert dialog.focusWidget() is part(dialog, "use")
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert window._desk.recipe.get("dataset.path") == str(table)


def test_escape_changes_nothing(qtbot, window: MainWindow, looked: Look, table: Path) -> None:
    before = window._desk.recipe.data
    dialog = looked(table)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialogs(window) == []
    assert window._desk.recipe.data == before
    assert not window._desk.recipe.history.undo_what


def test_looking_can_be_cancelled(
    qtbot, window: MainWindow, previews: FakePreviews, table: Path
) -> None:
    assert drop(window, table)
    (dialog,) = dialogs(window)
    assert words(dialog, "notice.sentence") == "Looking at sales.csv…"
    assert not part(dialog, "use").isVisible()
    press(qtbot, dialog, "notice.cancel")
    assert dialogs(window) == []
    previews.run()  # the answer that comes yet
    assert dialogs(window) == []
    assert window._desk.recipe.get("dataset.name") == "digits"


def test_options_are_changed_before_and_say_what_is_wrong(
    qtbot, window: MainWindow, looked: Look, table: Path
) -> None:
    dialog = looked(table)
    target = dialog.findChild(TextBox, "dataset.target")
    assert target.text() == "price"
    target.setFocus()
    target.selectAll()
    qtbot.keyClicks(target, "sizes")
    problem = dialog.findChild(QLabel, "dataset.target.problem")
    assert problem.isVisible()
    assert "size" in problem.text()
    assert part(dialog, "use").text() == "Use this data and mend it"
    qtbot.keyClick(target, Qt.Key.Key_Backspace)
    assert problem.isHidden()
    assert part(dialog, "use").text() == "Use this data"
    press(qtbot, dialog, "use")
    assert window._desk.recipe.get("dataset.target") == "size"


def test_another_kind_can_be_chosen(
    qtbot, window: MainWindow, looked: Look, tmp_path: Path
) -> None:
    path = tmp_path / "weather.csv"
    days = np.datetime64("2020-01-01") + np.arange(200)
    path.write_text("\n".join(["day,temp", *(f"{day},{i % 9}.5" for i, day in enumerate(days))]))
    dialog = looked(path)
    kinds = part(dialog, "kind")
    assert isinstance(kinds, QComboBox)
    assert [kinds.itemText(i) for i in range(kinds.count())] == ["Series file", "Table file"]
    kinds.setFocus()
    qtbot.keyClick(kinds, Qt.Key.Key_Down)
    qtbot.wait(1)
    assert dialog.findChild(TextBox, "dataset.target").text() == "temp"
    assert dialog.findChild(QWidget, "dataset.window") is None
    press(qtbot, dialog, "use")
    assert window._desk.recipe.get("dataset.name") == "table"


def test_keeping_says_what_becomes_another(
    qtbot, window: MainWindow, looked: Look, table: Path
) -> None:
    window._desk.recipe.open(Recipe.parse(DATA))
    dialog = looked(table)
    keep = part(dialog, "keep")
    assert isinstance(keep, QRadioButton)
    keep.setChecked(True)
    assert words(dialog, "becomes").startswith(
        "This changes the dataset and the loss of your recipe;"
    )
    press(qtbot, dialog, "use")
    assert window._desk.recipe.get("architecture.hidden") == [64, 32]
    assert window._desk.recipe.problems == []


def test_what_cannot_be_opened_says_why_and_what_to_do(
    qtbot, window: MainWindow, looked: Look, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    dialog = looked(tmp_path / "empty")
    assert words(dialog, "notice.sentence").endswith("empty is empty")
    assert "choose a folder" in words(dialog, "notice.hint")
    assert not part(dialog, "use").isVisible()
    assert part(dialog, "cancel").text() == "Close"
    press(qtbot, dialog, "cancel")
    assert dialogs(window) == []


def test_recipes_and_runs_are_opened_as_ever_and_nothing_else_is_taken(
    window: MainWindow, tmp_path: Path, table: Path
) -> None:
    path = tmp_path / "dropped.yaml"
    path.write_text(Recipe.parse({**DATA, "name": "dropped"}).to_yaml())
    assert drop(window, path)
    assert "dropped" in window.windowTitle()
    run = tmp_path / "run"
    run.mkdir()
    (run / "recipe.yaml").write_text(Recipe.parse({**DATA, "name": "of a run"}).to_yaml())
    assert drop(window, run)
    assert "of a run" in window.windowTitle()
    assert dialogs(window) == []
    assert not drop(window, table, path)  # two at once
    assert not drop(window, tmp_path / "nothing.csv")


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_the_menu_asks_for_a_folder_or_a_file(
    window: MainWindow, previews: FakePreviews, table: Path, kind: str, monkeypatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(table.parent))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    button = window.findChild(QPushButton, "dataset.open")
    assert button.isVisible()
    (action,) = [a for a in button.findChild(QMenu).actions() if kind in a.text()]
    action.trigger()
    (dialog,) = dialogs(window)
    assert words(dialog, "path") == str(table.parent if kind == "folder" else table)
    dialog.reject()


def test_a_training_goes_on_while_data_is_opened(
    window: MainWindow, looked: Look, table: Path, worker
) -> None:
    window.actions_["start"].trigger()
    dialog = looked(table)
    assert dialog.windowModality() is Qt.WindowModality.WindowModal
    dialog.reject()
    assert window._desk.training.active


def test_the_reasons_follow_the_target(looked: Look, table: Path, window: MainWindow) -> None:
    dialog = looked(table)
    assert "'price' is taken as the target" in words(dialog, "reasons")
    window._desk.open_data.draft.set("dataset.target", "size")
    said = words(dialog, "reasons")
    assert "'size' is what is to be told, as you chose" in said
    assert "'size' holds" in said
    assert "120 rows of 3 columns" in said
    assert "price" not in said
    window._desk.open_data.draft.set("dataset.target", "sise")
    assert words(dialog, "reasons") == "·  120 rows of 3 columns"


def test_what_is_wrong_is_said_once(looked: Look, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text("size,price\n1,2\n3,4,5,6\n5,6\n7,8\n" + "9,10\n" * 20)
    dialog = looked(path)
    said = " ".join(w.text() for w in dialog.findChildren(QLabel) if w.isVisible())
    wrong = words(dialog, "problems").split(":")[0].replace("\u200b", "")
    assert wrong
    assert said.replace("\u200b", "").count(wrong) == 1
    assert "cannot be used as it is" in words(dialog, "reasons")
