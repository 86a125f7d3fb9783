"""The pane of samples below the curves: what was given told apart, older ones reachable."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QToolButton, QWidget

from engine.recipe import Recipe
from engine.training import events as e
from gui.window import MainWindow
from tests.gui.driving import press, widget, words
from tests.gui.fakes import FakeWorker, started


def begin(window: MainWindow, worker: FakeWorker, folder: Path) -> None:
    (folder / "text.txt").write_text("".join(f"{n} and {n + 1}\n" for n in range(300)))
    corpus = {"name": "text_corpus", "path": str(folder / "text.txt"), "length": 16}
    recipe = Recipe.parse({"version": 1, "dataset": corpus, "architecture": "rnn"})
    window._desk.recipe.open(recipe)
    window._desk.start()
    worker.tell(started())


def looks_of(text: QPlainTextEdit) -> list[tuple[str, bool]]:
    """Each letter and whether it is in italics."""
    cursor = QTextCursor(text.document())
    found = []
    for place in range(1, len(text.toPlainText()) + 1):
        cursor.setPosition(place)
        found.append((text.toPlainText()[place - 1], cursor.charFormat().fontItalic()))
    return found


def test_a_sample_comes_below_the_curves(
    window: MainWindow, worker: FakeWorker, qtbot, tmp_path: Path
) -> None:
    assert window.findChild(QWidget, "samples") is None  # nor is anything else of the Live page
    begin(window, worker, tmp_path)
    pane, text = widget(window, "samples"), window.findChild(QPlainTextEdit, "samples.text")
    assert not pane.isHidden()
    assert text.placeholderText().startswith("The first sample")
    worker.tell(e.Generated(1.0, 20, "1 <b>and</b> 2", 2))
    assert text.toPlainText() == "1 <b>and</b> 2"
    assert [italic for _letter, italic in looks_of(text)] == [True] * 2 + [False] * 12
    assert words(window, "samples.when") == "epoch 1, step 20"
    worker.tell(e.Generated(2.0, 40, "1 and 3", 2))
    assert words(window, "samples.place") == "2 of 2"
    press(qtbot, window, "samples.older")
    assert text.toPlainText() == "1 <b>and</b> 2"
    older, newer = (window.findChild(QToolButton, f"samples.{n}") for n in ("older", "newer"))
    assert (older.isEnabled(), newer.isEnabled()) == (False, True)
    qtbot.keyClick(newer, Qt.Key.Key_Space)
    assert text.toPlainText() == "1 and 3"


def test_what_stands_there_is_not_typed_into(
    window: MainWindow, worker: FakeWorker, qtbot, tmp_path: Path
) -> None:
    begin(window, worker, tmp_path)
    worker.tell(e.Generated(1.0, 20, "1 and 2", 2))
    text = window.findChild(QPlainTextEdit, "samples.text")
    qtbot.keyClicks(text, "x")
    assert text.toPlainText() == "1 and 2"


def test_a_run_without_samples_has_no_pane(window: MainWindow, worker: FakeWorker) -> None:
    window._desk.start()
    worker.tell(started())
    assert widget(window, "samples").isHidden()
    assert isinstance(window.findChild(QLabel, "samples.when"), QWidget)
