from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from gui.panels.pages import PreparingPage


@pytest.mark.parametrize("words", ["Loading", "Computing the features of 250 samples, once"])
def test_words_of_what_is_prepared_are_all_in_sight(qtbot, words: str) -> None:
    page = PreparingPage(QAction("Stop"))
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    page.show_progress("Checking", 0.1)
    page.show_progress(words, 0.5)
    qtbot.wait(20)
    shown = page.findChild(QLabel, "preparing.words")
    assert shown.height() >= shown.heightForWidth(shown.width())
    assert shown.width() >= shown.fontMetrics().horizontalAdvance(words)
